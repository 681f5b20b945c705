import { EVENT, EventType, ITEM, RELEASE, ReleaseStage, TOPICS, type Event, type Item, userKey } from '@tradewind/contracts';
import { uniqueName } from './unique-name';

/** An accepted track event of 2024-01-01 without items; every field may be replaced. `messageId` is new each time. */
export function anEvent(overrides: Partial<Event> = {}): Event {
  const sourceId = overrides.sourceId ?? 'shop';
  const userId = overrides.userId ?? 'user-1';
  const occurredAtMs = overrides.occurredAtMs ?? Date.UTC(2024, 0, 1);
  return {
    messageId: uniqueName('message'),
    type: EventType.EVENT_TYPE_TRACK,
    sourceId,
    userId,
    userKey: userKey(sourceId, userId),
    anonymousId: '',
    previousId: '',
    groupId: '',
    name: 'Product Viewed',
    occurredAtMs,
    receivedAtMs: occurredAtMs,
    orderId: '',
    valueMinor: 0,
    currency: '',
    items: [],
    payloadJson: Buffer.from('{}'),
    enrichment: null,
    deniedPurposes: [],
    trackingPlan: '',
    violationCount: 0,
    ...overrides,
  };
}

/** An `Order Completed` of the given lines (`[productId, quantity, priceMinor]`), its value their sum, in GBP. */
export function anOrder(lines: readonly (readonly [string, number, number])[], overrides: Partial<Event> = {}): Event {
  return anEvent({
    name: 'Order Completed',
    orderId: uniqueName('order'),
    currency: 'GBP',
    valueMinor: Math.round(lines.reduce((sum, [, quantity, priceMinor]) => sum + quantity * priceMinor, 0)),
    items: lines.map(([productId, quantity, priceMinor]) => ({ productId, quantity, priceMinor })),
    ...overrides,
  });
}

/** A catalogue item with a title and category of its own, priced 10.00 GBP. */
export function anItem(overrides: Partial<Item> = {}): Item {
  const itemId = overrides.itemId ?? uniqueName('item');
  return {
    itemId,
    sourceId: 'shop',
    title: `Title of ${itemId}`,
    description: '',
    category: 'things',
    priceMinor: 1000,
    currency: 'GBP',
    updatedAtMs: Date.UTC(2024, 0, 1),
    attributesJson: Buffer.from('{}'),
    ...overrides,
  };
}

/** A record to publish, as the log takes it. */
export interface RecordToPublish {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
}

/** The event as ingest puts it on the log, less its headers. */
export function anEventRecord(event: Event): RecordToPublish {
  return { topic: TOPICS.events.name, key: event.userKey, value: EVENT.encode(event) };
}

export function anItemRecord(item: Item): RecordToPublish {
  return { topic: TOPICS.catalogItems.name, key: item.itemId, value: ITEM.encode(item) };
}

/** The announcement that makes services load a model; its bytes must be in the database before. */
export function aReleaseRecord(manifest: { readonly model: string; readonly version: string; readonly sha256: string }): RecordToPublish {
  const { model, version, sha256 } = manifest;
  const stage = ReleaseStage.RELEASE_STAGE_LIVE;
  const value = RELEASE.encode({ model, version, sha256, stage, releasedAtMs: 0, manifestJson: Buffer.from(JSON.stringify(manifest)) });
  return { topic: TOPICS.modelReleases.name, key: model, value };
}
