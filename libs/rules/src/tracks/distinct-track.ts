import type { StateReader, StateWriter } from '../engine/state-port';
import type { UserRuleState } from '../engine/user-rule-state';
import type { CountComparison } from '../values/comparison';
import type { ValueReader } from '../values/event-reader';
import { hash53 } from '../values/hash';
import { asIdentity } from '../values/reading';
import { KeptRanks, type Need } from './kept-ranks';
import {
  decodeSlots,
  encodeSlots,
  firstInWindow,
  insertByTime,
  MAX_EVIDENCE,
  type Entry,
  type Evaluation,
  type LeafFacts,
  type Moment,
  type Track,
  type TrackState,
} from './track';
import { compareCount } from './window-count';

export interface DistinctState extends TrackState {
  /** The latest event of each value, by time. */
  slots: number[];
  /** 53-bit hash of each value. */
  hashes: number[];
}

export interface DistinctLeaf {
  readonly id: number;
  readonly comparison: CountComparison;
  /** Infinity for all time. */
  readonly windowMs: number;
}

/**
 * Number of distinct values, in windows or over all time: a value is in a window while its latest event is, so to compare with n the n + 1
 * values seen last suffice. Exact but for collisions of 53-bit hashes.
 */
export class DistinctTrack implements Track<DistinctState> {
  readonly leaves: DistinctLeaf[] = [];
  private readonly read: unknown[] = [];
  private readonly ranks = new KeptRanks();

  constructor(
    readonly id: number,
    readonly label: string,
    private readonly values: ValueReader,
  ) {}

  need(need: Need): void {
    this.ranks.need(need);
  }

  create(): DistinctState {
    return { nextFlipAtMs: Infinity, slots: [], hashes: [] };
  }

  add(state: DistinctState, { user, reader, slot, atMs }: Entry): void {
    this.read.length = 0;
    this.values(reader, this.read);
    for (const value of this.read) {
      const identity = asIdentity(value);
      if (identity === undefined) continue;
      const hash = hash53(identity);
      const known = state.hashes.indexOf(hash);
      if (known >= 0 && user.times[state.slots[known]!]! >= atMs) continue;
      if (known >= 0) remove(state, known, 1);
      state.hashes.splice(insertByTime(state.slots, slot, user.times), 0, hash);
    }
    this.prune(state, user, user.clockMs);
  }

  prune(state: DistinctState, { times }: UserRuleState, nowMs: number): void {
    const surplus = this.ranks.surplus(state.slots, times, nowMs);
    if (surplus > 0) remove(state, 0, surplus);
  }

  judge(state: DistinctState, index: number, at: Evaluation): number {
    const { id, comparison, windowMs } = this.leaves[index]!;
    const { truth, flipAtMs } = compareCount(state.slots, at.user.times, comparison, { windowMs, nowMs: at.nowMs });
    at.set(id, truth);
    return flipAtMs;
  }

  facts({ slots }: DistinctState, index: number, { user, nowMs }: Moment): LeafFacts {
    const inside = slots.slice(firstInWindow(slots, user.times, this.leaves[index]!.windowMs, nowMs));
    return { actual: inside.length, slots: inside.slice(-MAX_EVIDENCE), approximate: false };
  }

  slotLists(state: DistinctState): readonly number[][] {
    return [state.slots];
  }

  encode(state: DistinctState, writer: StateWriter): void {
    encodeSlots(state.slots, writer);
    for (const hash of state.hashes) writer.varint(hash);
  }

  decode(reader: StateReader): DistinctState {
    const state = this.create();
    state.slots = decodeSlots(reader);
    for (let i = 0; i < state.slots.length; i++) state.hashes.push(reader.varint());
    return state;
  }
}

function remove({ slots, hashes }: DistinctState, from: number, count: number): void {
  slots.splice(from, count);
  hashes.splice(from, count);
}
