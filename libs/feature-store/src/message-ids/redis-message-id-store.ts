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
/** Of a bucket: the low 48 bits of a print and the hour in which it was added (uint16, counted from 1970 and wrapping), little-endian. */
const ENTRY_BYTES = 8;
/** Of an addition: an entry and the bucket (uint32). */
const ADDITION_BYTES = 12;
const HOUR_MS = 3_600_000;
const HOURS = 65_536;
/** An id is found until the end of the 24th hour after its own. */
const KEEP_HOURS = 24;
/** Hours by which the clock of another replica may be ahead. */
const AHEAD_HOURS = 2;
const KEEP_SECONDS = (KEEP_HOURS + AHEAD_HOURS) * 3600 + 60;

/** Appends entries to buckets, oldest first. Keys are made from the first one and stay in its slot, so it runs on a cluster. */
const APPEND = `
local prefix, keep, added = KEYS[1], ARGV[1], ARGV[2]
for at = 1, #added, 12 do
  local key = prefix .. struct.unpack('<I4', added, at + 8)
  if redis.call('APPEND', key, string.sub(added, at, at + 7)) == 8 then redis.call('EXPIRE', key, keep) end
end`;
/** The same, and drops what is too old at the beginning of each bucket and keeps the bucket from expiring. */
const RENEW = `
local prefix, keep, added, hour = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
for at = 1, #added, 12 do
  local key = prefix .. struct.unpack('<I4', added, at + 8)
  local entries, from = redis.call('GET', key) or '', 1
  while from < #entries do
    local low, high = string.byte(entries, from + 6, from + 7)
    local age = (hour - low - high * 256) % ${HOURS}
    if age <= ${KEEP_HOURS} or age >= ${HOURS - AHEAD_HOURS} then break end
    from = from + 8
  end
  redis.call('SET', key, string.sub(entries, from) .. string.sub(added, at, at + 7), 'EX', keep)
end`;
const SHA1 = new Map([APPEND, RENEW].map((script) => [script, createHash('sha1').update(script).digest('hex')]));

/**
 * Message ids in Redis ≥ 7, Valkey or a cluster of them, shared by all replicas. Evicted keys are ids forgotten early.
 * @throws STATE_UNAVAILABLE (retryable) when the server does not answer at the start.
 */
export async function openRedisMessageIdStore(options: RedisMessageIdStoreOptions): Promise<MessageIdStore> {
  const { url, keyPrefix = '', buckets = 65_536, timeoutMs = 5000, now = Date.now } = options;
  const connection = await connectRedis(url.split(','), timeoutMs);
  return new RedisMessageIdStore(connection, { keyPrefix, buckets, timeoutMs, now });
}

class RedisMessageIdStore implements MessageIdStore {
  readonly kind = 'redis';
  private readonly shards: number;
  /** By bucket: one more than the hour in which this process last renewed it; 0 for never. */
  private readonly renewed: Uint32Array;
  private scriptWasLost = false;

  constructor(
    private readonly connection: RedisConnection,
    private readonly options: Required<Omit<RedisMessageIdStoreOptions, 'url'>>,
  ) {
    this.shards = connection.client instanceof Cluster ? CLUSTER_SHARDS : 1;
    this.renewed = new Uint32Array(options.buckets);
  }

