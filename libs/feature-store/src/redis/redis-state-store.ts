import { Cluster, type ChainableCommander, type Redis } from 'ioredis';
import { createHash } from 'node:crypto';
import { AppError } from '@tradewind/contracts';
import { RedisDueTimes } from '../due-times/redis-due-times';
import type { StateStore, StateWrite } from '../state-store';
import { keySlot } from './key-slot';
import { connectRedis, within, type RedisConnection } from './redis-client';

export interface RedisStateStoreOptions {
  /** `redis://` or `rediss://`; several nodes of a cluster separated by commas. Whether it is a cluster the server tells. */
  readonly url: string;
  /** Before every key, so that several installations can share a server. @default '' */
  readonly keyPrefix?: string;
  /** For connecting and for one round trip, milliseconds; after that the call fails (a write may still happen: repeating it is safe). @default 5000 */
  readonly timeoutMs?: number;
}

const REVISION_BYTES = 8;
/** Keys per pipeline: bounds what is buffered for one node at a time. */
const PIPELINE = 1000;
const SCAN_COUNT = 500;

/** Records that one call of the script writes where all keys lie on one server: a call a record costs both sides more than the record. */
const SCRIPT_KEYS = 50;

/**
 * Answers with the places of the records that are newer there. On a cluster it is called with one key, so it runs on any. Numbers up to 2^53 are
 * exact in Lua; its string comparison depends on the locale.
 */
const WRITE_IF_NOT_OLDER = `
local function revision(s)
  local n = 0
  for i = 1, 8 do n = n * 256 + string.byte(s, i) end
  return n
end
local refused = {}
for i, key in ipairs(KEYS) do
  local stored = redis.call('GETRANGE', key, 0, 7)
  if #stored == 8 and revision(stored) > revision(ARGV[i]) then
    refused[#refused + 1] = i
  else
    redis.call('SET', key, ARGV[i])
  end
end
return refused`;
const WRITE_SHA = createHash('sha1').update(WRITE_IF_NOT_OLDER).digest('hex');

type Reply = [error: Error | null, result: unknown];

/**
 * State in Redis ≥ 7, Valkey or a cluster of them. A value is stored as its revision (8 bytes, big-endian) and the bytes.
 * While the server is away every call fails at once with STATE_UNAVAILABLE; it recovers by itself.
 * @throws STATE_UNAVAILABLE (retryable) when the server does not answer at the start.
 */
export async function openRedisStateStore(options: RedisStateStoreOptions): Promise<StateStore> {
  const { url, keyPrefix = '', timeoutMs = 5000 } = options;
  const connection = await connectRedis(url.split(','), timeoutMs);
  return new RedisStateStore(connection, keyPrefix, timeoutMs);
}

class RedisStateStore implements StateStore {
  readonly kind = 'redis';
  readonly dueTimes: RedisDueTimes;

  constructor(
    private readonly connection: RedisConnection,
    private readonly keyPrefix: string,
    private readonly timeoutMs: number,
  ) {
    this.dueTimes = new RedisDueTimes(connection.client, keyPrefix, (command) => this.attempt(command));
  }

  async readMany(keys: readonly string[]): Promise<(Buffer | null)[]> {
    const replies = await this.perKey(keys, (pipeline, key) => pipeline.getBuffer(key));
    return replies.map((reply, i) => this.payload(keys[i]!, this.result(reply) as Buffer | null));
  }

  async writeMany(writes: readonly StateWrite[]): Promise<string[]> {
    const values = writes.map(({ value, revision }) => Buffer.concat([revisionBytes(revision), value]));
    const keys = writes.map(({ key }) => key);
    const stored = keys.map((key) => this.keyPrefix + key);
    const argumentsOf = (part: readonly number[]) => [...part.map((i) => stored[i]!), ...part.map((i) => values[i]!)];
    const size = this.connection.client instanceof Cluster ? 1 : SCRIPT_KEYS;
    const parts = this.byNode(stored).map((indexes) => slices(indexes, size));
    const replies = await this.perPart(parts, (pipeline, part) => pipeline.evalsha(WRITE_SHA, part.length, ...argumentsOf(part)));
    const unknown = new Set(replies.filter(({ reply: [error] }) => error?.message.startsWith('NOSCRIPT')).map(({ part }) => part));
    const missing = parts.map((node) => node.filter((part) => unknown.has(part)));
    const again = await this.perPart(missing, (pipeline, part) => pipeline.eval(WRITE_IF_NOT_OLDER, part.length, ...argumentsOf(part)));
    const settled = [...replies.filter(({ part }) => !unknown.has(part)), ...again];
    return settled.flatMap(({ part, reply }) => (this.result(reply) as number[]).map((place) => keys[part[place - 1]!]!));
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    const replies = await this.perKey(keys, (pipeline, key) => pipeline.unlink(key));
    for (const reply of replies) this.result(reply);
  }

