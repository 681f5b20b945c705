import { setTimeout as pause } from 'node:timers/promises';
import { toReplayRecord, type EventLog } from '@tradewind/eventing';
import { readLetters, type Letter } from './letters';
import { count } from './list-letters';
import { ReplayProgress } from './replay-progress';

const MAX_SLICE = 500;
/** A rate is kept by slices of this part of a second. */
const SLICES_PER_SECOND = 10;
/** Moving a group takes Kafka a second; a crash replays at most this many letters again. */
const SAVE_EVERY = 5_000;

export interface ReplayOptions {
  readonly log: Pick<EventLog, 'read' | 'publish' | 'committed' | 'commit'>;
  readonly topic: string;
  readonly code?: string;
  /** Letters to replay at most. @default all */
  readonly limit?: number;
  /** Letters per second. @default as fast as possible */
  readonly rate?: number;
  readonly dryRun?: boolean;
  /** Also those that were replayed before. */
  readonly again?: boolean;
  /** Ends after the slice in hand. */
  readonly signal?: AbortSignal;
  onProgress?(replayed: number): void;
}

export interface ReplayReport {
  readonly topic: string;
  readonly dryRun: boolean;
  readonly replayed: number;
  /** By the topic they went back to. */
  readonly to: Readonly<Record<string, number>>;
  readonly byCode: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<Skipped, number>>;
}

type Skipped = 'replayedBefore' | 'otherCode' | 'foreign';

interface Tally extends ReplayReport {
  replayed: number;
  readonly to: Record<string, number>;
  readonly byCode: Record<string, number>;
  readonly skipped: Record<Skipped, number>;
}

/**
 * Publishes dead letters on their own topics again, bytes, key and headers as they were, and remembers how far it came. Those that
 * come in meanwhile are left to the next run, so one that fails again cannot go round for ever. One run of a topic at a time.
 * @throws LOG_UNAVAILABLE, OVERLOADED: what was published until then is remembered
 */
export async function replayLetters(options: ReplayOptions): Promise<ReplayReport> {
  const { log, topic, code, dryRun = false } = options;
  const progress = new ReplayProgress(log, topic, code);
  const tally: Tally = { topic, dryRun, replayed: 0, to: {}, byCode: {}, skipped: { replayedBefore: 0, otherCode: 0, foreign: 0 } };
  try {
    await replaySlices(options, progress, tally);
  } finally {
    if (!dryRun) await progress.save();
  }
  return tally;
}

async function replaySlices(options: ReplayOptions, progress: ReplayProgress, tally: Tally): Promise<void> {
  const { log, rate, dryRun, signal, onProgress } = options;
  const startedMs = performance.now();
  let unsaved = 0;
  for await (const letters of slices(wanted(options, progress, tally), options)) {
    if (!dryRun) await log.publish(letters.map(({ record }) => toReplayRecord(record)!));
    for (const letter of letters) {
      progress.done(letter);
      count(tally.to, letter.from!.topic);
      count(tally.byCode, letter.code);
    }
    tally.replayed += letters.length;
    unsaved += letters.length;
    onProgress?.(tally.replayed);
    if (unsaved >= SAVE_EVERY && !dryRun) {
      await progress.save();
      unsaved = 0;
    }
    if (rate !== undefined && !dryRun) await until(startedMs + (tally.replayed * 1000) / rate, signal);
    if (signal?.aborted) return;
  }
}

async function* wanted({ log, topic, code, again }: ReplayOptions, progress: ReplayProgress, { skipped }: Tally): AsyncGenerator<Letter> {
  for await (const letters of readLetters(log, topic)) {
    for (const letter of letters) {
      if (letter.from === null) skipped.foreign++;
      else if (code !== undefined && letter.code !== code) skipped.otherCode++;
      else if (!again && (await progress.isDone(letter))) skipped.replayedBefore++;
      else yield letter;
    }
  }
}

async function* slices(letters: AsyncIterable<Letter>, { limit = Infinity, rate = Infinity }: ReplayOptions): AsyncGenerator<Letter[]> {
  const size = Math.max(1, Math.min(MAX_SLICE, Math.floor(rate / SLICES_PER_SECOND)));
  let [slice, taken]: [Letter[], number] = [[], 0];
  for await (const letter of letters) {
    slice.push(letter);
    taken++;
    if (slice.length < size && taken < limit) continue;
    yield slice;
    slice = [];
    if (taken >= limit) return;
  }
  if (slice.length > 0) yield slice;
}

async function until(dueMs: number, signal: AbortSignal | undefined): Promise<void> {
  const waitMs = dueMs - performance.now();
  // The only rejection is the abort, which the caller sees on its signal.
  if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => undefined);
}
