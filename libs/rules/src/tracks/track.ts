import type { StateReader, StateWriter } from '../engine/state-port';
import type { UserRuleState } from '../engine/user-rule-state';
import type { EventReader } from '../values/event-reader';

/** What a track keeps for one user. */
export interface TrackState {
  /** The first moment after the last evaluation at which a leaf of the track turns without a further event. */
  nextFlipAtMs: number;
}

/** An event that a track is given: its reader, and its slot in the user's event table. */
export interface Entry {
  readonly user: UserRuleState;
  readonly reader: EventReader;
  readonly slot: number;
  readonly atMs: number;
}

/** A user at a clock. */
export interface Moment {
  readonly user: UserRuleState;
  readonly nowMs: number;
}

/** Takes the truth of leaves at one moment. */
export interface Evaluation extends Moment {
  set(leaf: number, truth: boolean): void;
}

/** What was compared and the events that gave it. */
export interface LeafFacts {
  /** `null` when there is none, e.g. the mean of nothing. */
  readonly actual: string | number | boolean | null;
  /** Slots of the latest events that count, by time. */
  readonly slots: readonly number[];
  /** The value of each of them, where one was read. */
  readonly values?: readonly (string | number)[];
  /** Something was left out for want of room, so that the truth may be another. */
  readonly approximate: boolean;
  /** Of a sequence: steps done. */
  readonly steps?: number;
}

/** Events told as evidence of one leaf at most. */
export const MAX_EVIDENCE = 10;

/** Tells the truth of every leaf of the track and notes when the next one turns. */
export function evaluate(track: Track, state: TrackState, at: Evaluation): void {
  let nextFlipAtMs = Infinity;
  for (let i = 0; i < track.leaves.length; i++) {
    const flipAtMs = track.judge(state, i, at);
    if (flipAtMs < nextFlipAtMs) nextFlipAtMs = flipAtMs;
  }
  state.nextFlipAtMs = nextFlipAtMs;
}

/**
 * An accumulator that several leaf conditions share, declared once per rule set. All of its methods keep to what the events say, never to the
 * order they came in (but for events at the very same millisecond).
 */
export interface Track<S extends TrackState = TrackState> {
  readonly id: number;
  /** Which events or trait, in words. */
  readonly label: string;
  readonly leaves: readonly { readonly id: number }[];
  create(): S;
  /** Takes an event that is not after the user's clock. */
  add(state: S, entry: Entry): void;
  /** Tells the truth of the leaf. @returns when it turns without a further event, after now; Infinity when never */
  judge(state: S, index: number, at: Evaluation): number;
  /** What the truth of the leaf rests on. */
  facts(state: S, index: number, at: Moment): LeafFacts;
  /** Forgets what no leaf can need at `nowMs` or later. */
  prune(state: S, user: UserRuleState, nowMs: number): void;
  /** The lists of event slots in it, to be renumbered in place. */
  slotLists(state: S): readonly number[][];
  encode(state: S, writer: StateWriter): void;
  decode(reader: StateReader): S;
}

/** Inserts by event time, behind those of the same time. @returns the index */
export function insertByTime(slots: number[], slot: number, times: readonly number[]): number {
  const atMs = times[slot]!;
  let i = slots.length;
  while (i > 0 && times[slots[i - 1]!]! > atMs) i--;
  if (i === slots.length) slots.push(slot);
  else slots.splice(i, 0, slot);
  return i;
}

/** Index of the first event that is in the window: now < t + windowMs. `slots` ascend by time. */
export function firstInWindow(slots: readonly number[], times: readonly number[], windowMs: number, nowMs: number): number {
  let i = slots.length;
  while (i > 0 && times[slots[i - 1]!]! + windowMs > nowMs) i--;
  return i;
}

export function encodeSlots(slots: readonly number[], writer: StateWriter): void {
  writer.varint(slots.length);
  for (let i = 0; i < slots.length; i++) writer.varint(slots[i]!);
}

export function decodeSlots(reader: StateReader): number[] {
  const size = reader.varint();
  const slots: number[] = [];
  for (let i = 0; i < size; i++) slots.push(reader.varint());
  return slots;
}

/** A time, or -Infinity for none. */
export function encodeMoment(timeMs: number, writer: StateWriter): void {
  writer.varint(timeMs === -Infinity ? 0 : 1);
  if (timeMs !== -Infinity) writer.number(timeMs);
}

export function decodeMoment(reader: StateReader): number {
  return reader.varint() === 0 ? -Infinity : reader.number();
}
