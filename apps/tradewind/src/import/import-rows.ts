import { murmur2 } from '@tradewind/contracts';
import { createCollectorClient, type CollectorClient } from '../replay/collector-client';
import type { ImportKind, ToEntry } from './mapping';
import type { BadRow, Row } from './row';

export interface ImportOptions {
  readonly rows: AsyncIterable<Row | BadRow>;
  readonly as: ImportKind;
  readonly toEntry: ToEntry;
  /** Begins the messageId of events that have none; the row's place ends it. */
  readonly idPrefix: string;
  readonly url: string;
  readonly writeKey: string;
  /** The first row to send, from 1. @default 1 */
  readonly fromRow?: number;
  /** Rows to send at most. @default all */
  readonly limit?: number;
  /** Rows of one request. */
  readonly batchRows: number;
  /** Requests in flight. */
  readonly concurrency: number;
  /** Reads and converts, and sends nothing. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  onProgress?(progress: ImportProgress): void;
}

export interface ImportProgress {
  /** Rows that the collector has answered for, and those that could not be read. */
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Taken and not published: consent, suppression, bots. */
  readonly dropped: number;
  /** Rows that could not be read; they were not sent. */
  readonly unreadable: number;
  /** Requests that were sent again. */
  readonly retried: number;
  /** Where to go on: every row before it is done. */
  readonly nextRow: number;
}

/** A row that did not become what it should. */
export interface BadRowReport {
  readonly row: number;
  readonly line: number;
  readonly code: string;
  readonly reason: string;
}

export interface ImportSummary extends ImportProgress {
  readonly byCode: Readonly<Record<string, number>>;
  readonly firstBad: readonly BadRowReport[];
  /** The first entry as it was sent, to look at. */
  readonly sample: object | null;
  readonly seconds: number;
  readonly rowsPerSecond: number;
}

interface Prepared {
  readonly row: number;
  readonly line: number;
  readonly json: string;
}

/** Why an import ended before its file did; `progress.nextRow` is where to go on. */
export class ImportEnded extends Error {
  constructor(
    readonly progress: ImportProgress,
    cause: unknown,
  ) {
    super(`ended before row ${progress.nextRow}`, { cause });
  }
}

const MAX_BAD = 10;
/** Below the collector's limit of 4 MiB. */
const MAX_REQUEST_CHARS = 1024 * 1024;
const PATHS: Readonly<Record<ImportKind, string>> = { events: '/v1/batch', items: '/v1/catalog/items', posts: '/v1/social/posts' };
const KEYS: Readonly<Record<ImportKind, readonly string[]>> = {
  events: ['userId', 'anonymousId'],
  items: ['item_id', 'itemId', 'product_id', 'productId', 'sku', 'id'],
  posts: ['post_id', 'postId', 'id'],
};

/**
 * Sends rows through the collector in windows of `concurrency × batchRows`, one window being sent while the next is read, so memory is bounded by
 * two windows. Rows of one user, item or post stay in order. Transient refusals are repeated for as long as it takes; messageIds depend on the
 * file and the row only, so a repeated import doubles nothing within the day that repeats are known.
 * @throws ImportEnded when the collector refuses for good, the file ends wrongly, or `signal` aborts
 */
export async function importRows(options: ImportOptions): Promise<ImportSummary> {
  const { rows, toEntry, as, idPrefix, fromRow = 1, limit = Infinity, batchRows, concurrency } = options;
  const startedMs = performance.now();
  const tally = createTally(fromRow);
  const ending = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, ending.signal]) : ending.signal;
  const { url, writeKey } = options;
  const client = createCollectorClient({ url, writeKey, connections: concurrency, signal, onRetry: () => void tally.counts.retried++ });
  let sample: object | null = null;
  let sending: Promise<void> = Promise.resolve();

  const flush = async (window: Window): Promise<void> => {
    await sending;
    sending = sendWindow(client, window, options, tally);
    // Awaited with the next window; until then its failure is no unhandled one.
    sending.catch(() => undefined);
  };
  try {
    let window = createWindow(concurrency);
    let taken = 0;
    for await (const row of rows) {
      if (row.row < fromRow) continue;
      if (taken++ >= limit) break;
      if (row.bad) window.bad.push({ row: row.row, line: row.line, ...row.bad });
      else {
        const entry = toEntry(row.value);
        if (as === 'events') entry['messageId'] ??= `${idPrefix}:${row.row}`;
        sample ??= entry;
        window.lanes[laneOf(entry, as, row, concurrency)]!.push({ row: row.row, line: row.line, json: JSON.stringify(entry) });
      }
      window.lastRow = row.row;
      if (++window.rows < batchRows * concurrency) continue;
      await flush(window);
      window = createWindow(concurrency);
    }
    if (window.rows > 0) await flush(window);
    await sending;
  } catch (error) {
    // What is being sent may still be answered for: it then need not be sent again.
    await sending.catch(() => undefined);
    throw new ImportEnded({ ...tally.counts }, options.signal?.aborted ? options.signal.reason : error);
  } finally {
    ending.abort();
    client.close();
  }
  const seconds = (performance.now() - startedMs) / 1000;
  const { counts, byCode, firstBad } = tally;
  return { ...counts, byCode, firstBad, sample, seconds, rowsPerSecond: Math.round(counts.rows / Math.max(seconds, 1e-3)) };
}

