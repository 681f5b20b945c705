import { EVENT, TOPICS } from '@tradewind/contracts';
import { decodeBatch, type Batch } from '@tradewind/eventing';
import {
  MemoryStateStore,
  createFeatureStore,
  createFeatureSet,
  type DueTime,
  type FeatureStore,
  type UserState,
} from '@tradewind/feature-store';
import type { Platform } from '@tradewind/runtime';
import { isMerged } from '../identity/identity-record';
import { movedBatches } from '../identity/moved-batches';
import { toFold } from '../to-fold';
import { differences, takeEvent, takeTime } from './apply-rules';
import type { HeldPartition, HeldPartitions } from './held-partitions';
import { queueOf } from './live-batch';
import { tick, type ClockMode } from './rule-clock';
import { toEvidence, type RuleMove } from './rule-outputs';
import { RULES } from './rule-record';
import type { RuleSet } from './rule-set';
import { UNTOLD, takeUntold } from './untold';

const TOPIC = TOPICS.events.name;
const SHADOW = createFeatureSet([RULES]);
/** Decoded users of the partition under way. */
const SHADOW_CACHE = 5_000;
/** So few events are read with the partition's batches waiting. */
const CLOSE_EVENTS = 2_000;
/** Users moved in one go, with the partition's batches waiting. */
const SLICE = 500;

export interface RebuildOptions {
  readonly platform: Platform;
  readonly features: FeatureStore;
  readonly partitions: HeldPartitions;
  readonly mode: ClockMode;
}

/**
 * Moves a partition's users to another rule set: makes their states anew from the log, as far as the live ones have come, then puts them in
 * place a slice at a time and tells only what differs from what was told. May be repeated at any time; what was put in place is not told again.
 * Needs the memory of one partition's encoded states. @returns users that were moved; `null` when the partition went elsewhere or `signal` was aborted
 */
export async function rebuildPartition(
  options: RebuildOptions,
  held: HeldPartition,
  rules: RuleSet,
  signal: AbortSignal,
): Promise<number | null> {
  const { partitions, platform } = options;
  const kept = (await platform.log.watermarks(TOPIC)).find(({ partition }) => partition === held.partition);
  const shadow = new Shadow(options, held, rules, kept?.low ?? 0);
  const isOurs = () => !signal.aborted && partitions.holds(held.partition) && partitions.get(held.partition) === held;
  while (held.handledOffset - shadow.offset > CLOSE_EVENTS) {
    if (!isOurs()) return null;
    await shadow.readTo(held.handledOffset);
  }
  let moved = 0;
  for await (const userKeys of shadow.users()) {
    const done = await partitions.enter(held.partition, async () => {
      if (!isOurs()) return false;
      await shadow.readTo(held.handledOffset);
      await shadow.readMoved();
      held.next = rules;
      if (!held.isMixed) await partitions.mark(held, true);
      moved += await moveUsers(options, { held, rules, shadow, userKeys });
      return true;
    });
    if (!done) return null;
  }
  return partitions.enter(held.partition, () => finish(options, { held, rules, shadow }, isOurs, moved));
}

/** Moves who came while the last slice was moved, and declares the partition done. */
async function finish(options: RebuildOptions, move: Omit<Move, 'userKeys'>, isOurs: () => boolean, moved: number): Promise<number | null> {
  const { held, rules, shadow } = move;
  if (!isOurs()) return null;
  await shadow.readTo(held.handledOffset);
  await shadow.readMoved();
  const late: string[] = [];
  for await (const userKeys of shadow.users()) late.push(...(await unmoved(options.features, rules, userKeys)));
  const more = late.length === 0 ? 0 : await moveUsers(options, { ...move, userKeys: late });
  Object.assign(held, { rules, next: null, clockMs: Math.max(held.clockMs, shadow.clockMs) });
  await options.partitions.mark(held, false);
  return moved + more;
}

async function unmoved(features: FeatureStore, { engine }: RuleSet, userKeys: readonly string[]): Promise<string[]> {
  const users = await features.getMany(userKeys);
  return users.flatMap((user) => (user !== null && user.of(RULES).stateOf(engine, user.userKey) === null ? user.userKey : []));
}

interface Move {
  readonly held: HeldPartition;
  readonly rules: RuleSet;
  readonly shadow: Shadow;
  readonly userKeys: readonly string[];
}

/** Schedules, saves with what differs, tells it, and saves that it was told: a crash in between tells it again. */
async function moveUsers({ platform, features, partitions }: RebuildOptions, { held, rules, shadow, userKeys }: Move): Promise<number> {
  const [users, drafts] = await Promise.all([features.getMany(userKeys), shadow.getMany(userKeys)]);
  const times: DueTime[] = [];
  const moved: UserState[] = [];
  users.forEach((user, i) => {
    const draft = drafts[i];
    if (user === null || !draft || isMerged(user)) return; // erased or merged meanwhile
    const nextCheckAtMs = replaceState(user, draft, {
      held,
      rules,
      horizonMs: partitions.horizonOf(held),
      nowMs: platform.now(),
    });
    if (nextCheckAtMs !== Infinity) times.push({ key: user.userKey, atMs: nextCheckAtMs });
    moved.push(user);
  });
  await platform.state.dueTimes.schedule(queueOf(held.partition), times);
  await features.save(moved);
  const telling = moved.filter((user) => user.of(UNTOLD).moves.length > 0);
  if (telling.length === 0) return moved.length;
  await platform.log.publish(telling.flatMap(takeUntold));
  await features.save(telling);
  return moved.length;
}

