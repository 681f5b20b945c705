import { AppError } from '@tradewind/contracts';
import { sampleEvents } from './sample-events';

export interface LoadOptions {
  readonly url: string;
  readonly path: '/v1/track' | '/v1/batch';
  readonly bodies: readonly string[];
  readonly writeKey: string;
  readonly seconds: number;
  readonly connections: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Bodies of real events: single ones, or batches of `batchEvents`. */
export async function sampleBodies(batchEvents: number | null, count: number): Promise<string[]> {
  const bodies: string[] = [];
  let batch: object[] = [];
  for await (const event of sampleEvents('lines', Infinity)) {
    if (event.type !== 'track') continue;
    if (batchEvents === null) bodies.push(JSON.stringify(event));
    else if (batch.push(event) === batchEvents) {
      bodies.push(JSON.stringify({ batch }));
      batch = [];
    }
    if (bodies.length >= count) break;
  }
  return bodies;
}

/** Closed loop: each connection sends its next request when it has the answer. @throws HANDLER_FAILED unless every answer is 2xx */
export async function load({ url, path, bodies, writeKey, seconds, connections }: LoadOptions): Promise<LoadResult> {
  const { default: autocannon } = await import('autocannon').catch(() => {
    throw new AppError(
      'CONFIG_INVALID',
      'autocannon, the load generator, is not installed: run the bench from a workspace with development packages (npm ci)',
    );
  });
  const headers = { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` };
  const requests = bodies.map((body) => ({ method: 'POST' as const, path, headers, body }));
  const result = await autocannon({ url, connections, duration: seconds, requests });
  if (result.errors > 0 || result.non2xx > 0)
    throw new AppError('HANDLER_FAILED', `${url}${path}: ${result.errors} errors and ${result.non2xx} refusals`);
  return { requestsPerSecond: result['2xx'] / result.duration, p50Ms: result.latency.p50, p99Ms: result.latency.p99 };
}
