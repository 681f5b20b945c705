import { AppError, type Event, type LogPosition } from '@tradewind/contracts';
import { RecordWriter } from './codec/record-writer';
import type { Feature } from './feature';
import { createFeatureSet, type FeatureSet } from './feature-set';
import { StateCache } from './state-cache';
import type { StateStore, StateWrite } from './state-store';
import type { UserState } from './user-state';

/** An event with its place in the log; a `LogRecord` serves as the position. */
export interface PositionedEvent {
  readonly position: LogPosition;
  readonly event: Event;
}

export interface AppliedEvent extends PositionedEvent {
  /** The user's state at the end of the batch; shared by all events of the user. Attributes may be set on it until `persist`. */
  readonly state: UserState;
}

export interface AppliedBatch {
  /** The events that changed a state, in log order; row i of `vectors` belongs to entry i. */
  readonly applied: readonly AppliedEvent[];
  /** Events left out because their position (`repeated`) or message id (`duplicate`) was applied before. */
  readonly skipped: { readonly repeated: number; readonly duplicate: number };
  /** States that changed, in the order of their first event. */
  readonly touched: readonly UserState[];
  /**
   * [applied.length, columns] float32, row-major: the user's columns right after the event, read as of the user's latest event
   * time so far. The same event gives the same row however the log is cut into batches.
   */
  readonly vectors: Float32Array;
  /**
   * Writes the touched records with the positions they include; may be repeated. Until it resolved, a next `apply` starts
   * from the stored states as if this batch never was.
   * @throws STATE_CONFLICT (retryable) when a later member wrote one of the records, which then include this batch: persisting
   *   once more resolves, and applying the batch again skips those events. Also when a newer `apply` replaced this batch.
   * @throws STATE_UNAVAILABLE (retryable)
   */
  persist(): Promise<void>;
}

export interface ApplyOptions {
  /** Called right after each event's fold, in log order; `state` is then as of that event. Must not await, must not change folded features. */
  onApplied?(state: UserState, event: Event, position: LogPosition): void;
  /** False leaves `vectors` empty. @default true */
  readonly vectors?: boolean;
}

export interface FeatureStoreOptions {
  readonly store: StateStore;
  readonly features: readonly Feature<unknown>[] | FeatureSet;
  /** Before every user key, e.g. `segmentation:1a2b3c4d:`. Services that share a store need prefixes of which none begins another. */
  readonly prefix: string;
  /** Decoded users kept in memory; 0 keeps none. @default 50000 */
  readonly cacheEntries?: number;
}

/**
 * States of users by key, folded from the log effectively once: a record carries the positions it includes and is written
 * atomically with them, so redelivered events change nothing.
 *
 * Batches of different partitions may run at the same time; batches of one partition must not overlap, and a user's events
 * come from one partition (of each topic).
 */
export interface FeatureStore {
  readonly featureSet: FeatureSet;
  /** Folds events of one partition in log order. Writes nothing. @throws STATE_UNAVAILABLE, STATE_CONFLICT (both retryable), STATE_CORRUPT */
  apply(batch: readonly PositionedEvent[], options?: ApplyOptions): Promise<AppliedBatch>;
  /** As stored (never a batch in flight); the caller owns the copy. */
  get(userKey: string): Promise<UserState | null>;
  getMany(userKeys: readonly string[]): Promise<(UserState | null)[]>;
  /** All stored states in pages, in no order; states written meanwhile may be missed or come twice. */
  scan(): AsyncIterable<readonly UserState[]>;
  /**
   * Stores attributes that were changed in states from `getMany`, outside a batch. The caller must be alone on the users'
   * partition. @throws STATE_CONFLICT (retryable) when a record was written meanwhile, STATE_UNAVAILABLE (retryable)
   */
  save(states: readonly UserState[]): Promise<void>;
  /** Deletes the records; a batch in flight will not write them either. Later events of the user start a new record. */
  erase(userKeys: readonly string[]): Promise<void>;
  /** Forgets cached states. Must be called whenever partitions were assigned: another member may have written meanwhile. */
  invalidate(): void;
}

/** Users taken for one batch that is not persisted yet. */
interface Pending {
  readonly states: Map<string, UserState>;
  readonly touched: Set<UserState>;
  /** Users erased meanwhile: neither written nor cached. */
  readonly erased: Set<string>;
}

export function createFeatureStore(options: FeatureStoreOptions): FeatureStore {
  const featureSet = 'decode' in options.features ? options.features : createFeatureSet(options.features);
  return new CachedFeatureStore(options.store, featureSet, options.prefix, options.cacheEntries ?? 50_000);
}

class CachedFeatureStore implements FeatureStore {
  private readonly cache: StateCache;
  /** By topic-partition. */
  private readonly pending = new Map<string, Pending>();
  /** The last batch's buffer, for the next one: stores copy what they keep. */
  private spare: RecordWriter | null = null;

  constructor(
    private readonly store: StateStore,
    readonly featureSet: FeatureSet,
    private readonly prefix: string,
    cacheEntries: number,
  ) {
    this.cache = new StateCache(cacheEntries);
  }

  async apply(batch: readonly PositionedEvent[], options: ApplyOptions = {}): Promise<AppliedBatch> {
    const pending: Pending = { states: new Map(), touched: new Set(), erased: new Set() };
    if (batch.length === 0) return this.fold(batch, pending, options, '');
    const partition = partitionOf(batch);
    this.pending.set(partition, pending); // what an unpersisted batch took from the cache is gone with it
    try {
      await this.load(batch, pending);
    } catch (error) {
      if (this.pending.get(partition) === pending) this.pending.delete(partition);
      throw error;
    }
    if (this.pending.get(partition) !== pending) throw conflict(`a newer batch of ${partition} was applied`);
    return this.fold(batch, pending, options, partition);
  }

