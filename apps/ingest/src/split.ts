import { AppError, type EventType } from '@tradewind/contracts';
import type { JsonBody } from './body';
import { batchSpans, elementSpans, objectSpans } from './json-spans';
import { PAYLOAD_MEMBERS, isObject, type RawEvent } from './judge';

/** Segment allows 2,500; more would let 4 MiB of `{}` become a million rejected records. */
export const MAX_BATCH_EVENTS = 5_000;

/** What a path holds: one event of a known type, a batch of events, catalogue items, or something that is split in its own way. */
export type Payload = EventType | 'batch' | 'items' | Form;

/** A body that is not one JSON value with events in it, or with posts. Its write key comes beside it, not in it. */
export interface Form {
  readonly of: 'event' | 'post';
  /** The inflated body's entries. @throws AppError when the request is wrong as a whole */
  split(body: Buffer): RawEvent[];
}

/** What an entry of a request is. */
export type Kind = 'event' | 'item' | 'post';

export function kindOf(payload: Payload): Kind {
  if (typeof payload === 'object') return payload.of;
  return payload === 'items' ? 'item' : 'event';
}

/**
 * The events of a body in its order, each with its own bytes.
 * @throws EVENT_INVALID (no batch), REQUEST_TOO_LARGE
 */
export function splitBody(payload: Exclude<Payload, Form>, body: JsonBody): RawEvent[] {
  if (payload === 'batch') return splitBatch(body);
  if (payload === 'items') return Array.isArray(body.value) ? splitArray(body.value, body.bytes, 0) : [body];
  const { value, bytes } = body;
  if (!isObject(value)) return [{ value, bytes, type: payload }];
  const { members, depth } = objectSpans(bytes, PAYLOAD_MEMBERS);
  return [{ value, bytes, type: payload, members, depth }];
}

/** `{batch: [event, …], sentAt}` as the clients send it. */
function splitBatch(body: JsonBody): RawEvent[] {
  const batch = isObject(body.value) ? body.value['batch'] : undefined;
  if (!isObject(body.value) || !Array.isArray(batch))
    throw new AppError('EVENT_INVALID', 'a batch request needs an array "batch" of events');
  assertCount(batch);
  const { bytes } = body;
  const sentAt = body.value['sentAt'];
  const spans = batchSpans(bytes, 'batch', PAYLOAD_MEMBERS);
  return batch.map((value: unknown, i) => {
    const { start, end, members, depth } = spans[i]!;
    return { value, bytes: bytes.subarray(start, end), members, depth, sentAt };
  });
}

/**
 * The elements of the array at `at`, each with its own bytes.
 * @throws REQUEST_TOO_LARGE over 5,000
 */
export function splitArray(values: readonly unknown[], bytes: Buffer, at: number): RawEvent[] {
  assertCount(values);
  const spans = elementSpans(bytes, at);
  return values.map((value, i) => ({ value, bytes: bytes.subarray(spans[i]!.start, spans[i]!.end) }));
}

function assertCount(values: readonly unknown[]): void {
  if (values.length > MAX_BATCH_EVENTS)
    throw new AppError('REQUEST_TOO_LARGE', `the batch has ${values.length} entries, the limit is ${MAX_BATCH_EVENTS}`);
}
