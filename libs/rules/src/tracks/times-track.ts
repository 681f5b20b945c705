import type { StateReader, StateWriter } from '../engine/state-port';
import type { UserRuleState } from '../engine/user-rule-state';
import { holdsForCount } from '../values/comparison';
import { KeptRanks, type Need } from './kept-ranks';
import {
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
import { judgeCount, type WindowCount } from './window-count';

export interface TimesState extends TrackState {
  /** The latest events that a leaf or a sequence may need, by time. */
  slots: number[];
  /** All events ever. */
  total: number;
  /** Of a step of a sequence: time of the latest event given up, for its rank or its age; `null` before any. */
  droppedAtMs: number | null;
}

/** When the selected events happened: their number, and the latest few. */
export class TimesTrack implements Track<TimesState> {
  readonly leaves: WindowCount[] = [];
  /** A sequence reads it. */
  isStep = false;
  private readonly ranks = new KeptRanks();

  constructor(
    readonly id: number,
    readonly label: string,
  ) {}

  need(need: Need): void {
    this.ranks.need(need);
  }

  create(): TimesState {
    return { slots: [], total: 0, droppedAtMs: null };
  }

  add(state: TimesState, { user, slot, atMs }: Entry): void {
    state.total++;
    const { slots } = state;
    if (this.ranks.most === 1 && !this.isStep && slots.length === 1 && user.times[slots[0]!]! <= atMs) {
      slots[0] = slot;
      return;
    }
    state.slots = insertAt(slots, placeByTime(slots, atMs, user.times), slot);
    this.prune(state, user, user.clockMs);
  }

  prune(state: TimesState, { times }: UserRuleState, nowMs: number): void {
    const { slots } = state;
    const surplus = this.ranks.surplus(slots, times, nowMs);
    if (surplus === 0) return;
    if (this.isStep) state.droppedAtMs = Math.max(state.droppedAtMs ?? -Infinity, times[slots[surplus - 1]!]!);
    dropFirst(slots, surplus);
  }

  judge(state: TimesState, index: number, at: Evaluation): number {
    const leaf = this.leaves[index]!;
    if (leaf.windowMs !== Infinity) return judgeCount(leaf, state.slots, at);
    at.set(leaf.id, holdsForCount(leaf.comparison, state.total));
    return Infinity;
  }

  facts({ slots, total }: TimesState, index: number, { user, nowMs }: Moment): LeafFacts {
    const { windowMs } = this.leaves[index]!;
    const inside = slots.slice(firstInWindow(slots, user.times, windowMs, nowMs));
    return { actual: windowMs === Infinity ? total : inside.length, slots: inside.slice(-MAX_EVIDENCE), approximate: false };
  }

  encode(state: TimesState, writer: StateWriter): void {
    writer.varint(state.total);
    if (this.isStep) encodeMoment(state.droppedAtMs, writer);
    encodeSlots(state.slots, writer);
  }

  decode(reader: StateReader): TimesState {
    const total = reader.varint();
    const droppedAtMs = this.isStep ? decodeMoment(reader) : null;
    return { slots: decodeSlots(reader), total, droppedAtMs };
  }
}
