import { TOPICS } from '@tradewind/contracts';
import { createFeatureSet, createFeatureStore, type FeatureStore } from '@tradewind/feature-store';
import type { Platform } from '@tradewind/runtime';
import { PulledOffsetsStore, type PulledOffsets } from '../identity/pulled-offsets';
import { HOLD_BACK_MS, type ClockMode } from './rule-clock';
import { PARTITION, type PartitionRecord, type RuleRecord } from './rule-record';
import { formerRuleSet, type RuleSet } from './rule-set';

const { name: TOPIC, partitions: PARTITIONS } = TOPICS.events;
const PARTITION_SET = createFeatureSet([PARTITION]);

/** A partition of the events in the hands of this process. Changed only by who has entered its gate. */
export interface HeldPartition {
  readonly partition: number;
  /** Whose states the users have; `null` while they wait for a rule set that is made from the log. */
  rules: RuleSet | null;
  /** Users are being moved to this one, a slice at a time. */
  next: RuleSet | null;
  /** Some users' states may belong to another set than `rules`: a move to it began and has not ended. */
  isMixed: boolean;
  clockMs: number;
  /** Everything below is in the users' records. */
  handledOffset: number;
  /** From here on no record is further than `handledOffset`: what a crash kept from being committed lies below. */
  readonly settledFrom: number;
  /** Nothing waited when the last batch was fetched. */
  caughtUp: boolean;
  /** Of links and moved events: everything below is in the users' records. */
  readonly pulled: PulledOffsets;
}

export interface HeldPartitionsOptions {
  readonly platform: Platform;
  /** The group that folds the events. */
  readonly group: string;
  readonly mode: ClockMode;
  /** The live rule set; `null` while it is not known. */
  readonly live: () => RuleSet | null;
}

/** The partitions of the events that this process holds, with what rules need to know of each. */
export class HeldPartitions {
  private readonly held = new Map<number, HeldPartition>();
  /** Public for whoever moves the offsets on. */
  readonly pulled: PulledOffsetsStore;
  private readonly store: FeatureStore;

  constructor(private readonly options: HeldPartitionsOptions) {
    const { mode, platform } = options;
    const prefix = `segmentation-partition:${mode}:`;
    this.store = createFeatureStore({ store: platform.state, features: PARTITION_SET, prefix, cacheEntries: 0 });
    this.pulled = new PulledOffsetsStore(platform.state);
  }

  /** Forgets all: another member may have gone on with them. */
  clear(): void {
    this.held.clear();
  }

  get(partition: number): HeldPartition | undefined {
    return this.held.get(partition);
  }

  opened(): HeldPartition[] {
    return [...this.held.values()].filter(({ partition }) => this.holds(partition));
  }

  holds(partition: number): boolean {
    return this.options.platform.gate.holds(this.placeOf(partition));
  }

  /** Held ones that are not opened. */
  closed(): number[] {
    return Array.from({ length: PARTITIONS }, (_, partition) => partition).filter((p) => this.holds(p) && !this.held.has(p));
  }

  enter<T>(partition: number, work: () => Promise<T>): Promise<T> {
    return this.options.platform.gate.enter(this.placeOf(partition), work);
  }

  /** The partition, read from the stores the first time. Call it inside the gate. */
  async open(partition: number): Promise<HeldPartition> {
    const known = this.held.get(partition);
    if (known !== undefined) return known;
    const { platform, group } = this.options;
    const [stored, pulled, committed, watermarks] = await Promise.all([
      this.store.get(String(partition)),
      this.pulled.load(partition),
      platform.log.committed(group, TOPIC),
      platform.log.watermarks(TOPIC),
    ]);
    const { low, high } = watermarks.find((each) => each.partition === partition) ?? { low: 0, high: 0 };
    const before = stored?.of(PARTITION) ?? null;
    const handledOffset = committed.get(partition) ?? low;
    const held: HeldPartition = {
      partition,
      rules: await this.rulesOf(before, !committed.has(partition)),
      next: null,
      isMixed: before?.isMixed ?? false,
      clockMs: before?.clockMs ?? -Infinity,
      handledOffset,
      settledFrom: high,
      caughtUp: handledOffset >= high,
      pulled,
    };
    // Also when there are no rules: from now on the users' records follow this set, whatever a crash keeps from being committed.
    if (before === null && held.rules !== null) await this.write(held);
    this.held.set(partition, held);
    return held;
  }

  /** Stores clock and rule set, where there are rules: without them nothing asks for the time. */
  async save(held: HeldPartition): Promise<void> {
    if (held.rules !== null && !held.rules.isEmpty) await this.write(held);
  }

  /** Stores that a move of the users begins, or has ended. */
  async mark(held: HeldPartition, isMixed: boolean): Promise<void> {
    held.isMixed = isMixed;
    await this.write(held);
  }

  /** The set that the user's state is by; for a user without one that of the partition. `null`: it must be made from the log. */
  rulesFor({ next, rules }: HeldPartition, record: RuleRecord, userKey: string): RuleSet | null {
    const sets = [next, rules, this.options.live()];
    const own = sets.find((set) => set !== null && record.stateOf(set.engine, userKey) !== null);
    return own ?? (record.hasState ? null : rules);
  }

  /** How far time has gone for the partition's users. */
  horizonOf({ clockMs, caughtUp }: HeldPartition): number {
    const { mode, platform } = this.options;
    return mode === 'wall' && caughtUp ? Math.max(clockMs, platform.now() - HOLD_BACK_MS) : clockMs;
  }

  /** Asks the log about partitions that were not seen to be caught up: one where nothing comes any more would stay so. */
  async refreshLag(): Promise<void> {
    const behind = this.opened().filter(({ caughtUp }) => !caughtUp);
    if (behind.length === 0) return;
    const { log } = this.options.platform;
    const watermarks = new Map((await log.watermarks(TOPIC)).map(({ partition, high }) => [partition, high]));
    const committed = await log.committed(this.options.group, TOPIC);
    for (const held of behind) {
      const offset = committed.get(held.partition) ?? held.handledOffset;
      if (offset < (watermarks.get(held.partition) ?? 0)) continue;
      held.handledOffset = Math.max(held.handledOffset, offset);
      held.caughtUp = true;
    }
  }

  private async write({ partition, rules, clockMs, isMixed }: HeldPartition): Promise<void> {
    const record = PARTITION_SET.create(String(partition));
    const { fingerprint = '', definitions = '' } = rules ?? {};
    Object.assign(record.of(PARTITION), { fingerprint, definitions, clockMs, isMixed });
    await this.store.save([record]);
  }

  /** The set of the partition's records, also when it is no longer live: what a crash left half told is told again by it first. */
  private async rulesOf(before: PartitionRecord | null, isFresh: boolean): Promise<RuleSet | null> {
    const live = this.options.live();
    if (live === null) return null;
    if (before === null) return isFresh || live.isEmpty ? live : null;
    if (live.fingerprint === before.fingerprint) return live;
    const former = await formerRuleSet(this.options.platform.database.segments, before.definitions);
    return former?.fingerprint === before.fingerprint ? former : null;
  }

  private placeOf(partition: number): { group: string; topic: string; partition: number } {
    return { group: this.options.group, topic: TOPIC, partition };
  }
}
