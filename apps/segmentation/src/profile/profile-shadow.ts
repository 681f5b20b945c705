import { EVENT, TOPICS } from '@tradewind/contracts';
import { decodeBatch, type Batch } from '@tradewind/eventing';
import {
  MemoryStateStore,
  createFeatureSet,
  createFeatureStore,
  type FeatureGroup,
  type FeatureStore,
  type UserState,
} from '@tradewind/feature-store';
import type { Platform } from '@tradewind/runtime';
import { movedBatches } from '../identity/moved-batches';
import type { HeldPartition } from '../rules/held-partitions';
import { toFold } from '../to-fold';

const TOPIC = TOPICS.events.name;
/** Decoded users of the partition under way. */
const CACHE = 5_000;

export interface ShadowOptions {
  readonly log: Platform['log'];
  readonly group: FeatureGroup;
  readonly held: HeldPartition;
  /** Everything below is in the states, or gone from the log. */
  readonly offset: number;
}

/** The group's states of one partition's users, made in memory from the start of the log as live ones are: by the same fold, repeats dropped. */
export class ProfileShadow {
  offset: number;
  private moved = 0;
  private readonly states: FeatureStore;

  constructor(private readonly options: ShadowOptions) {
    this.offset = options.offset;
    const features = createFeatureSet([options.group]);
    this.states = createFeatureStore({ store: new MemoryStateStore(), features, prefix: '', cacheEntries: CACHE });
  }

  /** Takes the events below `offset` that were not taken yet. @throws LOG_UNAVAILABLE */
  async readTo(offset: number): Promise<void> {
    const { log, held } = this.options;
    const { partition } = held;
    if (this.offset >= offset) return;
    for await (const page of log.read(TOPIC, { from: new Map([[partition, this.offset]]), partitions: [partition] })) {
      const records = page.filter((record) => record.offset < offset);
      if (records.length === 0) break;
      await this.take({ topic: TOPIC, partition, records });
      this.offset = records.at(-1)!.offset + 1;
      if (records.length < page.length) break;
    }
    this.offset = Math.max(this.offset, offset);
  }

  /** Takes the events of aliases that the live states have and these have not. @throws LOG_UNAVAILABLE */
  async readMoved(): Promise<void> {
    const { log, held } = this.options;
    const { partition, pulled } = held;
    if (this.moved >= pulled.moved) return;
    const from = new Map([[partition, this.moved]]);
    for await (const page of log.read(TOPICS.movedEvents.name, { partitions: [partition], from }))
      for (const batch of movedBatches(page.filter(({ offset }) => offset < pulled.moved)).batches) await this.take(batch);
    this.moved = pulled.moved;
  }

  getMany(userKeys: readonly string[]): Promise<(UserState | null)[]> {
    return this.states.getMany(userKeys);
  }

  /** Keys, at most `size` at a time. */
  async *users(size: number): AsyncIterable<string[]> {
    for await (const page of this.states.scan())
      for (let at = 0; at < page.length; at += size) yield page.slice(at, at + size).map(({ userKey }) => userKey);
  }

  private async take(batch: Pick<Batch, 'topic' | 'partition' | 'records'>): Promise<void> {
    const { messages } = decodeBatch({ ...batch, highWatermark: 0 }, EVENT);
    const { persist } = await this.states.apply(toFold(messages), { vectors: false });
    await persist();
  }
}
