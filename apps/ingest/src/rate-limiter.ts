import { AppError } from '@tradewind/contracts';
import type { RateLimiter } from './stages';

/** The longest wait that the SDKs follow, seconds. */
const MAX_RETRY_AFTER_SECONDS = 300;

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * A token bucket per source that has a rate limit, in the memory of this replica. A request is taken while a token is left and may overdraw
 * the bucket: batches larger than the burst pass, and the average holds because the debt is waited for.
 */
export function createRateLimiter(now: () => number): RateLimiter {
  const buckets = new Map<string, Bucket>();
  return {
    take({ sourceId, settings: { rateLimit } }, events) {
      if (!rateLimit) return;
      const { eventsPerSecond, burst } = rateLimit;
      const atMs = now();
      const bucket = buckets.get(sourceId) ?? { tokens: burst, atMs };
      bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, atMs - bucket.atMs) / 1_000) * eventsPerSecond);
      bucket.atMs = atMs;
      if (bucket.tokens < 1) throw rateLimited(sourceId, (1 - bucket.tokens) / eventsPerSecond);
      bucket.tokens -= events;
      buckets.set(sourceId, bucket);
    },
  };
}

function rateLimited(sourceId: string, seconds: number): AppError {
  const retryAfterSeconds = Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(seconds)));
  return new AppError(
    'RATE_LIMITED',
    `source ${sourceId} sends more events than its rate limit allows; try again in ${retryAfterSeconds} s`,
    {
      retryable: true,
      details: { retryAfterSeconds },
    },
  );
}