  async *scan(prefix: string): AsyncIterable<readonly (readonly [key: string, value: Buffer])[]> {
    const match = `${(this.keyPrefix + prefix).replace(/[\\*?[\]]/g, '\\$&')}*`;
    for (const master of this.masters()) {
      let cursor = '0';
      do {
        const [next, found] = await this.attempt(() => master.scan(cursor, 'MATCH', match, 'COUNT', SCAN_COUNT, 'TYPE', 'string'));
        cursor = next;
        const keys = found.map((key) => key.slice(this.keyPrefix.length));
        const values = await this.readMany(keys);
        const page = keys.flatMap((key, i) => (values[i] ? [[key, values[i]] as const] : []));
        if (page.length > 0) yield page;
      } while (cursor !== '0');
    }
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

  /** Runs one command per key, pipelined per node. @returns the replies in key order. */
  private async perKey(
    keys: readonly string[],
    add: (pipeline: ChainableCommander, storedKey: string, index: number) => ChainableCommander,
  ): Promise<Reply[]> {
    const stored = keys.map((key) => this.keyPrefix + key);
    const parts = this.byNode(stored).map((indexes) => slices(indexes, 1));
    const replies = new Array<Reply>(keys.length);
    for (const { part, reply } of await this.perPart(parts, (pipeline, [i]) => add(pipeline, stored[i!]!, i!))) replies[part[0]!] = reply;
    return replies;
  }

  /** Runs one command per part of the keys, pipelined per node. */
  private async perPart(
    nodes: readonly (readonly number[][])[],
    add: (pipeline: ChainableCommander, part: readonly number[]) => ChainableCommander,
  ): Promise<{ readonly part: readonly number[]; readonly reply: Reply }[]> {
    const answered = nodes.map(async (parts) => {
      const replies: { part: readonly number[]; reply: Reply }[] = [];
      const perPipeline = Math.ceil(PIPELINE / (parts[0]?.length ?? 1));
      for (let from = 0; from < parts.length; from += perPipeline) {
        const some = parts.slice(from, from + perPipeline);
        const pipeline = this.connection.client.pipeline();
        for (const part of some) add(pipeline, part);
        const results = await this.attempt(() => pipeline.exec());
        some.forEach((part, i) => replies.push({ part, reply: results![i]! }));
      }
      return replies;
    });
    return (await Promise.all(answered)).flat();
  }

  /** Indexes of the keys, grouped by the node that serves them. */
  private byNode(keys: readonly string[]): number[][] {
    const { client } = this.connection;
    if (!(client instanceof Cluster)) return keys.length === 0 ? [] : [[...keys.keys()]];
    const groups = new Map<string, number[]>();
    keys.forEach((key, i) => {
      const slot = keySlot(key);
      const node = client.slots[slot]?.join(',') ?? `slot ${slot}`;
      const group = groups.get(node);
      if (group === undefined) groups.set(node, [i]);
      else group.push(i);
    });
    return [...groups.values()];
  }

  private masters(): Redis[] {
    const { client } = this.connection;
    return client instanceof Cluster ? client.nodes('master') : [client];
  }

  private payload(key: string, stored: Buffer | null): Buffer | null {
    if (stored === null) return null;
    if (stored.length < REVISION_BYTES) throw new AppError('STATE_CORRUPT', `${key} in Redis holds ${stored.length} bytes and no revision`);
    return stored.subarray(REVISION_BYTES);
  }

  private result([error, value]: Reply): unknown {
    if (error !== null) throw this.unavailable(error);
    return value;
  }

  private async attempt<T>(command: () => Promise<T>): Promise<T> {
    try {
      return await within(this.timeoutMs, command());
    } catch (cause) {
      throw this.unavailable(cause as Error);
    }
  }

  private unavailable(error: Error): AppError {
    const forGood = /^(WRONGTYPE|NOAUTH|WRONGPASS|NOPERM)/.test(error.message);
    const cause = this.connection.lastError() ?? error;
    return new AppError('STATE_UNAVAILABLE', `Redis refused or lost a command: ${error.message}`, { cause, retryable: !forGood });
  }
}

function slices(indexes: readonly number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(indexes.length / size) }, (_, i) => indexes.slice(i * size, (i + 1) * size));
}

function revisionBytes(revision: number): Buffer {
  if (!Number.isSafeInteger(revision) || revision < 0) throw new RangeError(`revision ${revision} is not an integer from 0 to 2^53-1`);
  const bytes = Buffer.allocUnsafe(REVISION_BYTES);
  bytes.writeUInt32BE(Math.floor(revision / 0x1_0000_0000), 0);
  bytes.writeUInt32BE(revision % 0x1_0000_0000, 4);
  return bytes;
}
