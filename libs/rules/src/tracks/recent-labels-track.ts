import type { StateReader, StateWriter } from '../engine/state-port';
import type { UserRuleState } from '../engine/user-rule-state';
import type { ValueReader } from '../values/event-reader';
import type { ValueTest } from '../values/predicate';
import { asLabel } from '../values/reading';
import { MAX_SAMPLES } from './samples-track';
import { mostFrequent } from './tally-track';
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

export interface RecentLabelsState extends TrackState {
  /** By time; the event of each value. */
  slots: number[];
  labels: string[];
  /** Time of the latest value left out for want of room; `null` when none. */
  lostAtMs: number | null;
}

export interface RecentLabelsLeaf {
  readonly id: number;
  readonly test: ValueTest;
  readonly windowMs: number;
}

/** The most frequent value in sliding windows, from the values themselves: at most `MAX_SAMPLES` of them. */
export class RecentLabelsTrack implements Track<RecentLabelsState> {
  readonly leaves: RecentLabelsLeaf[] = [];
  private readonly read: unknown[] = [];
  private longestMs: number | undefined;

  constructor(
    readonly id: number,
    readonly label: string,
    private readonly values: ValueReader,
  ) {}

  create(): RecentLabelsState {
    return { slots: [], labels: [], lostAtMs: null };
  }

  add(state: RecentLabelsState, { user, reader, slot, atMs }: Entry): void {
    this.read.length = 0;
    this.values(reader, this.read);
    for (const value of this.read) {
      const label = asLabel(value);
      if (label === undefined) continue;
      const place = placeByTime(state.slots, atMs, user.times);
      state.slots = insertAt(state.slots, place, slot);
      state.labels = insertAt(state.labels, place, label);
    }
    this.prune(state, user, user.clockMs);
  }

  prune(state: RecentLabelsState, { times }: UserRuleState, nowMs: number): void {
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
    dropFirst(state.labels, dropped);
  }

  /** Only a value of the most frequent kind can end its lead by leaving, so nothing turns before the first of them leaves. */
  judge(state: RecentLabelsState, index: number, at: Evaluation): number {
    const { id, test, windowMs } = this.leaves[index]!;
    const { times } = at.user;
    const first = firstInWindow(state.slots, times, windowMs, at.nowMs);
    const winner = winnerFrom(state, first);
    at.set(id, test(winner, at.nowMs));
    return winner === undefined ? Infinity : times[state.slots[state.labels.indexOf(winner, first)]!]! + windowMs;
  }

  facts(state: RecentLabelsState, index: number, { user, nowMs }: Moment): LeafFacts {
    const { slots, labels, lostAtMs } = state;
    const { windowMs } = this.leaves[index]!;
    const first = firstInWindow(slots, user.times, windowMs, nowMs);
    const from = Math.max(first, slots.length - MAX_EVIDENCE);
    const actual = winnerFrom(state, first) ?? null;
    return { actual, slots: slots.slice(from), values: labels.slice(from), approximate: lostAtMs !== null && lostAtMs + windowMs > nowMs };
  }

  encode(state: RecentLabelsState, writer: StateWriter): void {
    encodeMoment(state.lostAtMs, writer);
    encodeSlots(state.slots, writer);
    for (const label of state.labels) writer.text(label);
  }

  decode(reader: StateReader): RecentLabelsState {
    const lostAtMs = decodeMoment(reader);
    const slots = decodeSlots(reader);
    return { slots, labels: decodeList(slots.length, () => reader.text()), lostAtMs };
  }
}

/** The most frequent of the values from index `first` on. */
function winnerFrom({ labels }: RecentLabelsState, first: number): string | undefined {
  const counts = new Map<string, number>();
  for (let i = first; i < labels.length; i++) counts.set(labels[i]!, (counts.get(labels[i]!) ?? 0) + 1);
  return mostFrequent(counts);
}
