import fc from 'fast-check';
import { EventType, type Event } from '@tradewind/contracts';
import { anEvent } from '@tradewind/testing';
import { createAttribute } from '../src/attribute';
import type { Feature } from '../src/feature';
import { createFeatureGroup } from '../src/features/declared/feature-group';
import { SHOP_PROFILE } from '../src/features/declared/shop-profile';
import { itemHistory } from '../src/features/item-history';
import { PROFILE_FEATURES } from '../src/features/profile';
import type { PositionedEvent } from '../src/feature-store';

const NAMES = [
  'Order Completed',
  'Order Refunded',
  'Order Cancelled',
  'Product Viewed',
  'Product Added',
  'Products Searched',
  'Wishlist',
  '',
];
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);

export interface Decision {
  segment: string;
  /** Events decided about. */
  decisions: number;
}

/** Stands for what a service decides outside the fold. */
export const decision = createAttribute<Decision>({
  name: 'decision',
  tag: 100,
  initial: () => ({ segment: '', decisions: 0 }),
  encode(state, writer) {
    writer.text(state.segment);
    writer.varint(state.decisions);
  },
  decode: (reader) => ({ segment: reader.text(), decisions: reader.varint() }),
});

const declared = createFeatureGroup({ name: 'declared', tag: 101 }, SHOP_PROFILE);

export const ALL_FEATURES: readonly Feature<unknown>[] = [...PROFILE_FEATURES, itemHistory, decision, declared];

const anItem = fc.record({
  productId: fc.oneof(fc.constantFrom('', 'a', 'b', 'c', 'ü😀'), fc.nat(400).map(String)),
  quantity: fc.oneof(fc.nat(5), fc.double()),
  priceMinor: fc.oneof(fc.nat(10_000), fc.maxSafeInteger()),
});

/** Any event that decodes, hostile ones too; message ids repeat now and then. */
function aUserEvent(user: number): fc.Arbitrary<Event> {
  return fc
    .record({
      messageId: fc.oneof(
        { weight: 1, arbitrary: fc.nat(20).map(String) },
        { weight: 4, arbitrary: fc.uuid() },
        { weight: 1, arbitrary: fc.constant('') },
      ),
      type: fc.constantFrom(
        EventType.EVENT_TYPE_TRACK,
        EventType.EVENT_TYPE_TRACK,
        EventType.EVENT_TYPE_PAGE,
        EventType.EVENT_TYPE_IDENTIFY,
      ),
      name: fc.constantFrom(...NAMES),
      occurredAtMs: fc.oneof(
        { weight: 9, arbitrary: fc.nat(200 * DAY_MS).map((ms) => START_MS + ms) },
        { weight: 1, arbitrary: fc.maxSafeInteger() },
      ),
      valueMinor: fc.oneof(fc.constant(0), fc.integer(), fc.maxSafeInteger()),
      currency: fc.constantFrom('GBP', 'GBP', 'EUR', ''),
      items: fc.array(anItem, { maxLength: 4 }),
      payloadJson: fc
        .constantFrom('{}', '{"traits":{"country":"France"}}', '{"traits":{"address":{"country":"\\ud800"}}}', '{"traits":7}', 'no')
        .map((s) => Buffer.from(s)),
    })
    .map((fields) => anEvent({ ...fields, userId: `user-${user}` }));
}

/** A log of `partitions` partitions with gaps between offsets; each user's events lie in one of them. */
export function aLog(partitions: number, maxEvents: number): fc.Arbitrary<PositionedEvent[][]> {
  const entry = fc.nat(7).chain((user) => fc.record({ user: fc.constant(user), gap: fc.nat(2), event: aUserEvent(user) }));
  return fc.array(entry, { minLength: 1, maxLength: maxEvents }).map((entries) => {
    const log: PositionedEvent[][] = Array.from({ length: partitions }, () => []);
    for (const { user, gap, event } of entries) {
      const partition = user % partitions;
      const offset = (log[partition]!.at(-1)?.position.offset ?? -1) + 1 + gap;
      log[partition]!.push({ position: { topic: 'events', partition, offset }, event });
    }
    return log;
  });
}
