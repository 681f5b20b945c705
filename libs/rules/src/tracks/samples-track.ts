import type { StateReader, StateWriter } from '../engine/state-port';
import type { UserRuleState } from '../engine/user-rule-state';
import type { Comparison } from '../values/comparison';
import type { ValueReader } from '../values/event-reader';
import { ExactSum } from '../values/exact-sum';
import { asNumber } from '../values/reading';
import { compareTotal } from './total-track';
import {
  decodeList,
  decodeMoment,
  decodeSlots,
  dropFirst,
  encodeMoment,
  encodeSlots,
  firstInWindow,
  insertAt,
  MAX_EVIDENCE,
  placeByTime,
  type Entry,
  type Evaluation,
  type LeafFacts,
  type Moment,
  type Track,
  type TrackState,
} from './track';

/** Values of one user that a window may hold; beyond it the oldest are left out and the leaf says that it is approximate. */
export const MAX_SAMPLES = 1000;

export interface SamplesState extends TrackState {
  /** By time; the event of each value. */
  slots: number[];
  values: number[];
  /** Time of the latest value left out for want of room; `null` when none. */
  lostAtMs: number | null;
}

export interface SamplesLeaf {
  readonly id: number;
  readonly aggregate: 'sum' | 'avg';
  readonly comparison: Comparison;
  readonly windowMs: number;
}

/** Sum and mean of a value in sliding windows, from the values themselves. */
export class SamplesTrack implements Track<SamplesState> {
  readonly leaves: SamplesLeaf[] = [];
  private readonly read: unknown[] = [];
  private longestMs: number | undefined;
  private readonly sum = new ExactSum();

  constructor(
    readonly id: number,
    readonly label: string,
    private readonly values: ValueReader,
  ) {}

  create(): SamplesState {
    return { slots: [], values: [], lostAtMs: null };
  }

  add(state: SamplesState, { user, reader, slot, atMs }: Entry): void {
    this.read.length = 0;
    this.values(reader, this.read);
    for (const value of this.read) {
      const number = asNumber(value);
      if (number === undefined) continue;
      const place = placeByTime(state.slots, atMs, user.times);
      state.slots = insertAt(state.slots, place, slot);
      state.values = insertAt(state.values, place, number);
    }
    this.prune(state, user, user.clockMs);
  }

  prune(state: SamplesState, { times }: UserRuleState, nowMs: number): void {
    this.longestMs ??= Math.max(...this.leaves.map((leaf) => leaf.windowMs));
    const { slots } = state;
    let dropped = 0;
    while (dropped < slots.length && times[slots[dropped]!]! + this.longestMs <= nowMs) dropped++;
    const beyond = slots.length - MAX_SAMPLES;
    if (beyond > dropped) {
      state.lostAtMs = Math.max(state.lostAtMs ?? -Infinity, times[slots[beyond - 1]!]!);
      dropped = beyond;
    }
    dropFirst(slots, dropped);
    dropFirst(state.values, dropped);
  }

  /**
   * Goes from the latest value back to the first in the window. The value at i joins the sum of those after it; when truth with it
   * differs from truth without it, the leaf turns the moment it leaves. The last such change seen is the first to come.
   */
  judge({ slots, values }: SamplesState, index: number, at: Evaluation): number {
    const { times } = at.user;
    const { id, aggregate, comparison, windowMs } = this.leaves[index]!;
    const first = firstInWindow(slots, times, windowMs, at.nowMs);
    let truth = compareTotal(aggregate, comparison, 0, 0);
    let flipAtMs = Infinity;
    this.sum.clear();
    for (let i = slots.length - 1; i >= first; i--) {
      this.sum.add(values[i]!);
      const before = compareTotal(aggregate, comparison, this.sum.value, slots.length - i);
      if (before !== truth) flipAtMs = times[slots[i]!]! + windowMs;
      truth = before;
    }
    at.set(id, truth);
    return flipAtMs;
  }

  facts({ slots, values, lostAtMs }: SamplesState, index: number, { user, nowMs }: Moment): LeafFacts {
    const { aggregate, windowMs } = this.leaves[index]!;
    const first = firstInWindow(slots, user.times, windowMs, nowMs);
    const sum = new ExactSum();
    for (let i = first; i < slots.length; i++) sum.add(values[i]!);
    const count = slots.length - first;
    const from = Math.max(first, slots.length - MAX_EVIDENCE);
    return {
      actual: aggregate === 'sum' ? sum.value : count === 0 ? null : sum.value / count,
      slots: slots.slice(from),
      values: values.slice(from),
      approximate: lostAtMs !== null && lostAtMs + windowMs > nowMs,
    };
  }

  encode(state: SamplesState, writer: StateWriter): void {
    encodeMoment(state.lostAtMs, writer);
    encodeSlots(state.slots, writer);
    for (const value of state.values) writer.number(value);
  }

  decode(reader: StateReader): SamplesState {
    const lostAtMs = decodeMoment(reader);
    const slots = decodeSlots(reader);
    return { slots, values: decodeList(slots.length, () => reader.number()), lostAtMs };
  }
}
