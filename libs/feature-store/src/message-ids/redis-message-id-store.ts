import { Cluster } from 'ioredis';
import { createHash } from 'node:crypto';
import { AppError } from '@tradewind/contracts';
import { connectRedis, within, type RedisConnection } from '../redis/redis-client';
import type { Fingerprints } from './fingerprints';
import { keepSeconds, slicesAt, type MessageIdStore } from './message-id-store';

export interface RedisMessageIdStoreOptions {
  /** As of `openRedisStateStore`. */
  readonly url: string;
  /** Before every key. All that share ids use the same. @default '' */
  readonly keyPrefix?: string;
  /**
   * Sets per 12 hours over which ids are spread, 1 to 2^24. Memory is least while a set holds 30 to 512 ids (a set of integers costs 8 bytes an id
   * up to Redis' `set-max-intset-entries`, some 60 beyond), so 65,536 suit 2 to 33 million ids in 12 hours. All replicas must have the same. @default 65536
   */
  readonly buckets?: number;
  /** For connecting and for one round trip, milliseconds. @default 5000 */
  readonly timeoutMs?: number;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** Hash tags on a cluster; one server needs one, so that a batch is one call. */
const CLUSTER_SHARDS = 16;
/** Ids of one call: Redis serves nobody else for the millisecond that it takes. */
const CALL_IDS = 1_000;
const ENTRY_BYTES = 12;

/**
 * Keys are made from the first one and stay in its slot, so it runs on a cluster. An entry is a print (float64, at most 2^53, exact in Lua) and
 * the bucket. Returned are the places, from 0, of those that were found.
 */
const EXCHANGE = `
local prefix, first, last, current, keep = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4]
local added, asked, found = ARGV[5], ARGV[6], {}
for at = 1, #added, 12 do
  local print, bucket = struct.unpack('<dI4', added, at)
  local key = prefix .. current .. ':' .. bucket
  if redis.call('SADD', key, print) == 1 and redis.call('SCARD', key) == 1 then redis.call('EXPIRE', key, keep) end
end
for at = 1, #asked, 12 do
  local print, bucket = struct.unpack('<dI4', asked, at)
  for slice = last, first, -1 do
    if redis.call('SISMEMBER', prefix .. slice .. ':' .. bucket, print) == 1 then
      found[#found + 1] = (at - 1) / 12
      break
    end
  end
end
return found`;
const EXCHANGE_SHA = createHash('sha1').update(EXCHANGE).digest('hex');

/**
 * Message ids in Redis ≥ 7, Valkey or a cluster of them, shared by all replicas. Evicted keys are ids forgotten early.
 * @throws STATE_UNAVAILABLE (retryable) when the server does not answer at the start.
 */
export async function openRedisMessageIdStore(options: RedisMessageIdStoreOptions): Promise<MessageIdStore> {
  const { url, keyPrefix = '', buckets = 65_536, timeoutMs = 5000, now = Date.now } = options;
  const connection = await connectRedis(url.split(','), timeoutMs);
  return new RedisMessageIdStore(connection, { keyPrefix, buckets, timeoutMs, now });
}

/** The ids of one call, and where each of the asked ones stands in the answer. */
interface Call {
  readonly shard: number;
  readonly asked: Buffer;
  readonly added: Buffer;
  readonly places: readonly number[];
}

class RedisMessageIdStore implements MessageIdStore {
  readonly kind = 'redis';
  private readonly shards: number;

  constructor(
    private readonly connection: RedisConnection,
    private readonly options: Required<Omit<RedisMessageIdStoreOptions, 'url'>>,
  ) {
    this.shards = connection.client instanceof Cluster ? CLUSTER_SHARDS : 1;
  }

  async exchange(asked: Fingerprints, added: Fingerprints): Promise<boolean[]> {
    const answers = new Array<boolean>(asked.length).fill(false);
    const calls = this.callsOf(asked, added);
    const found = await this.attempt(() => Promise.all(calls.map((call) => this.run(call))));
    found.forEach((places, i) => {
      for (const place of places) answers[calls[i]!.places[place]!] = true;
    });
    return answers;
  }

  async ping(): Promise<void> {
    const { client } = this.connection;
    await this.attempt(() => client.ping());
  }

  async close(): Promise<void> {
    const { client } = this.connection;
    if (client.status === 'end') return;
    if (client.status === 'ready') await client.quit().catch(() => client.disconnect());
    else client.disconnect();
  }

  private callsOf(asked: Fingerprints, added: Fingerprints): Call[] {
    const calls: Call[] = [];
    for (let shard = 0; shard < this.shards; shard++) {
      const places = this.placesOf(asked, shard);
      const toAdd = this.placesOf(added, shard);
      // Additions first: the connection keeps the order of the calls.
      for (let from = 0; from < toAdd.length; from += CALL_IDS)
        calls.push({ shard, asked: NOTHING, added: this.pack(added, toAdd.slice(from, from + CALL_IDS)), places: [] });
      for (let from = 0; from < places.length; from += CALL_IDS) {
        const part = places.slice(from, from + CALL_IDS);
        calls.push({ shard, asked: this.pack(asked, part), added: NOTHING, places: part });
      }
    }
    return calls;
  }

  private placesOf({ spreads, length }: Fingerprints, shard: number): number[] {
    const places: number[] = [];
    for (let i = 0; i < length; i++) if (this.bucketOf(spreads[i]!) % this.shards === shard) places.push(i);
    return places;
  }

  private bucketOf(spread: number): number {
    return spread % this.options.buckets;
  }

  private pack({ prints, spreads }: Fingerprints, places: readonly number[]): Buffer {
    const packed = Buffer.allocUnsafe(places.length * ENTRY_BYTES);
    places.forEach((place, i) => {
      packed.writeDoubleLE(prints[place]!, i * ENTRY_BYTES);
      packed.writeUInt32LE(this.bucketOf(spreads[place]!), i * ENTRY_BYTES + 8);
    });
    return packed;
  }

  private async run({ shard, asked, added }: Call): Promise<number[]> {
    const { client } = this.connection;
    const nowMs = this.options.now();
    const { first, current, last } = slicesAt(nowMs);
    const args = [`${this.options.keyPrefix}ids:{${shard}}:`, first, last, current, keepSeconds(nowMs), added, asked];
    try {
      return (await client.evalsha(EXCHANGE_SHA, 1, ...args)) as number[];
    } catch (error) {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
      return (await client.eval(EXCHANGE, 1, ...args)) as number[];
    }
  }

  private async attempt<T>(command: () => Promise<T>): Promise<T> {
    try {
      return await within(this.options.timeoutMs, command());
    } catch (error) {
      const cause = this.connection.lastError() ?? error;
      throw new AppError('STATE_UNAVAILABLE', `Redis refused or lost a command: ${(error as Error).message}`, { cause, retryable: true });
    }
  }
}

const NOTHING = Buffer.alloc(0);
