import { AppError } from '@tradewind/contracts';

export interface MicroBatcherOptions<I, O> {
  /** Computes one result per row, in row order. */
  readonly run: (rows: readonly I[]) => Promise<readonly O[]>;
  /** A batch of this many rows starts at once. @default 64 */
  readonly maxBatch?: number;
  /** How long the first row waits for company; 0 takes what was submitted in the same turn of the event loop. @default 0 */
  readonly maxWaitMs?: number;
  /** Calls `flush` once after `ms`; returns how to cancel that. Tests put their own clock here. */
  readonly schedule?: (flush: () => void, ms: number) => () => void;
}

export interface MicroBatcher<I, O> {
  /** Resolves with the row's own result; rejects with the error of the run it was part of. @throws SHUTTING_DOWN after `close` */
  submit(row: I): Promise<O>;
  /** Runs what waits, then resolves when nothing is running. Idempotent. */
  close(): Promise<void>;
}

interface Waiting<I, O> {
  readonly row: I;
  readonly resolve: (result: O) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Joins rows that are asked for at about the same time into one run, because a run of many rows costs little more than a run of one
 * (after graphql/dataloader's batch scheduling). Every submitted row gets exactly one result or one error.
 */
export function createMicroBatcher<I, O>(options: MicroBatcherOptions<I, O>): MicroBatcher<I, O> {
  const { run, maxBatch = 64, maxWaitMs = 0, schedule = scheduleOnLoop } = options;
  const running = new Set<Promise<void>>();
  let waiting: Waiting<I, O>[] = [];
  let cancel: (() => void) | null = null;
  let closed = false;

  const flush = (): void => {
    cancel?.();
    cancel = null;
    if (waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    const settled = settle(batch, run).finally(() => running.delete(settled));
    running.add(settled);
  };

  return {
    submit: (row) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new AppError('SHUTTING_DOWN', 'the micro-batcher is closed', { retryable: true }));
        waiting.push({ row, resolve, reject });
        if (waiting.length >= maxBatch) flush();
        else cancel ??= schedule(flush, maxWaitMs);
      }),
    close: async () => {
      closed = true;
      flush();
      await Promise.all(running);
    },
  };
}

/** Never rejects: the outcome goes to the rows' own callers. */
async function settle<I, O>(batch: readonly Waiting<I, O>[], run: MicroBatcherOptions<I, O>['run']): Promise<void> {
  try {
    const results = await run(batch.map(({ row }) => row));
    if (results.length !== batch.length) throw new Error(`a micro-batch of ${batch.length} rows gave ${results.length} results`);
    batch.forEach(({ resolve }, index) => resolve(results[index]!));
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

function scheduleOnLoop(flush: () => void, ms: number): () => void {
  if (ms > 0) {
    const timer = setTimeout(flush, ms);
    return () => clearTimeout(timer);
  }
  const immediate = setImmediate(flush);
  return () => clearImmediate(immediate);
}
