import { createHash } from 'node:crypto';
import type { RedisClient } from '../redis/redis-client';
import type { DueTime, DueTimes, SettledTime } from './due-times';

/** Members of one command: bounds what blocks the server and is buffered. */
const CALL_TIMES = 500;

/** ARGV: member, seen, next ('' for none), by threes. Scores are doubles on both sides: whole milliseconds are exact. */
const SETTLE = `
for i = 1, #ARGV, 3 do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if score and tonumber(score) == tonumber(ARGV[i + 1]) then
    if ARGV[i + 2] == '' then redis.call('ZREM', KEYS[1], ARGV[i])
    else redis.call('ZADD', KEYS[1], ARGV[i + 2], ARGV[i]) end
  end
end
return 1`;
const SETTLE_SHA = createHash('sha1').update(SETTLE).digest('hex');

/** A sorted set per queue (Redis ≥ 6.2 for `ZADD LT`), each on one node of a cluster. */
export class RedisDueTimes implements DueTimes {
  readonly isDurable = true;

  constructor(
    private readonly client: RedisClient,
    private readonly keyPrefix: string,
    private readonly attempt: <T>(command: () => Promise<T>) => Promise<T>,
  ) {}

  async schedule(queue: string, times: readonly DueTime[]): Promise<void> {
    const calls = slices(times).map((part) => part.flatMap(({ key, atMs }) => [atMs, key]));
    await this.attempt(() => Promise.all(calls.map((args) => this.client.zadd(this.keyOf(queue), 'LT', ...args))));
  }

  async due(queue: string, untilMs: number, limit: number): Promise<DueTime[]> {
    const found = await this.attempt(() => this.client.zrangebyscore(this.keyOf(queue), '-inf', untilMs, 'WITHSCORES', 'LIMIT', 0, limit));
    return Array.from({ length: found.length / 2 }, (_, i) => ({ key: found[2 * i]!, atMs: Number(found[2 * i + 1]) }));
  }

  async settle(queue: string, settled: readonly SettledTime[]): Promise<void> {
    const calls = slices(settled).map((part) => part.flatMap(({ key, seenMs, nextMs }) => [key, seenMs, nextMs ?? '']));
    await this.attempt(() => Promise.all(calls.map((args) => this.run(this.keyOf(queue), args))));
  }

  private async run(key: string, args: readonly (string | number)[]): Promise<void> {
    try {
      await this.client.evalsha(SETTLE_SHA, 1, key, ...args);
    } catch (error) {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
      await this.client.eval(SETTLE, 1, key, ...args);
    }
  }

  private keyOf(queue: string): string {
    return `${this.keyPrefix}due:${queue}`;
  }
}

function slices<T>(list: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(list.length / CALL_TIMES) }, (_, i) => list.slice(i * CALL_TIMES, (i + 1) * CALL_TIMES));
}
