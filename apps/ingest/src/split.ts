import { AppError, type EventType } from '@tradewind/contracts';
import type { JsonBody } from './body';
import { elementSpans, memberSpans } from './json-spans';
import { isObject, type RawEvent } from './judge';

/** Segment allows 2,500; more would let 4 MiB of `{}` become a million rejected records. */
export const MAX_BATCH_EVENTS = 5_000;

/** What a path holds: one event of a known type, a batch of events, or catalogue items. */
export type Payload = EventType | 'batch' | 'items';

/**
 * The events of a body in its order, each with its own bytes.
 * @throws EVENT_INVALID (no batch), REQUEST_TOO_LARGE
 */
export function splitBody(payload: Payload, body: JsonBody): RawEvent[] {
  if (payload === 'batch') return splitBatch(body);
  if (payload === 'items') return Array.isArray(body.value) ? split(body.value, body.bytes, 0) : [body];
  return [{ ...body, type: payload }];
}

/** `{batch: [event, …], sentAt}` as the clients send it. */
function splitBatch(body: JsonBody): RawEvent[] {
  const batch = isObject(body.value) ? body.value['batch'] : undefined;
  if (!isObject(body.value) || !Array.isArray(batch))
    throw new AppError('EVENT_INVALID', 'a batch request needs an array "batch" of events');
  const [span] = memberSpans(body.bytes, 0, ['batch']);
  return split(batch, body.bytes, span!.start, body.value['sentAt']);
}

function split(values: readonly unknown[], bytes: Buffer, at: number, sentAt?: unknown): RawEvent[] {
  if (values.length > MAX_BATCH_EVENTS)
    throw new AppError('REQUEST_TOO_LARGE', `the batch has ${values.length} entries, the limit is ${MAX_BATCH_EVENTS}`);
  const spans = elementSpans(bytes, at);
  return values.map((value, i) => ({ value, bytes: bytes.subarray(spans[i]!.start, spans[i]!.end), sentAt }));
}
