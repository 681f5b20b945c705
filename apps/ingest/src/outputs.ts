import {
  EVENT,
  EVENT_TYPES,
  ITEM,
  LINK,
  REJECTED_EVENT,
  TOPICS,
  VIOLATION,
  deterministicId,
  toCloudEventHeaders,
  userKey,
  type Event,
  type Item,
  type Link,
  type Violation,
} from '@tradewind/contracts';
import type { OutboundRecord } from '@tradewind/eventing';
import type { Rejection } from './judge';

/** Of a rejected event larger than this only its first bytes are kept: the log refuses records of a megabyte. */
const MAX_REJECTED_BYTES = 256 * 1024;

/** Producer name in CloudEvents headers. */
function producer(sourceId: string): string {
  return `/tradewind/ingest/${sourceId}`;
}

export function eventRecord(event: Event): OutboundRecord {
  return {
    topic: TOPICS.events.name,
    key: event.userKey,
    value: EVENT.encode(event),
    headers: toCloudEventHeaders({
      id: event.messageId,
      source: producer(event.sourceId),
      type: EVENT_TYPES.event,
      timeMs: event.occurredAtMs,
    }),
  };
}

export function itemRecord(item: Item): OutboundRecord {
  const id = deterministicId(item.sourceId, item.itemId, item.updatedAtMs);
  return {
    topic: TOPICS.catalogItems.name,
    key: item.itemId,
    value: ITEM.encode(item),
    headers: toCloudEventHeaders({ id, source: producer(item.sourceId), type: EVENT_TYPES.item, timeMs: item.updatedAtMs }),
  };
}

/** Tombstone: the item is gone. */
export function itemRemovedRecord(itemId: string): OutboundRecord {
  return { topic: TOPICS.catalogItems.name, key: itemId, value: null };
}

/** The bytes as they came, with why they were refused, so that they can be mended and sent again. */
export function rejectedRecord(rejection: Rejection, original: Buffer, sourceId: string, receivedAtMs: number): OutboundRecord {
  const { fault, messageId } = rejection;
  const cut = original.length > MAX_REJECTED_BYTES;
  const kept = cut ? original.subarray(0, MAX_REJECTED_BYTES) : original;
  const reason = cut ? `${fault.reason}; only its first ${MAX_REJECTED_BYTES} bytes are kept` : fault.reason;
  return {
    topic: TOPICS.rejected.name,
    key: sourceId,
    value: REJECTED_EVENT.encode({ sourceId, code: fault.code, reason, original: kept, receivedAtMs, messageId }),
    headers: toCloudEventHeaders({
      id: deterministicId(sourceId, fault.code, kept.toString('latin1')),
      source: producer(sourceId),
      type: EVENT_TYPES.rejected,
      timeMs: receivedAtMs,
    }),
  };
}

/** One fault of an event that departs from its source's tracking plan. */
export function violationRecord(violation: Violation): OutboundRecord {
  const { violationId, sourceId, occurredAtMs } = violation;
  return {
    topic: TOPICS.violations.name,
    key: sourceId,
    value: VIOLATION.encode(violation),
    headers: toCloudEventHeaders({ id: violationId, source: producer(sourceId), type: EVENT_TYPES.violation, timeMs: occurredAtMs }),
  };
}

/** Keyed by the user key that the alias had. */
export function linkRecord(link: Link): OutboundRecord {
  const { sourceId, aliasId, canonicalId, linkedAtMs } = link;
  return {
    topic: TOPICS.identityLinks.name,
    key: userKey(sourceId, aliasId),
    value: LINK.encode(link),
    headers: toCloudEventHeaders({
      id: deterministicId(sourceId, aliasId, canonicalId),
      source: producer(sourceId),
      type: EVENT_TYPES.link,
      timeMs: linkedAtMs,
    }),
  };
}