  async exchange(asked: Fingerprints, added: Fingerprints): Promise<boolean[]> {
    const hour = Math.floor(this.options.now() / HOUR_MS) % HOURS;
    const answers = new Array<boolean>(asked.length).fill(false);
    await this.attempt(async () => {
      const calls: Promise<unknown>[] = [];
      const lookUps = () => {
        for (let shard = 0; shard < this.shards; shard++) this.lookUp(calls, { asked, answers, shard, hour });
      };
      this.inOneWrite(() => {
        // Additions first: the connection keeps the order of the calls, unless a server that lost the script needs it again.
        for (let shard = 0; shard < this.shards; shard++) this.add(calls, added, shard, hour);
        lookUps();
      });
      await Promise.all(calls);
      if (!this.scriptWasLost) return;
      this.scriptWasLost = false;
      lookUps();
      await Promise.all(calls);
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

  /** What `send` gives to the connection leaves in one write, where there is but one connection. */
  private inOneWrite(send: () => void): void {
    const { client } = this.connection;
    const stream = client instanceof Cluster ? undefined : client.stream;
    stream?.cork();
    try {
      send();
    } finally {
      stream?.uncork();
    }
  }

  /** A bucket is renewed once an hour by each process; in between it is appended to, which costs a quarter. */
  private add(calls: Promise<unknown>[], added: Fingerprints, shard: number, hour: number): void {
    const [stale, fresh]: [number[], number[]] = [[], []];
    for (const place of this.placesOf(added, shard)) {
      (this.renewed[this.bucketOf(added.spreads[place]!)] === hour + 1 ? fresh : stale).push(place);
    }
    for (const part of slices(stale)) calls.push(this.renew(added, part, shard, hour));
    for (const part of slices(fresh)) calls.push(this.run(APPEND, shard, [pack(added, part, hour, this.options.buckets)]));
  }

  private async renew(added: Fingerprints, places: readonly number[], shard: number, hour: number): Promise<void> {
    const buckets = places.map((place) => this.bucketOf(added.spreads[place]!));
    await this.run(RENEW, shard, [pack(added, places, hour, this.options.buckets), hour]);
    for (const bucket of buckets) this.renewed[bucket] = hour + 1;
  }

  private lookUp(calls: Promise<unknown>[], ask: { asked: Fingerprints; answers: boolean[]; shard: number; hour: number }): void {
    const { asked, answers, shard, hour } = ask;
    const prefix = this.keyPrefixOf(shard);
    for (const places of slices(this.placesOf(asked, shard))) {
      const keys = places.map((place) => `${prefix}${this.bucketOf(asked.spreads[place]!)}`);
      const answered = this.connection.client.mgetBuffer(keys).then((buckets) => {
        places.forEach((place, i) => {
          const entries = buckets[i];
          if (entries) answers[place] = holds(entries, asked.prints[place]!, hour);
        });
      });
      calls.push(answered);
    }
  }

  private placesOf({ spreads, length }: Fingerprints, shard: number): number[] {
    const places: number[] = [];
    for (let i = 0; i < length; i++) if (this.bucketOf(spreads[i]!) % this.shards === shard) places.push(i);
    return places;
  }

  private bucketOf(spread: number): number {
    return spread % this.options.buckets;
  }

  private keyPrefixOf(shard: number): string {
    return `${this.options.keyPrefix}ids:{${shard}}:`;
  }

  private async run(script: string, shard: number, values: readonly (Buffer | number)[]): Promise<void> {
    const { client } = this.connection;
    const [added, ...others] = values;
    const args = [this.keyPrefixOf(shard), KEEP_SECONDS, added!, ...others];
    try {
      await client.evalsha(SHA1.get(script)!, 1, ...args);
    } catch (error) {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
      this.scriptWasLost = true;
      await client.eval(script, 1, ...args);
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

function* slices(places: readonly number[]): Generator<readonly number[]> {
  for (let from = 0; from < places.length; from += CALL_IDS) yield places.slice(from, from + CALL_IDS);
}

function pack({ prints, spreads }: Fingerprints, places: readonly number[], hour: number, buckets: number): Buffer {
  const packed = Buffer.allocUnsafe(places.length * ADDITION_BYTES);
  let at = 0;
  for (const place of places) {
    const print = prints[place]!;
    packed.writeUInt32LE(print % 2 ** 32, at);
    packed.writeUInt16LE(Math.floor(print / 2 ** 32) % 2 ** 16, at + 4);
    packed.writeUInt16LE(hour, at + 6);
    packed.writeUInt32LE(spreads[place]! % buckets, at + ENTRY_BYTES);
    at += ADDITION_BYTES;
  }
  return packed;
}

/** Whether the print is among the entries of a bucket, and not too old. */
function holds(entries: Buffer, print: number, hour: number): boolean {
  const [low, high] = [print % 2 ** 32, Math.floor(print / 2 ** 32) % 2 ** 16];
  for (let at = 0; at + ENTRY_BYTES <= entries.length; at += ENTRY_BYTES) {
    if (entries.readUInt32LE(at) !== low || entries.readUInt16LE(at + 4) !== high) continue;
    const age = (hour - entries.readUInt16LE(at + 6) + HOURS) % HOURS;
    if (age <= KEEP_HOURS || age >= HOURS - AHEAD_HOURS) return true;
  }
  return false;
}
