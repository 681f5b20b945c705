import { setTimeout as pause } from 'node:timers/promises';
import { isRetryable } from '@tradewind/contracts';

const ATTEMPTS = 20;
const RETRY_MS = 500;

/** Repeats what fails with a retryable error for about ten seconds: a new broker needs a while until it leads all partitions. */
export async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isRetryable(error) || attempt === ATTEMPTS) throw error;
      await pause(RETRY_MS);
    }
  }
}
