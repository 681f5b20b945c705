import { AppError, describeError, isRetryable } from '@tradewind/contracts';
import type { BatchHandler, BatchResult, DeadLetter } from './batch-handler';
import { toDeadLetterRecord } from './dead-letters';
import type { Batch, BatchContext, EventLog, LogRecord, OutboundRecord } from './event-log';
import { backoffMs, sleep, type RetryPolicy } from './retry';

/** What the processor tells, for metrics and logs. Called synchronously; must not throw. */
export interface ProcessorObserver {
  /** A batch went through: published, persisted, ready to be committed. */
  handled?(event: { topic: string; partition: number; records: number; durationMs: number }): void;
  retried?(event: { topic: string; partition: number; attempt: number; waitMs: number; error: unknown }): void;
  deadLettered?(event: { topic: string; letters: readonly DeadLetter[] }): void;
}

export interface BatchProcessorOptions {
  /** Named in dead letters. */
  readonly service: string;
  readonly handler: BatchHandler;
  readonly log: Pick<EventLog, 'publish'>;
  readonly retry?: RetryPolicy;
  /**
   * Poison records in a row, over batches, that are set aside as dead letters; one more means that the handler is wrong, not
   * the data, and the batch rejects. @default 10
   */
  readonly maxConsecutivePoison?: number;
  readonly observer?: ProcessorObserver;
  /** Epoch milliseconds UTC. @default Date.now */
  readonly now?: () => number;
  /** Numbers in [0, 1) for jitter. @default Math.random */
  readonly random?: () => number;
  /** Waits, or returns early when the signal is aborted. @default real time */
  readonly sleep?: (durationMs: number, signal: AbortSignal) => Promise<void>;
}

/**
 * The policy around a `BatchHandler`, as an `onBatch`: outputs are published, then dead letters, then state is persisted, then it
 * resolves and the log commits. A crash anywhere repeats work and loses none.
 *
 * A retryable error repeats its step with backoff; STATE_CONFLICT repeats the whole batch, since what it read is stale. When the
 * handler throws anything else, the poison records are searched for and become dead letters (HANDLER_FAILED), and the others are
 * handled as one batch. Rejects when retries are used up, when too many records in a row are poison, when publishing or
 * persisting fails for good, and when the signal is aborted.
 */
export function createBatchProcessor(options: BatchProcessorOptions): (batch: Batch, context: BatchContext) => Promise<void> {
  const now = options.now ?? Date.now;
  const poison = { inARow: 0 };
  return async (batch, context) => {
    const startMs = now();
    const run = new BatchRun(options, batch, context, poison);
    await run.process();
    const { topic, partition, records } = batch;
    options.observer?.handled?.({ topic, partition, records: records.length, durationMs: now() - startMs });
  };
}

interface Handled {
  readonly result: BatchResult;
  readonly poison: readonly DeadLetter[];
}

/** One batch on its way through handler, log and state. */
class BatchRun {
  private attempts = 0;

  constructor(
    private readonly options: BatchProcessorOptions,
    private readonly batch: Batch,
    private readonly context: BatchContext,
    private readonly poison: { inARow: number },
  ) {}

  /** Starts over as long as the state moved under the batch. */
  async process(): Promise<void> {
    for (let conflicts = 1; ; conflicts++) {
      try {
        return await this.attempt();
      } catch (error) {
        if (!isConflict(error)) throw error;
        await this.waitAfter(error, conflicts);
      }
    }
  }

  private async attempt(): Promise<void> {
    const { result, poison } = await this.handle();
    const letters = [...result.deadLetters, ...poison];
    await this.publish(result.outputs);
    await this.publish(this.toRecords(letters));
    if (letters.length > 0) this.options.observer?.deadLettered?.({ topic: this.batch.topic, letters });
    await this.retrying(async () => result.persist?.());
  }

  private async handle(): Promise<Handled> {
    const { records } = this.batch;
    try {
      return { result: await this.run(records), poison: [] };
    } catch (error) {
      if (this.isFinal(error)) throw error;
      const letters = await this.poisonOf(records, error);
      const left = records.filter((record) => letters.every((letter) => letter.record !== record));
      return { result: left.length === 0 ? NOTHING : await this.run(left), poison: letters };
    }
  }

  /** Splits records that failed together until the poison ones stand alone: few runs when they are few, oldest first. */
  private async poisonOf(records: readonly LogRecord[], failure: unknown): Promise<DeadLetter[]> {
    if (records.length === 1) {
      this.poison.inARow++;
      if (this.poison.inARow > (this.options.maxConsecutivePoison ?? 10)) throw failure;
      return [{ record: records[0]!, code: 'HANDLER_FAILED', reason: describeError(failure) }];
    }
    const middle = records.length >> 1;
    const letters: DeadLetter[] = [];
    for (const half of [records.slice(0, middle), records.slice(middle)]) {
      try {
        await this.run(half);
      } catch (error) {
        if (this.isFinal(error)) throw error;
        letters.push(...(await this.poisonOf(half, error)));
      }
    }
    return letters;
  }

  private async run(records: readonly LogRecord[]): Promise<BatchResult> {
    const batch = records === this.batch.records ? this.batch : { ...this.batch, records };
    const result = await this.retrying(() => {
      this.attempts++;
      return this.options.handler(batch, this.context);
    });
    this.poison.inARow = 0;
    return result;
  }

  private async publish(records: readonly OutboundRecord[]): Promise<void> {
    if (records.length > 0) await this.retrying(() => this.options.log.publish(records));
  }

  private toRecords(letters: readonly DeadLetter[]): OutboundRecord[] {
    const facts = { service: this.options.service, attempts: this.attempts, nowMs: (this.options.now ?? Date.now)() };
    return letters.map((letter) => toDeadLetterRecord(letter, facts));
  }

  /** Repeats a step while it fails with a retryable error. @throws its error once it is final */
  private async retrying<T>(step: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures++) {
      this.mustGoOn();
      try {
        return await step();
      } catch (error) {
        if (!isRetryable(error) || isConflict(error)) throw error;
        await this.waitAfter(error, failures);
      }
    }
  }

  private async waitAfter(error: unknown, failures: number): Promise<void> {
    const { retry = {}, random = Math.random, observer } = this.options;
    if (failures >= (retry.maxAttempts ?? 20)) throw error;
    this.mustGoOn();
    const waitMs = backoffMs(retry, failures, random);
    const { topic, partition } = this.batch;
    observer?.retried?.({ topic, partition, attempt: failures, waitMs, error });
    await this.context.heartbeat();
    await (this.options.sleep ?? sleep)(waitMs, this.context.signal);
    this.mustGoOn();
  }

  private mustGoOn(): void {
    if (!this.context.signal.aborted) return;
    throw new AppError('SHUTTING_DOWN', `gave up a batch of ${this.batch.topic}/${this.batch.partition}: it is no longer this member's`);
  }

  /** Not the data's fault: a dependency that stayed away, or the end of this member. */
  private isFinal(error: unknown): boolean {
    return isRetryable(error) || isConflict(error) || this.context.signal.aborted;
  }
}

const NOTHING: BatchResult = { outputs: [], deadLetters: [] };

function isConflict(error: unknown): boolean {
  return error instanceof AppError && error.code === 'STATE_CONFLICT';
}