  async get(userKey: string): Promise<UserState | null> {
    const [state] = await this.getMany([userKey]);
    return state ?? null;
  }

  async getMany(userKeys: readonly string[]): Promise<(UserState | null)[]> {
    const records = await this.store.readMany(userKeys.map((key) => this.prefix + key));
    return records.map((record, i) => record && this.featureSet.decode(userKeys[i]!, record));
  }

  async *scan(): AsyncIterable<readonly UserState[]> {
    for await (const page of this.store.scan(this.prefix)) {
      yield page.map(([key, record]) => this.featureSet.decode(key.slice(this.prefix.length), record));
    }
  }

  async save(states: readonly UserState[]): Promise<void> {
    for (const { userKey } of states) this.cache.take(userKey);
    const refused = await this.store.writeMany(this.encodeAll(states, new RecordWriter()));
    if (refused.length > 0) throw conflict(`${refused.length} of ${states.length} saved records were written meanwhile`);
  }

  async erase(userKeys: readonly string[]): Promise<void> {
    for (const userKey of userKeys) {
      this.cache.take(userKey);
      for (const { erased } of this.pending.values()) erased.add(userKey);
    }
    await this.store.deleteMany(userKeys.map((key) => this.prefix + key));
  }

  invalidate(): void {
    this.cache.clear();
  }

  /** Takes the batch's users out of the cache, or reads them. */
  private async load(batch: readonly PositionedEvent[], pending: Pending): Promise<void> {
    const missing: string[] = [];
    for (const { event } of batch) {
      const { userKey } = event;
      if (pending.states.has(userKey)) continue;
      this.refuseTwoPartitions(userKey, pending);
      const cached = this.cache.take(userKey);
      if (cached === undefined) missing.push(userKey);
      pending.states.set(userKey, cached ?? this.featureSet.create(userKey));
    }
    if (missing.length === 0) return;
    const records = await this.store.readMany(missing.map((key) => this.prefix + key));
    for (let i = 0; i < missing.length; i++) {
      const record = records[i];
      if (record) pending.states.set(missing[i]!, this.featureSet.decode(missing[i]!, record));
    }
  }

  private refuseTwoPartitions(userKey: string, mine: Pending): void {
    if (this.pending.size < 2) return;
    for (const [partition, other] of this.pending) {
      if (other !== mine && other.states.has(userKey)) throw conflict(`a user of this batch is being changed by ${partition}`);
    }
  }

  private fold(batch: readonly PositionedEvent[], pending: Pending, options: ApplyOptions, partition: string): AppliedBatch {
    const { featureSet } = this;
    const width = options.vectors === false ? 0 : featureSet.columns.length;
    const vectors = new Float32Array(batch.length * width);
    const applied: AppliedEvent[] = [];
    const skipped = { repeated: 0, duplicate: 0 };
    for (const { position, event } of batch) {
      const state = pending.states.get(event.userKey)!;
      const outcome = featureSet.apply(state, position, event);
      if (outcome !== 'applied') {
        skipped[outcome]++;
        continue;
      }
      if (width > 0) featureSet.vector(state, state.lastEventAtMs, vectors, applied.length * width);
      pending.touched.add(state);
      applied.push({ position, event, state });
      options.onApplied?.(state, event, position);
    }
    return {
      applied,
      skipped,
      touched: [...pending.touched],
      vectors: vectors.subarray(0, applied.length * width),
      persist: () => this.persist(partition, pending),
    };
  }

  private async persist(partition: string, pending: Pending): Promise<void> {
    if (pending.states.size === 0) return;
    if (this.pending.get(partition) !== pending) throw conflict(`a newer batch of ${partition} was applied`);
    const writer = this.spare ?? new RecordWriter();
    this.spare = null;
    const refused = await this.store.writeMany(
      this.encodeAll(
        [...pending.touched].filter((state) => !pending.erased.has(state.userKey)),
        writer,
      ),
    );
    writer.clear();
    this.spare = writer;
    if (this.pending.get(partition) !== pending) return;
    this.pending.delete(partition);
    const conflicting = refused.length > 0 ? conflict(`${refused.length} records of ${partition} were written by a later member`) : null;
    if (conflicting !== null) this.cache.clear();
    else for (const state of pending.states.values()) if (!pending.erased.has(state.userKey)) this.cache.put(state);
    pending.states.clear(); // nothing is left to write: what was refused is stored further on in the log than here
    pending.touched.clear();
    if (conflicting !== null) throw conflicting;
  }

  /** Encodes all records into one buffer. */
  private encodeAll(states: readonly UserState[], writer: RecordWriter): StateWrite[] {
    const ends = states.map((state) => {
      this.featureSet.encodeTo(state, writer);
      return writer.length;
    });
    return states.map((state, i) => ({
      key: this.prefix + state.userKey,
      value: writer.view(i === 0 ? 0 : ends[i - 1]!, ends[i]!),
      revision: state.revision,
    }));
  }
}

function partitionOf(batch: readonly PositionedEvent[]): string {
  const { topic, partition } = batch[0]!.position;
  for (const { position } of batch) {
    if (position.partition !== partition || position.topic !== topic) throw new Error('a batch holds events of two partitions');
  }
  return `${topic}-${partition}`;
}

function conflict(reason: string): AppError {
  return new AppError('STATE_CONFLICT', `feature store: ${reason}; the batch starts again from the stored states`, { retryable: true });
}