interface Window {
  readonly lanes: Prepared[][];
  readonly bad: BadRowReport[];
  rows: number;
  lastRow: number;
}

function createWindow(concurrency: number): Window {
  return { lanes: Array.from({ length: concurrency }, () => []), bad: [], rows: 0, lastRow: 0 };
}

function createTally(fromRow: number) {
  return {
    counts: { rows: 0, accepted: 0, rejected: 0, dropped: 0, unreadable: 0, retried: 0, nextRow: fromRow },
    byCode: {} as Record<string, number>,
    firstBad: [] as BadRowReport[],
  };
}
type Tally = ReturnType<typeof createTally>;

/** Rows of one key go the same way, one request after the other. */
function laneOf(entry: Readonly<Record<string, unknown>>, as: ImportKind, { row }: Row, lanes: number): number {
  const key = KEYS[as].map((name) => entry[name]).find((value) => value !== undefined);
  return key === undefined ? row % lanes : (murmur2(Buffer.from(String(key))) & 0x7fffffff) % lanes;
}

/** Resolves once every row of the window is answered for; only then the import may be taken up behind it. */
async function sendWindow(client: CollectorClient, window: Window, options: ImportOptions, tally: Tally): Promise<void> {
  const { as, batchRows, dryRun = false } = options;
  const { counts } = tally;
  const refused = [...window.bad];
  let hasFailed = false;
  const sendLane = async (lane: readonly Prepared[]): Promise<void> => {
    for (let start = 0; start < lane.length && !hasFailed && !dryRun;) {
      const batch = lane.slice(start, endOfBatch(lane, start, batchRows));
      start += batch.length;
      refused.push(...(await sendBatch(client, as, batch, counts)));
    }
  };
  const lanes = window.lanes.map((lane) =>
    sendLane(lane).catch((error: unknown) => {
      hasFailed = true;
      throw error;
    }),
  );
  // What is under way is waited for, so that nothing arrives after the import has ended.
  await Promise.allSettled(lanes);
  await Promise.all(lanes);
  counts.unreadable += window.bad.length;
  counts.rows += window.rows;
  counts.nextRow = window.lastRow + 1;
  for (const bad of refused.sort((a, b) => a.row - b.row)) {
    tally.byCode[bad.code] = (tally.byCode[bad.code] ?? 0) + 1;
    if (tally.firstBad.length < MAX_BAD) tally.firstBad.push(bad);
  }
  options.onProgress?.({ ...counts });
}

function endOfBatch(lane: readonly Prepared[], start: number, batchRows: number): number {
  let [end, chars] = [start, 0];
  while (end < lane.length && end - start < batchRows && (end === start || chars + lane[end]!.json.length <= MAX_REQUEST_CHARS))
    chars += lane[end++]!.json.length;
  return end;
}

async function sendBatch(
  client: CollectorClient,
  as: ImportKind,
  batch: readonly Prepared[],
  counts: Tally['counts'],
): Promise<BadRowReport[]> {
  const list = `[${batch.map(({ json }) => json).join(',')}]`;
  const { accepted, rejected, dropped = 0, errors } = await client.post(PATHS[as], as === 'events' ? `{"batch":${list}}` : list);
  counts.accepted += accepted;
  counts.rejected += rejected;
  counts.dropped += dropped;
  return errors.map(({ index, code, reason }) => ({ row: batch[index]!.row, line: batch[index]!.line, code, reason }));
}
