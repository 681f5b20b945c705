import { randomUUID } from 'node:crypto';
import { EventType, deterministicId, userKey, type Event } from '@tradewind/contracts';
import { readCommerce } from './commerce';
import { Fault, invalid } from './fault';
import { readId, readIdentity } from './identity';
import { MAX_DEPTH, depthOf, memberSpans, type Members } from './json-spans';
import { readOccurredAt } from './timestamps';

/** An event as it came: parsed, and the very bytes it was parsed from. */
export interface RawEvent {
  readonly value: unknown;
  /** JSON text of `value`, UTF-8. */
  readonly bytes: Buffer;
  /** Where `PAYLOAD_MEMBERS` lie in `bytes`, when that is known already. */
  readonly members?: Members;
  /** Set when the path of the request says what it is, e.g. `/v1/track`. */
  readonly type?: EventType;
  /** `sentAt` of the batch, for events without their own. */
  readonly sentAt?: unknown;
  /** Levels of arrays and objects, where known already. */
  readonly depth?: number;
  /** Set when the bytes could not be read as what they should be; `value` then means nothing. */
  readonly fault?: Fault;
}

/** What judging knows about where an event came from. */
export interface JudgedSource {
  readonly sourceId: string;
  /** ISO 4217; of amounts that name no currency. */
  readonly defaultCurrency: string;
}

export interface Rejection {
  readonly fault: Fault;
  /** '' when the event carried none that can be read. */
  readonly messageId: string;
}

/** Exactly one of the two. */
export type Verdict =
  { readonly event: Event; readonly rejected?: undefined } | { readonly event?: undefined; readonly rejected: Rejection };

/** Segment's documented limit of one event; larger ones are rejected alone, never with their batch. */
export const MAX_EVENT_BYTES = 32 * 1024;
const MAX_MESSAGE_ID_LENGTH = 100;
const MAX_NAME_LENGTH = 255;
const NONE: string[] = [];
const EMPTY_PAYLOAD = Buffer.from('{}');
/** What of an event is kept as it came. */
export const PAYLOAD_MEMBERS = ['properties', 'traits', 'context'] as const;
/** What each is written after. */
const PAYLOAD_KEYS = PAYLOAD_MEMBERS.map((member) => Buffer.from(`,"${member}":`));
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const TYPES: ReadonlyMap<unknown, EventType> = new Map<unknown, EventType>([
  ['track', EventType.EVENT_TYPE_TRACK],
  ['identify', EventType.EVENT_TYPE_IDENTIFY],
  ['page', EventType.EVENT_TYPE_PAGE],
  ['screen', EventType.EVENT_TYPE_SCREEN],
  ['group', EventType.EVENT_TYPE_GROUP],
  ['alias', EventType.EVENT_TYPE_ALIAS],
]);

/**
 * Decides about one event, whatever JSON value it is: accepted in typed form, or rejected with a code and a reason. Never throws.
 * Pure but for the random id of an event that has neither messageId nor a time of its own.
 */
export function judgeEvent(raw: RawEvent, source: JudgedSource, receivedAtMs: number): Verdict {
  const outcome = readEvent(raw, source, receivedAtMs);
  return outcome instanceof Fault ? { rejected: { fault: outcome, messageId: messageIdOf(raw.value) } } : { event: outcome };
}

function readEvent(raw: RawEvent, source: JudgedSource, receivedAtMs: number): Event | Fault {
  if (raw.fault) return raw.fault;
  if (raw.bytes.length > MAX_EVENT_BYTES)
    return new Fault('EVENT_TOO_LARGE', `the event has ${raw.bytes.length} bytes, the limit is ${MAX_EVENT_BYTES}`);
  if (isTooDeep(raw)) return TOO_DEEP;
  if (!isObject(raw.value)) return invalid('the event must be an object');
  const value = raw.value;
  const type = raw.type ?? TYPES.get(value['type']);
  if (type === undefined) return new Fault('EVENT_TYPE_UNKNOWN', 'type must be track, identify, page, screen, group or alias');
  const identity = readIdentity(type, value);
  if (identity instanceof Fault) return identity;
  const name = readName(type, value);
  if (name instanceof Fault) return name;
  const occurredAtMs = readOccurredAt(
    { timestamp: value['timestamp'], originalTimestamp: value['originalTimestamp'], sentAt: value['sentAt'] ?? raw.sentAt },
    receivedAtMs,
  );
  if (occurredAtMs instanceof Fault) return occurredAtMs;
  const wrongPart = PAYLOAD_MEMBERS.find((member) => value[member] !== undefined && value[member] !== null && !isObject(value[member]));
  if (wrongPart) return invalid(`${wrongPart} must be an object`);
  const isTrack = type === EventType.EVENT_TYPE_TRACK;
  const properties = isObject(value['properties']) ? value['properties'] : undefined;
  const commerce = readCommerce(isTrack ? name : '', properties, source.defaultCurrency);
  if (commerce instanceof Fault) return commerce;
  const messageId = readMessageId(raw, value, source);
  if (messageId instanceof Fault) return messageId;

  const { userId, anonymousId, previousId, groupId } = identity;
  const { orderId, valueMinor, currency, items } = commerce;
  return {
    messageId,
    type,
    sourceId: source.sourceId,
    userKey: userKey(source.sourceId, userId || anonymousId),
    userId,
    anonymousId,
    previousId,
    groupId,
    name,
    occurredAtMs,
    receivedAtMs,
    orderId,
    valueMinor,
    currency,
    items,
    payloadJson: payloadOf(raw, value),
    enrichment: null,
    deniedPurposes: NONE,
    trackingPlan: '',
    violationCount: 0,
  };
}

