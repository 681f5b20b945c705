import { Cluster } from 'ioredis';
import { createHash } from 'node:crypto';
import { AppError } from '@tradewind/contracts';
import { connectRedis, within, type RedisConnection } from '../redis/redis-client';
import type { Fingerprints } from './fingerprints';
import type { MessageIdStore } from './message-id-store';

export interface RedisMessageIdStoreOptions {
  /** As of `openRedisStateStore`. */
  readonly url: string;
  /** Before every key. All that share ids use the same. @default '' */
  readonly keyPrefix?: string;
  /**
   * Strings over which ids are spread, 1 to 2^24; all replicas must have the same. Memory is least from 30 ids a string on; adding to one copies
   * it, so 300 are a good upper bound: 65,536 suit 2 to 20 million ids a day. @default 65536
   */
  readonly buckets?: number;
  /** For connecting and for one round trip, milliseconds. @default 5000 */
  readonly timeoutMs?: number;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** Hash tags on a cluster; one server needs one, so that a batch is one call. */
const CLUSTER_SHARDS = 16;
/** Ids of one call: Redis serves nobody else for the milliseconds that it takes. */
const CALL_IDS = 500;
/** Low 48 bits of the print, and the bucket (uint32), little-endian. */
const ENTRY_BYTES = 10;
const PRINT_BYTES = 6;
const HOUR_MS = 3_600_000;
/** An id is found until the end of the 24th hour after its own. */
const KEEP_SECONDS = 25 * 3600 + 60;

/**
 * A bucket is a string of entries of 8 bytes, oldest first: the print and the hour in which it was added (uint16, counted from 1970 and wrapping).
 * An hour that is up to two ahead is of a replica whose clock is ahead. Keys are made from the first one and stay in its slot, so it runs on a
 * cluster. Returned are the places, from 0, of those that were found.
 */
const EXCHANGE = `
local prefix, hour, keep, added, asked, found = KEYS[1], tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], {}
local call, unpack, find, sub, byte = redis.call, struct.unpack, string.find, string.sub, string.byte
local stamp = struct.pack('<I2', hour)
local function isYoung(entries, at, hours)
  local low, high = byte(entries, at + 6, at + 7)
  local age = (hour - low - high * 256) % 65536
  return age <= hours or age >= 65534
end
local function holds(entries, print, hours)
  local at = find(entries, print, 1, true)
  while at do
    if at % 8 == 1 and isYoung(entries, at, hours) then return true end
    at = find(entries, print, at + 1, true)
  end
  return false
end
for at = 1, #added, 10 do
  local print, key = sub(added, at, at + 5), prefix .. unpack('<I4', added, at + 6)
  local entries = call('GET', key) or ''
  if not holds(entries, print, 0) then
    local from = 1
    while from < #entries and not isYoung(entries, from, 24) do from = from + 8 end
    call('SET', key, sub(entries, from) .. print .. stamp, 'EX', keep)
  end
end
for at = 1, #asked, 10 do
  local entries = call('GET', prefix .. unpack('<I4', asked, at + 6))
  if entries and holds(entries, sub(asked, at, at + 5), 24) then found[#found + 1] = (at - 1) / 10 end
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
      packed.writeUIntLE(prints[place]! % 2 ** (8 * PRINT_BYTES), i * ENTRY_BYTES, PRINT_BYTES);
      packed.writeUInt32LE(this.bucketOf(spreads[place]!), i * ENTRY_BYTES + PRINT_BYTES);
    });
    return packed;
  }

  private async run({ shard, asked, added }: Call): Promise<number[]> {
    const { client } = this.connection;
    const hour = Math.floor(this.options.now() / HOUR_MS) % 65_536;
    const args = [`${this.options.keyPrefix}ids:{${shard}}:`, hour, KEEP_SECONDS, added, asked];
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
