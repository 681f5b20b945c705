import { EVENT, TOPICS } from '@tradewind/contracts';
import { decodeBatch, type LogRecord } from '@tradewind/eventing';
import {
  MemoryStateStore,
  createFeatureSet,
  createFeatureStore,
  type FeatureGroup,
  type FeatureStore,
  type UserState,
} from '@tradewind/feature-store';
import type { Platform } from '@tradewind/runtime';
import { toFold } from '../to-fold';

const TOPIC = TOPICS.events.name;
/** Decoded users of the partition under way. */
const CACHE = 5_000;

export interface ShadowOptions {
  readonly log: Platform['log'];
  readonly group: FeatureGroup;
  readonly partition: number;
  /** Everything below is in the states, or gone from the log. */
  readonly offset: number;
}

/** The group's states of one partition's users, made in memory from the start of the log, with the code and the repeats dropped as live. */
export class ProfileShadow {
  offset: number;
  private readonly states: FeatureStore;

  constructor(private readonly options: ShadowOptions) {
    this.offset = options.offset;
    const features = createFeatureSet([options.group]);
    this.states = createFeatureStore({ store: new MemoryStateStore(), features, prefix: '', cacheEntries: CACHE });
  }

  /** Takes the events below `offset` that were not taken yet. @throws LOG_UNAVAILABLE */
  async readTo(offset: number): Promise<void> {
    const { log, partition } = this.options;
    if (this.offset >= offset) return;
    for await (const page of log.read(TOPIC, { from: new Map([[partition, this.offset]]), partitions: [partition] })) {
      const records = page.filter((record) => record.offset < offset);
      if (records.length > 0) await this.take(records);
      if (records.length < page.length) break;
    }
    this.offset = Math.max(this.offset, offset);
  }

  getMany(userKeys: readonly string[]): Promise<(UserState | null)[]> {
    return this.states.getMany(userKeys);
  }

  /** Keys, at most `size` at a time. */
  async *users(size: number): AsyncIterable<string[]> {
    for await (const page of this.states.scan())
      for (let at = 0; at < page.length; at += size) yield page.slice(at, at + size).map(({ userKey }) => userKey);
  }

  private async take(records: readonly LogRecord[]): Promise<void> {
    const { partition } = this.options;
    const { messages } = decodeBatch({ topic: TOPIC, partition, records, highWatermark: 0 }, EVENT);
    const { persist } = await this.states.apply(toFold(messages), { vectors: false });
    await persist();
    this.offset = records.at(-1)!.offset + 1;
  }
}