interface Replacing {
  readonly held: HeldPartition;
  readonly rules: RuleSet;
  readonly horizonMs: number;
  readonly nowMs: number;
}

/** Puts the draft's state into the user's record, with what the user is to be told. @returns when the user is to be looked at */
function replaceState(user: UserState, draft: UserState, { held, rules, horizonMs, nowMs }: Replacing): number {
  const [record, made] = [user.of(RULES), draft.of(RULES)];
  const state = made.stateOf(rules.engine, user.userKey)!;
  takeTime(rules, made, state, horizonMs);
  const { entered, exited } = differences(record, rules.engine, state);
  const plain = {
    userKey: user.userKey,
    reason: 'definition' as const,
    cause: `rules-${rules.fingerprint}-${state.clockMs}`,
    decidedAtMs: nowMs,
  };
  const moves = [
    ...exited.map((segmentId): RuleMove => {
      const segment = rules.segments.get(segmentId) ??
        held.rules?.segments.get(segmentId) ?? { name: segmentId, version: record.members.get(segmentId)!.version };
      return { ...plain, segmentId, segment, kind: 'exited', occurredAtMs: state.clockMs, evidence: [] };
    }),
    ...entered.map((segmentId): RuleMove => {
      const evidence = [toEvidence(rules.engine.explain(state, segmentId))];
      return {
        ...plain,
        segmentId,
        segment: rules.segments.get(segmentId)!,
        kind: 'entered',
        occurredAtMs: made.members.get(segmentId)!.sinceMs,
        evidence,
      };
    }),
  ];
  for (const id of exited) record.members.delete(id);
  for (const [id, member] of made.members)
    record.members.set(id, { ...member, sinceMs: record.members.get(id)?.sinceMs ?? member.sinceMs });
  record.replace(rules.engine, state);
  const untold = user.of(UNTOLD);
  untold.moves = [...untold.moves, ...moves];
  return state.nextCheckAtMs;
}

/** The states of one partition's users by another rule set, in memory, from the start of the log. */
class Shadow {
  clockMs = -Infinity;
  private moved = 0;
  private readonly states = createFeatureStore({ store: new MemoryStateStore(), features: SHADOW, prefix: '', cacheEntries: SHADOW_CACHE });

  constructor(
    private readonly options: RebuildOptions,
    private readonly held: HeldPartition,
    private readonly rules: RuleSet,
    /** Everything below is in the states. */
    public offset: number,
  ) {}

  /** Takes the events below `offset` that were not taken yet. */
  async readTo(offset: number): Promise<void> {
    const { partition } = this.held;
    if (this.offset >= offset) return;
    const pages = this.options.platform.log.read(TOPIC, { from: new Map([[partition, this.offset]]), partitions: [partition] });
    for await (const page of pages) {
      const records = page.filter((record) => record.offset < offset);
      if (records.length === 0) break;
      await this.take({ topic: TOPIC, partition, records });
      this.offset = records.at(-1)!.offset + 1;
      if (records.length < page.length) break;
    }
    this.offset = Math.max(this.offset, offset);
  }

  /** Takes the moved events that the live states have and these have not. */
  async readMoved(): Promise<void> {
    const { partition, pulled } = this.held;
    if (this.moved >= pulled.moved) return;
    const from = new Map([[partition, this.moved]]);
    for await (const page of this.options.platform.log.read(TOPICS.movedEvents.name, { partitions: [partition], from })) {
      const { batches } = movedBatches(page.filter(({ offset }) => offset < pulled.moved));
      for (const batch of batches) await this.take(batch);
    }
    this.moved = pulled.moved;
  }

  getMany(userKeys: readonly string[]): Promise<(UserState | null)[]> {
    return this.states.getMany(userKeys);
  }

  /** Keys in slices; also of those who come meanwhile. */
  async *users(): AsyncIterable<string[]> {
    for await (const page of this.states.scan())
      for (let at = 0; at < page.length; at += SLICE) yield page.slice(at, at + SLICE).map(({ userKey }) => userKey);
  }

  private async take(batch: Pick<Batch, 'topic' | 'partition' | 'records'>): Promise<void> {
    const { mode, platform } = this.options;
    const { messages } = decodeBatch({ ...batch, highWatermark: 0 }, EVENT);
    const clocks = new Map<number, number>();
    for (const { record, message } of messages) {
      this.clockMs = tick(mode, this.clockMs, record, message, platform.now());
      clocks.set(record.offset, this.clockMs);
    }
    const { persist } = await this.states.apply(toFold(messages), {
      vectors: false,
      onApplied: (user, event, { offset }) => void takeEvent(this.rules, user.of(RULES), event, clocks.get(offset)!),
    });
    await persist();
  }
}
