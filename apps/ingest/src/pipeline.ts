import { AppError, type EventType } from '@tradewind/contracts';
import type { EventLog, OutboundRecord } from '@tradewind/eventing';
import type { Source } from '@tradewind/persistence';
import { inflateBody, parseJsonBody, type JsonBody } from './body';
import { writeKeyOfBody, writeKeyOfHeader } from './credentials';
import { judgeItem } from './items';
import { elementSpans, memberSpans } from './json-spans';
import { isObject, judgeEvent, type JudgedSource, type RawEvent, type Rejection } from './judge';
import { eventRecord, itemRecord, rejectedRecord } from './outputs';
import type { SourceDirectory } from './sources';

/** Segment allows 2,500; more would let 4 MiB of `{}` become a million rejected records. */
export const MAX_BATCH_EVENTS = 5_000;

export interface CollectorDeps {
  readonly log: Pick<EventLog, 'publish'>;
  readonly sources: Pick<SourceDirectory, 'find'>;
  readonly now: () => number;
  readonly defaultCurrency: string;
  /** Of a body after inflating. */
  readonly maxRequestBytes: number;
}

export interface CollectRequest {
  readonly body: Buffer;
  readonly contentEncoding?: string | undefined;
  readonly authorization?: string | undefined;
  /** From the address, for beacons that can set no header. */
  readonly writeKey?: string | undefined;
}

/** What a path holds: one event of a known type, a batch of events, or catalogue items. */
export type Payload = EventType | 'batch' | 'items';

export interface RejectedEntry {
  /** Place in the batch, from 0. */
  readonly index: number;
  readonly code: string;
  readonly reason: string;
}

export interface Receipt {
  readonly accepted: number;
  readonly rejected: number;
  readonly errors: readonly RejectedEntry[];
}

export type Collect = (payload: Payload, request: CollectRequest) => Promise<Receipt>;

/**
 * The collector without HTTP: authenticate, inflate, parse, judge each event, publish accepted and rejected ones together. Resolves only
 * after the log has acknowledged every record; one bad event never harms the others.
 * @throws AppError WRITE_KEY_MISSING, WRITE_KEY_UNKNOWN, JSON_MALFORMED, EVENT_INVALID (no batch), REQUEST_TOO_LARGE, ENCODING_UNSUPPORTED:
 * nothing was published; LOG_UNAVAILABLE, DATABASE_UNAVAILABLE (retryable): send it again, with the same messageIds
 */
export function createCollector(deps: CollectorDeps): Collect {
  return async function collect(payload, request) {
    const keyed = request.writeKey ?? writeKeyOfHeader(request.authorization);
    const early = keyed === undefined ? undefined : await authenticate(deps.sources, keyed);
    const body = parseJsonBody(await inflateBody(request.body, request.contentEncoding, deps.maxRequestBytes));
    const { sourceId } = early ?? (await authenticate(deps.sources, writeKeyOfBody(body.value)));
    const { records, errors } = judgeAll(
      payload,
      splitBody(payload, body),
      { sourceId, defaultCurrency: deps.defaultCurrency },
      deps.now(),
    );
    if (records.length > 0) await deps.log.publish(records);
    return { accepted: records.length - errors.length, rejected: errors.length, errors };
  };
}

/** @throws WRITE_KEY_MISSING, WRITE_KEY_UNKNOWN, DATABASE_UNAVAILABLE */
export async function authenticate(sources: CollectorDeps['sources'], writeKey: string | undefined): Promise<Source> {
  if (writeKey === undefined)
    throw new AppError('WRITE_KEY_MISSING', 'no write key: send it as Basic authorization ("<writeKey>:") or as writeKey in the body');
  const source = await sources.find(writeKey);
  if (!source) throw new AppError('WRITE_KEY_UNKNOWN', 'the write key belongs to no enabled source');
  return source;
}

/** One judgement and one record per event, in the order of the request. */
function judgeAll(
  payload: Payload,
  raws: readonly RawEvent[],
  source: JudgedSource,
  receivedAtMs: number,
): { records: OutboundRecord[]; errors: RejectedEntry[] } {
  const errors: RejectedEntry[] = [];
  const records = raws.map((raw, index) => {
    const judged = payload === 'items' ? judgeItem(raw, source, receivedAtMs) : judgeEvent(raw, source, receivedAtMs);
    if (judged.rejected) return reject(index, judged.rejected, raw);
    return 'item' in judged ? itemRecord(judged.item) : eventRecord(judged.event);
  });
  return { records, errors };

  function reject(index: number, rejection: Rejection, raw: RawEvent): OutboundRecord {
    errors.push({ index, code: rejection.fault.code, reason: rejection.fault.reason });
    return rejectedRecord(rejection, raw.bytes, source.sourceId, receivedAtMs);
  }
}

/** The events of a body, each with its own bytes. */
function splitBody(payload: Payload, body: JsonBody): RawEvent[] {
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
