import { setTimeout as delay } from 'node:timers/promises';

/** Capped exponential backoff with jitter. */
export interface RetryPolicy {
  /** Wait after the first failure, milliseconds; doubles from failure to failure. @default 100 */
  readonly initialMs?: number;
  /** Longest wait, milliseconds. @default 10000 */
  readonly maxMs?: number;
  /** Part of a wait that is random, 0–1, so that members do not retry in step. @default 0.5 */
  readonly jitterRatio?: number;
  /** Failures in a row of one step after which its error is final (with the defaults after some two minutes). @default 20 */
  readonly maxAttempts?: number;
}

/** The wait after `failures` failures in a row (1 or more), milliseconds. `random` gives numbers in [0, 1). */
export function backoffMs(policy: RetryPolicy, failures: number, random: () => number): number {
  const { initialMs = 100, maxMs = 10_000, jitterRatio = 0.5 } = policy;
  const fullMs = Math.min(maxMs, initialMs * 2 ** (failures - 1));
  return fullMs * (1 - jitterRatio * random());
}

/** Waits; returns early, without an error, when the signal is aborted. */
export async function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  // The only rejection is the abort, which the caller sees on its signal.
  await delay(durationMs, undefined, { signal }).catch(() => undefined);
}
