import { setTimeout as pause } from 'node:timers/promises';

export interface EventuallyOptions {
  /** @default 10000 */
  readonly timeoutMs?: number;
  /** Between attempts. @default 20 */
  readonly intervalMs?: number;
}

/**
 * Resolves with what `attempt` gives as soon as it stops throwing; use it instead of sleeping.
 * @throws the last error of `attempt`, once `timeoutMs` have passed.
 */
export async function eventually<T>(attempt: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { timeoutMs = 10_000, intervalMs = 20 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() + intervalMs > deadline) throw error;
      await pause(intervalMs);
    }
  }
}
