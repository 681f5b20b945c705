import type { EventLog } from '@tradewind/eventing';
import { count } from '../dlq/list-letters';
import { ReplayProgress } from '../dlq/replay-progress';
import type { CollectorClient } from '../replay/collector-client';
import type { Edit } from './edits';
import { mend, type Mended } from './mend';
import { REJECTED_TOPIC, readRejected, type RejectedFilter, type RejectedLetter } from './rejected-letters';

/** Its committed offsets, per source and per code, say how far rejected entries were replayed. */
export const REJECTED_GROUP = 'tradewind-rejected-replay';
const BATCH = 200;
const MAX_CHARS = 1024 * 1024;
/** Moving a group takes Kafka a second; a crash sends at most this many again. */
const SAVE_EVERY = 5_000;
const PATHS = { event: '/v1/batch', item: '/v1/catalog/items', post: '/v1/social/posts' } as const;

export interface ReplayRejectedOptions {
  readonly log: Pick<EventLog, 'read' | 'committed' | 'commit'>;
  /** Of the collector to send to, with a key of the source; null sends nothing. */
  readonly client: Pick<CollectorClient, 'post'> | null;
  readonly source: string;
  readonly filter: Omit<RejectedFilter, 'source'>;
  readonly edits: readonly Edit[];
  readonly limit?: number;
  /** Also what was replayed before. */
  readonly again?: boolean;
  readonly signal?: AbortSignal;
  onProgress?(sent: number): void;
}

export interface ReplayRejectedReport {
  readonly source: string;
  readonly dryRun: boolean;
  /** Sent, or in a dry run to be sent. */
  readonly sent: number;
  readonly good: number;
  /** Refused again, by code: they are letters anew, behind the others. */
  readonly stillBad: Readonly<Record<string, number>>;
  /** Reasons of the first ten of them. */
  readonly reasons: readonly string[];
  /** Not JSON objects, or not kept: nothing to be mended. */
  readonly unreadable: number;
  readonly replayedBefore: number;
  /** The first one, mended, to look at. */
  readonly sample: unknown;
}

interface Tally {
  sent: number;
  good: number;
  readonly stillBad: Record<string, number>;
  readonly reasons: string[];
  unreadable: number;
  replayedBefore: number;
  sample: unknown;
}

/**
 * Mends what ingest refused of one source and sends it through the collector again, in the order it came. Remembers how far it came: a second run
 * sends nothing twice, one that was killed repeats at most 5,000, with the same messageIds. What comes in meanwhile, also what is refused
 * again, is left to the next run. Entries older than the filter's time are passed over for good.
 * @throws the collector's refusals, LOG_UNAVAILABLE; what was sent until then is remembered
 */
export async function replayRejected(options: ReplayRejectedOptions): Promise<ReplayRejectedReport> {
  const { log, client, source, filter } = options;
  const progress = new ReplayProgress(log, REJECTED_TOPIC, filter.code, `${REJECTED_GROUP}.${source}`);
  const tally: Tally = { sent: 0, good: 0, stillBad: {}, reasons: [], unreadable: 0, replayedBefore: 0, sample: null };
  let unsaved = 0;
  try {
    for await (const batch of batches(wanted(options, progress, tally), options.limit ?? Infinity)) {
      if (client === null) judgeOnly(batch, tally);
      else await send(client, batch, tally);
      for (const { letter } of batch) progress.done(letter);
      unsaved += batch.length;
      if (unsaved >= SAVE_EVERY && client !== null) {
        await progress.save();
        unsaved = 0;
      }
      options.onProgress?.(tally.sent);
      if (options.signal?.aborted) break;
    }
  } finally {
    if (client !== null) await progress.save();
  }
  return { source, dryRun: client === null, ...tally };
}

async function* wanted(options: ReplayRejectedOptions, progress: ReplayProgress, tally: Tally): AsyncGenerator<Mended> {
  for await (const letter of readRejected(options.log, { ...options.filter, source: options.source })) {
    if (!options.again && (await progress.isDone(letter))) {
      tally.replayedBefore++;
      continue;
    }
    const mended = mend(letter, options.edits);
    if (mended !== null) yield mended;
    else passOver(letter, progress, tally);
  }
}

function passOver(letter: RejectedLetter, progress: ReplayProgress, tally: Tally): void {
  tally.unreadable++;
  progress.done(letter);
}

/** Of one kind each: a kind has its own path. */
async function* batches(mended: AsyncIterable<Mended>, limit: number): AsyncGenerator<Mended[]> {
  let [batch, chars, taken]: [Mended[], number, number] = [[], 0, 0];
  for await (const each of mended) {
    const isFull = batch.length >= BATCH || chars + each.json.length > MAX_CHARS || batch[0]?.letter.kind !== each.letter.kind;
    if (batch.length > 0 && isFull) {
      yield batch;
      [batch, chars] = [[], 0];
    }
    batch.push(each);
    chars += each.json.length;
    if (++taken >= limit) break;
  }
  if (batch.length > 0) yield batch;
}

function judgeOnly(batch: readonly Mended[], tally: Tally): void {
  note(batch, tally);
  for (const { letter, fault } of batch) {
    if (fault === null) tally.good++;
    else refuse(tally, letter, fault);
  }
}

async function send(client: Pick<CollectorClient, 'post'>, batch: readonly Mended[], tally: Tally): Promise<void> {
  const { kind } = batch[0]!.letter;
  const list = `[${batch.map(({ json }) => json).join(',')}]`;
  const { errors } = await client.post(PATHS[kind], kind === 'event' ? `{"batch":${list}}` : list);
  note(batch, tally);
  tally.good += batch.length - errors.length;
  for (const { index, ...fault } of errors) refuse(tally, batch[index]!.letter, fault);
}

function note(batch: readonly Mended[], tally: Tally): void {
  tally.sent += batch.length;
  tally.sample ??= JSON.parse(batch[0]!.json);
}

const MAX_REASONS = 10;

function refuse(tally: Tally, { messageId, record }: RejectedLetter, { code, reason }: { code: string; reason: string }): void {
  count(tally.stillBad, code);
  if (tally.reasons.length < MAX_REASONS) tally.reasons.push(`${messageId || `${record.partition}/${record.offset}`}: ${code}: ${reason}`);
}