/** The fault of JSON that `isTooDeep`. */
export const TOO_DEEP = invalid(`the JSON is nested more than ${MAX_DEPTH} levels deep`);

/** True over 200 levels of arrays and objects. */
export function isTooDeep({ bytes, depth }: Pick<RawEvent, 'bytes' | 'depth'>): boolean {
  return (depth ?? depthOf(bytes)) > MAX_DEPTH;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A track call must name its event; pages and screens may, beside or inside their properties. */
function readName(type: EventType, value: Record<string, unknown>): string | Fault {
  if (type === EventType.EVENT_TYPE_TRACK) {
    const name = value['event'];
    if (typeof name !== 'string' || name.trim() === '') return invalid('event, the name of what happened, is missing');
    return name.length <= MAX_NAME_LENGTH ? name : invalid(`event is longer than ${MAX_NAME_LENGTH} characters`);
  }
  if (type !== EventType.EVENT_TYPE_PAGE && type !== EventType.EVENT_TYPE_SCREEN) return '';
  const properties = value['properties'];
  const name = value['name'] ?? (isObject(properties) ? properties['name'] : undefined) ?? '';
  return typeof name === 'string' ? name.slice(0, MAX_NAME_LENGTH) : invalid('name must be text');
}

/**
 * The client's messageId; repeats of it are the same event. Without one, an event with a time of its own gets the hash of its bytes, so a
 * repeated request repeats the id; one without a time gets a random id, because the same view twice is two views.
 */
function readMessageId(raw: RawEvent, value: Record<string, unknown>, source: JudgedSource): string | Fault {
  const given = readId(value['messageId'], 'messageId', MAX_MESSAGE_ID_LENGTH);
  if (given !== '') return given;
  const hasTime = typeof (value['timestamp'] ?? value['originalTimestamp']) === 'string';
  return hasTime ? deterministicId(source.sourceId, raw.type ?? '', raw.bytes.toString('latin1')) : randomUUID();
}

function messageIdOf(value: unknown): string {
  const messageId = isObject(value) ? readId(value['messageId'], 'messageId', MAX_MESSAGE_ID_LENGTH) : '';
  return messageId instanceof Fault ? '' : messageId;
}

/** `{"properties":…,"traits":…,"context":…}` of the parts the event has, each with the bytes it came in. */
function payloadOf({ bytes, members }: RawEvent, value: Record<string, unknown>): Buffer {
  const present = PAYLOAD_MEMBERS.map((member) => isObject(value[member]));
  if (!present.includes(true)) return EMPTY_PAYLOAD;
  const spans = members ?? memberSpans(bytes, 0, PAYLOAD_MEMBERS);
  let size = 1;
  for (let i = 0; i < spans.length; i++) if (present[i]) size += PAYLOAD_KEYS[i]!.length + spans[i]!.end - spans[i]!.start;
  const payload = Buffer.allocUnsafe(size);
  let at = 0;
  for (let i = 0; i < spans.length; i++) {
    if (!present[i]) continue;
    at += PAYLOAD_KEYS[i]!.copy(payload, at);
    at += bytes.copy(payload, at, spans[i]!.start, spans[i]!.end);
  }
  payload[0] = OPEN_OBJECT; // in the place of the first comma
  payload[at] = CLOSE_OBJECT;
  return payload;
}
