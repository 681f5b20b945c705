import { setTimeout as pause } from 'node:timers/promises';
import { createCollectorClient, type CollectorClient } from './collector-client';
import { createLanes, type PreparedEvent } from './lanes';
import type { ReplayEvent, ReplayItem } from './recording';

export interface ReplayOptions {
  /** In time order. */
  readonly events: AsyncIterable<ReplayEvent> | Iterable<ReplayEvent>;
  /** Sent before the first event. @default none */
  readonly items?: AsyncIterable<ReplayItem> | Iterable<ReplayItem>;
  /** Base URL of the collector. */
  readonly url: string;
  readonly writeKey: string;
  /** Multiple of real time, by the events' own times: 1 replays a day in a day. @default as fast as the collector takes them */
  readonly speed?: number;
  /** Stops after this many events. @default all */
  readonly limit?: number;
  /** Requests in flight. @default 8 */
  readonly concurrency?: number;
  /** Events of one request. @default 100 */
  readonly batchEvents?: number;
  /** Ends the replay: nothing more is sent and the promise rejects. */
  readonly signal?: AbortSignal;
  /** Called after each acknowledged request. */
  onProgress?(progress: ReplayProgress): void;
  /** messageIds that the collector acknowledged as accepted; the next request of those customers waits for it. */
  onAcked?(messageIds: readonly string[]): void | Promise<void>;
}

export interface ReplayProgress {
  readonly items: number;
  /** Events the collector has answered for: accepted + rejected. */
  readonly sent: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Requests that were sent again. */
  readonly retried: number;
  /** Time of the last event handed over, ISO 8601; '' before the first. */
  readonly eventTime: string;
}

export interface ReplaySummary extends ReplayProgress {
  /** Reasons of up to ten rejections. */
  readonly rejections: readonly string[];
  readonly seconds: number;
  readonly eventsPerSecond: number;
}

const ITEMS_PER_REQUEST = 500;
const MAX_REJECTIONS = 10;
/** Waits shorter than this are not worth a timer. */
const SHORTEST_PAUSE_MS = 5;

/**
 * Sends a recording to the collector, keeping each customer's order, and resolves when every event is acknowledged. While the collector is away
 * or sheds load it tries again until it is back or `signal` aborts, so a killed collector loses nothing; messageIds make repeats harmless.
 * @throws WRITE_KEY_UNKNOWN and other refusals, FILE_INVALID from the recording, the signal's reason
 */
export async function replay(options: ReplayOptions): Promise<ReplaySummary> {
  const { concurrency = 8, batchEvents = 100 } = options;
  // Aborted at the end whatever happened, so that no lane outlives a replay that failed.
  const ending = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, ending.signal]) : ending.signal;
  const state = { items: 0, sent: 0, accepted: 0, rejected: 0, retried: 0, eventTime: '' };
  const rejections: string[] = [];
  const startedMs = performance.now();
  const client = createCollectorClient({
    url: options.url,
    writeKey: options.writeKey,
    connections: concurrency,
    signal,
    onRetry: () => void state.retried++,
  });

  const sendBatch = async (batch: readonly PreparedEvent[]): Promise<void> => {
    const { accepted, rejected, errors } = await client.post('/v1/batch', `{"batch":[${batch.map(({ json }) => json).join(',')}]}`);
    state.sent += batch.length;
    state.accepted += accepted;
    state.rejected += rejected;
    for (const { index, code, reason } of errors)
      if (rejections.length < MAX_REJECTIONS) rejections.push(`${batch[index]?.messageId}: ${code}: ${reason}`);
    await options.onAcked?.(acceptedIds(batch, errors));
    options.onProgress?.({ ...state });
  };

  try {
    for await (const items of grouped(options.items ?? [], ITEMS_PER_REQUEST)) {
      await sendItems(client, items);
      state.items += items.length;
      options.onProgress?.({ ...state });
    }
    const lanes = createLanes({ lanes: concurrency, batchEvents, send: sendBatch });
    const paced = options.speed === undefined || options.speed <= 0 ? null : createPace(options.speed, signal);
    let left = options.limit ?? Infinity;
    if (left > 0) {
      for await (const event of options.events) {
        signal.throwIfAborted();
        if (paced) await paced(event.timestamp);
        state.eventTime = event.timestamp ?? state.eventTime;
        // Awaiting only when there is something to wait for keeps the reader ahead of the lanes.
        const room = lanes.add(event);
        if (room) await room;
        if (--left <= 0) break;
      }
    }
    await lanes.drain();
  } finally {
    ending.abort();
    client.close();
  }
  const seconds = (performance.now() - startedMs) / 1000;
  return { ...state, rejections, seconds, eventsPerSecond: Math.round(state.sent / Math.max(seconds, 1e-3)) };
}

async function sendItems(client: CollectorClient, items: readonly ReplayItem[]): Promise<void> {
  await client.post('/v1/catalog/items', JSON.stringify(items));
}

function acceptedIds(batch: readonly PreparedEvent[], errors: readonly { index: number }[]): string[] {
  if (errors.length === 0) return batch.map(({ messageId }) => messageId);
  const rejected = new Set(errors.map(({ index }) => index));
  return batch.filter((_, index) => !rejected.has(index)).map(({ messageId }) => messageId);
}

/** Waits until an event's time has come, counted from the first event. */
function createPace(speed: number, signal: AbortSignal): (timestamp: string | undefined) => Promise<void> {
  const startedMs = performance.now();
  let firstMs: number | undefined;
  return async (timestamp) => {
    const timeMs = Date.parse(timestamp ?? '');
    if (Number.isNaN(timeMs)) return;
    firstMs ??= timeMs;
    const waitMs = (timeMs - firstMs) / speed - (performance.now() - startedMs);
    if (waitMs >= SHORTEST_PAUSE_MS) await pause(waitMs, undefined, { signal });
  };
}

async function* grouped<T>(source: AsyncIterable<T> | Iterable<T>, size: number): AsyncIterable<T[]> {
  let group: T[] = [];
  for await (const value of source) {
    group.push(value);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
