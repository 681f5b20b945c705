import type { ErrorCode } from '@tradewind/contracts';
import type { Batch, BatchContext, LogRecord, OutboundRecord } from './event-log';

/** A record that can never be handled; it goes to `<topic>.dlq` with its bytes untouched. */
export interface DeadLetter {
  readonly record: LogRecord;
  readonly code: ErrorCode;
  readonly reason: string;
}

/** What handling a batch came to. The processor publishes, then calls `persist`, then commits: in this order a crash repeats work but loses none. */
export interface BatchResult {
  readonly outputs: readonly OutboundRecord[];
  readonly deadLetters: readonly DeadLetter[];
  /** Writes state with the log positions it includes; runs after the outputs are acknowledged. Must be safe to repeat. */
  persist?(): Promise<void>;
}

/**
 * Turns a batch into outcomes, and does nothing else: it may run again with the same records or with parts of them, so what it
 * writes belongs into `persist`. Bad input is a dead letter, never an exception; a transient fault is an `AppError` with
 * `retryable: true` and is retried with the same batch. On any other exception the records that cause it are searched for and set
 * aside as dead letters; too many in a row stop the process with nothing committed.
 */
export type BatchHandler = (batch: Batch, context: BatchContext) => Promise<BatchResult>;
