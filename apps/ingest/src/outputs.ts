import {
  EVENT,
  EVENT_TYPES,
  EventType,
  ITEM,
  LINK,
  POST,
  REJECTED_EVENT,
  TOPICS,
  VIOLATION,
  deterministicId,
  toCloudEventHeaders,
  userKey,
  type Event,
  type Item,
  type Link,
  type Post,
  type Violation,
} from '@tradewind/contracts';
import type { OutboundRecord } from '@tradewind/eventing';
import type { Rejection } from './judge';
import type { Kind } from './split';

/** Of a rejected event larger than this only its first bytes are kept: the log refuses records of a megabyte. */
const MAX_REJECTED_BYTES = 256 * 1024;

const TYPE_PREFIX = 'EVENT_TYPE_';

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

/** Keyed so that what is known about one post stays in order. */
export function postRecord(post: Post): OutboundRecord {
  const { sourceId, brand, postId, publishedAtMs } = post;
  return {
    topic: TOPICS.socialPosts.name,
    key: `${brand}|${postId}`,
    value: POST.encode(post),
    headers: toCloudEventHeaders({
      id: deterministicId(sourceId, brand, postId, publishedAtMs, post.likes, post.shares, post.replies),
      source: producer(sourceId),
      type: EVENT_TYPES.post,
      timeMs: publishedAtMs,
    }),
  };
}

/** Tombstone: the item is gone. */
export function itemRemovedRecord(itemId: string): OutboundRecord {
  return { topic: TOPICS.catalogItems.name, key: itemId, value: null };
}

/** Where a rejected entry came from. */
export interface RejectedFrom {
  readonly sourceId: string;
  readonly receivedAtMs: number;
  readonly kind: Kind;
  /** Of the path, when it was that which said what the event is. */
  readonly type?: EventType | undefined;
  /** Of its batch. */
  readonly sentAt?: unknown;
}

/**
 * The bytes as they came, with why they were refused, so that they can be mended and sent again. What the bytes do not say themselves stands in
 * headers: `tw_rejected_kind` (event, item, post), `tw_rejected_type` (track, …) and `tw_rejected_sent_at`.
 */
export function rejectedRecord(rejection: Rejection, original: Buffer, from: RejectedFrom): OutboundRecord {
  const { sourceId, receivedAtMs, kind, type, sentAt } = from;
  const { fault, messageId } = rejection;
  const cut = original.length > MAX_REJECTED_BYTES;
  const kept = cut ? original.subarray(0, MAX_REJECTED_BYTES) : original;
  const reason = cut ? `${fault.reason}; only its first ${MAX_REJECTED_BYTES} bytes are kept` : fault.reason;
  return {
    topic: TOPICS.rejected.name,
    key: sourceId,
    value: REJECTED_EVENT.encode({ sourceId, code: fault.code, reason, original: kept, receivedAtMs, messageId }),
    headers: {
      ...toCloudEventHeaders({
        id: deterministicId(sourceId, fault.code, kept.toString('latin1')),
        source: producer(sourceId),
        type: EVENT_TYPES.rejected,
        timeMs: receivedAtMs,
      }),
      tw_rejected_kind: kind,
      ...(type !== undefined && { tw_rejected_type: EventType[type].slice(TYPE_PREFIX.length).toLowerCase() }),
      ...((typeof sentAt === 'string' || typeof sentAt === 'number') && { tw_rejected_sent_at: String(sentAt) }),
    },
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
