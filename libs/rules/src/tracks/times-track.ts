import type { StateReader, StateWriter } from '../engine/state-port';
import { formatTime } from '../language/duration';
import type { UserRuleState } from '../engine/user-rule-state';
import { holdsForCount, type CountComparison } from '../values/comparison';
import type { ValueTest } from '../values/predicate';
import { KeptRanks, type Need } from './kept-ranks';
import {
  decodeMoment,
  decodeSlots,
  encodeMoment,
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

export interface TimesState extends TrackState {
  /** All events ever. */
  total: number;
  /** Of all events; kept only for leaves that ask. */
  firstAtMs: number;
  lastAtMs: number;
  /** The latest events that a leaf or a sequence may need, by time. */
  slots: number[];
  /** Time of the latest event that was needed no more by rank or window; -Infinity when none. */
  droppedAtMs: number;
}

export type TimesLeaf =
  | { readonly id: number; readonly kind: 'count'; readonly comparison: CountComparison; readonly windowMs: number }
  | { readonly id: number; readonly kind: 'first' | 'last'; readonly test: ValueTest; readonly withinLastMs: number | undefined };

/** When the selected events happened: their number, the first, the last, and the latest few. */
export class TimesTrack implements Track<TimesState> {
  readonly leaves: TimesLeaf[] = [];
  private readonly ranks = new KeptRanks();

  constructor(
    readonly id: number,
    /** For evidence. */
    readonly label: string,
  ) {}

  need(need: Need): void {
    this.ranks.need(need);
  }

  create(): TimesState {
    return { nextFlipAtMs: Infinity, total: 0, firstAtMs: Infinity, lastAtMs: -Infinity, slots: [], droppedAtMs: -Infinity };
  }

  add(state: TimesState, { user, slot, atMs }: Entry): void {
    state.total++;
    if (atMs < state.firstAtMs) state.firstAtMs = atMs;
    if (atMs > state.lastAtMs) state.lastAtMs = atMs;
    insertByTime(state.slots, slot, user.times);
    this.prune(state, user, user.clockMs);
  }

  prune(state: TimesState, { times }: UserRuleState, nowMs: number): void {
    const { slots } = state;
    const surplus = this.ranks.surplus(slots, times, nowMs);
    if (surplus === 0) return;
    state.droppedAtMs = Math.max(state.droppedAtMs, times[slots[surplus - 1]!]!);
    if (surplus === 1) slots.shift();
    else slots.splice(0, surplus);
  }

  judge(state: TimesState, index: number, at: Evaluation): number {
    const leaf = this.leaves[index]!;
    if (leaf.kind !== 'count') {
      const momentMs = leaf.kind === 'first' ? state.firstAtMs : state.lastAtMs;
      const truth = state.total > 0 && leaf.test(momentMs, at.nowMs);
      at.set(leaf.id, truth);
      return truth && leaf.withinLastMs !== undefined ? momentMs + leaf.withinLastMs : Infinity;
    }
    if (leaf.windowMs === Infinity) {
      at.set(leaf.id, holdsForCount(leaf.comparison, state.total));
      return Infinity;
    }
    const { truth, flipAtMs } = compareCount(state.slots, at.user.times, leaf.comparison, { windowMs: leaf.windowMs, nowMs: at.nowMs });
    at.set(leaf.id, truth);
    return flipAtMs;
  }

  facts(state: TimesState, index: number, { user, nowMs }: Moment): LeafFacts {
    const leaf = this.leaves[index]!;
    const { slots } = state;
    if (leaf.kind !== 'count') {
      const momentMs = leaf.kind === 'first' ? state.firstAtMs : state.lastAtMs;
      const fitting = slots.filter((slot) => user.times[slot] === momentMs).slice(0, 1);
      return { actual: state.total === 0 ? null : formatTime(momentMs), slots: fitting, approximate: false };
    }
    const inside = slots.slice(firstInWindow(slots, user.times, leaf.windowMs, nowMs));
    const actual = leaf.windowMs === Infinity ? state.total : inside.length;
    return { actual, slots: inside.slice(-MAX_EVIDENCE), approximate: false };
  }

  private get hasMoments(): boolean {
    return this.leaves.some(({ kind }) => kind !== 'count');
  }

  slotLists(state: TimesState): readonly number[][] {
    return [state.slots];
  }

  encode(state: TimesState, writer: StateWriter): void {
    writer.varint(state.total);
    if (state.total === 0) return;
    if (this.hasMoments) {
      writer.number(state.firstAtMs);
      writer.number(state.lastAtMs);
    }
    encodeMoment(state.droppedAtMs, writer);
    encodeSlots(state.slots, writer);
  }

  decode(reader: StateReader): TimesState {
    const state = this.create();
    state.total = reader.varint();
    if (state.total === 0) return state;
    if (this.hasMoments) {
      state.firstAtMs = reader.number();
      state.lastAtMs = reader.number();
    }
    state.droppedAtMs = decodeMoment(reader);
    state.slots = decodeSlots(reader);
    return state;
  }
}
