import type { StateReader, StateWriter } from '../engine/state-port';
import type { UserRuleState } from '../engine/user-rule-state';
import { classOf, holds, pointsOf, type Comparison } from '../values/comparison';
import type { ValueReader } from '../values/event-reader';
import { asNumber } from '../values/reading';
import {
  decodeList,
  decodeSlots,
  dropFirst,
  encodeSlots,
  firstInWindow,
  insertAt,
  placeByTime,
  type Entry,
  type Evaluation,
  type LeafFacts,
  type Moment,
  type Track,
  type TrackState,
} from './track';

export interface ExtremaState extends TrackState {
  /** By time; values go strictly away from the extremum, class by class. */
  slots: number[];
  values: number[];
}

export interface ExtremaLeaf {
  readonly id: number;
  readonly comparison: Comparison;
  /** Infinity for all time. */
  readonly windowMs: number;
}

/**
 * Minimum or maximum of a value, in windows or over all time: exact with no more entries than twice the comparisons' bounds and one. An entry
 * that a later one equals or beats is never the extremum again (monotonic queue), and values that no comparison tells apart are equal.
 */
export class ExtremaTrack implements Track<ExtremaState> {
  readonly leaves: ExtremaLeaf[] = [];
  private readonly read: unknown[] = [];
  private longestMs: number | undefined;
  private points: readonly number[] | undefined;

  constructor(
    readonly id: number,
    readonly label: string,
    private readonly values: ValueReader,
    readonly direction: 'min' | 'max',
  ) {}

  create(): ExtremaState {
    return { slots: [], values: [] };
  }

  add(state: ExtremaState, entry: Entry): void {
    this.read.length = 0;
    this.values(entry.reader, this.read);
    for (const value of this.read) {
      const number = asNumber(value);
      if (number !== undefined) this.insert(state, number, entry);
    }
    this.prune(state, entry.user, entry.user.clockMs);
  }

  prune({ slots, values }: ExtremaState, { times }: UserRuleState, nowMs: number): void {
    this.longestMs ??= Math.max(...this.leaves.map((leaf) => leaf.windowMs));
    const dropped = firstInWindow(slots, times, this.longestMs, nowMs);
    dropFirst(slots, dropped);
    dropFirst(values, dropped);
  }

  judge({ slots, values }: ExtremaState, index: number, at: Evaluation): number {
    const { id, comparison, windowMs } = this.leaves[index]!;
    const { times } = at.user;
    const first = firstInWindow(slots, times, windowMs, at.nowMs);
    const truth = first < slots.length && holds(comparison, values[first]!);
    at.set(id, truth);
    let next = first;
    while (next < slots.length && holds(comparison, values[next]!) === truth) next++;
    const staysSo = next === first || (next === slots.length && !truth);
    return staysSo ? Infinity : times[slots[next - 1]!]! + windowMs;
  }

  facts({ slots, values }: ExtremaState, index: number, { user, nowMs }: Moment): LeafFacts {
    const first = firstInWindow(slots, user.times, this.leaves[index]!.windowMs, nowMs);
    const one = { slots: slots.slice(first, first + 1), values: values.slice(first, first + 1) };
    return { actual: one.values[0] ?? null, ...one, approximate: false };
  }

  encode(state: ExtremaState, writer: StateWriter): void {
    encodeSlots(state.slots, writer);
    for (const value of state.values) writer.number(value);
  }

  decode(reader: StateReader): ExtremaState {
    const slots = decodeSlots(reader);
    return { slots, values: decodeList(slots.length, () => reader.number()) };
  }

  private insert(state: ExtremaState, value: number, { user, slot, atMs }: Entry): void {
    const { slots, values } = state;
    const { times } = user;
    const i = placeByTime(slots, atMs, times);
    const rank = this.rank(value);
    const beatenByLater = i < slots.length && this.rank(values[i]!) >= rank;
    const beatenBySameTime = i > 0 && times[slots[i - 1]!] === atMs && this.rank(values[i - 1]!) >= rank;
    if (beatenByLater || beatenBySameTime) return;
    let from = i;
    while (from > 0 && this.rank(values[from - 1]!) <= rank) from--;
    if (from < i) {
      slots.splice(from, i - from - 1);
      values.splice(from, i - from - 1);
      slots[from] = slot;
      values[from] = value;
      return;
    }
    state.slots = insertAt(slots, from, slot);
    state.values = insertAt(values, from, value);
  }

  /** Higher is nearer to the extremum. */
  private rank(value: number): number {
    this.points ??= pointsOf(this.leaves.map((leaf) => leaf.comparison));
    const rank = classOf(this.points, value);
    return this.direction === 'max' ? rank : -rank;
  }
}
