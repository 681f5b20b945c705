import { setTimeout as pause } from 'node:timers/promises';
import { AppError, isRetryable } from '@tradewind/contracts';
import type { Logger } from '@tradewind/observability';

export interface RetryOptions {
  /** What is opened, for the log. */
  readonly what: string;
  /** No attempt starts later than this after the first, milliseconds. */
  readonly timeoutMs: number;
  /** What a person can do when the time is up. */
  readonly remedy?: string | undefined;
  readonly logger: Logger;
  /** Ends the waiting early. */
  readonly signal?: AbortSignal | undefined;
  /** First pause, milliseconds; it doubles up to 5 s. @default 250 */
  readonly firstPauseMs?: number;
}

const MAX_PAUSE_MS = 5_000;

/**
 * Repeats `open` while it fails with a retryable error, with growing pauses, until the time is up.
 * @throws the last error of `open`, with the remedy; SHUTTING_DOWN when aborted
 */
export async function retryStart<T>(open: () => Promise<T>, options: RetryOptions): Promise<T> {
  const deadline = performance.now() + options.timeoutMs;
  let pauseMs = options.firstPauseMs ?? 250;
  for (;;) {
    throwIfAborted(options);
    try {
      return await open();
    } catch (error) {
      if (!isRetryable(error)) throw error;
      if (performance.now() + pauseMs > deadline) throw stayedAway(error as AppError, options);
      options.logger.warn('not there yet, will try again', { what: options.what, retryInMs: pauseMs, error });
    }
    await pauseUnlessAborted(pauseMs, options.signal);
    pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
  }
}

function stayedAway(error: AppError, { what, timeoutMs, remedy }: RetryOptions): AppError {
  if (remedy === undefined) return error;
  return new AppError(error.code, `${what} stayed away for ${timeoutMs} ms; ${remedy}`, { cause: error, retryable: true });
}

function throwIfAborted({ signal, what }: RetryOptions): void {
  if (signal?.aborted) throw new AppError('SHUTTING_DOWN', `asked to stop while waiting for ${what}`);
}

async function pauseUnlessAborted(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pause(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
