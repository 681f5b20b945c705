import fc from 'fast-check';
import { EventType, type Event } from '@tradewind/contracts';
import { anEvent } from '@tradewind/testing';
import { createFeatureSet } from '../src/feature-set';
import type { ProfileFeature } from '../src/features/declared/profile-feature';

export const START_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const NAMES = ['Product Viewed', 'Product Viewed', 'Product Added', 'Checkout Started', 'Order Completed', 'Order Refunded'];

/** Times that lie on a minute, many of them near each other, over two years; some on the edges of buckets. */
const aTime = fc.oneof(
  fc.nat(120).map((minutes) => START_MS + minutes * 60_000),
  fc.nat(40 * 24 * 60).map((minutes) => START_MS + minutes * 60_000),
  fc.nat(730).map((days) => START_MS + days * DAY_MS),
);

/** An event of one shop visitor. */
export const aVisitorEvent: fc.Arbitrary<Event> = fc
  .record({
    name: fc.constantFrom(...NAMES),
    type: fc.constantFrom(EventType.EVENT_TYPE_TRACK, EventType.EVENT_TYPE_TRACK, EventType.EVENT_TYPE_PAGE),
    occurredAtMs: aTime,
    valueMinor: fc.nat(100_000),
    product: fc.nat(60),
    category: fc.option(fc.constantFrom(...'abcdefghijklm'), { nil: undefined }),
  })
  .map(({ product, category, ...fields }) =>
    anEvent({
      ...fields,
      items: [{ productId: `p${product}`, quantity: 1, priceMinor: 1 }],
      payloadJson: Buffer.from(JSON.stringify({ properties: { category } })),
    }),
  );

export const aVisitorLog = (maxLength: number) => fc.array(aVisitorEvent, { maxLength });

/** The log by event time, its arrival order among equal times. */
export function byTime(log: readonly Event[]): Event[] {
  return [...log].sort((a, b) => a.occurredAtMs - b.occurredAtMs);
}

/** Folds events as they arrive, through a feature set, which drops repeats of a message id. */
export function foldState<S>(feature: ProfileFeature<S>, log: readonly Event[]): S {
  return foldAll([feature as ProfileFeature<unknown>], log).of(feature);
}

export function foldAll(features: readonly ProfileFeature<unknown>[], log: readonly Event[], through = (record: Buffer) => record) {
  const set = createFeatureSet(features);
  let state = set.create('shop:user-1');
  log.forEach((event, offset) => {
    set.apply(state, { topic: 'events', partition: 0, offset }, event);
    state = set.decode(state.userKey, through(set.encode(state)));
  });
  return state;
}

/** The bytes that the feature keeps for the log. */
export function bytesOf(feature: ProfileFeature<unknown>, log: readonly Event[]): string {
  const set = createFeatureSet([feature]);
  const state = set.create('shop:user-1');
  for (const event of log) feature.apply(state.of(feature), event);
  return set.encode(state).toString('hex');
}
