import type { StateReader, StateWriter } from '../engine/state-port';
import type { UserRuleState } from '../engine/user-rule-state';
import type { EventReader } from '../values/event-reader';

/** What a track keeps for one user. */
export interface TrackState {
  /** Slots of the events it refers to, mostly by time. Lists of a few are held without slack: see `insertAt`. */
  slots: number[];
}

/** An event that tracks are given: its reader, and its slot in the user's event table. */
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
export const MAX_EVIDENCE = 5;
/** Lists up to here grow by one, so that many users fit into memory; longer ones by V8's own policy. */
const TIGHT = 8;

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
  encode(state: S, writer: StateWriter): void;
  decode(reader: StateReader): S;
}

/** Tells the truth of every leaf of the track. @returns when the next one turns */
export function evaluate(track: Track, state: TrackState, at: Evaluation): number {
  let nextFlipAtMs = Infinity;
  for (let i = 0; i < track.leaves.length; i++) {
    const flipAtMs = track.judge(state, i, at);
    if (flipAtMs < nextFlipAtMs) nextFlipAtMs = flipAtMs;
  }
  return nextFlipAtMs;
}

/** Where an event of that time belongs: behind those of the same time. `slots` ascend by time. */
export function placeByTime(slots: readonly number[], atMs: number, times: readonly number[]): number {
  let i = slots.length;
  while (i > 0 && times[slots[i - 1]!]! > atMs) i--;
  return i;
}

/** The list with the item at `index`, perhaps a new one. */
export function insertAt<T>(list: T[], index: number, item: T): T[] {
  const size = list.length;
  if (size >= TIGHT) {
    if (index === size) list.push(item);
    else list.splice(index, 0, item);
    return list;
  }
  if (size === 0) return [item];
  const grown = new Array<T>(size + 1);
  for (let i = 0; i < index; i++) grown[i] = list[i]!;
  grown[index] = item;
  for (let i = index; i < size; i++) grown[i + 1] = list[i]!;
  return grown;
}

/** Drops the first `count` items in place. */
export function dropFirst(list: unknown[], count: number): void {
  if (count === 1) list.shift();
  else if (count === list.length) list.length = 0;
  else if (count > 0) list.splice(0, count);
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
  return decodeList(reader.varint(), () => reader.varint());
}

/** Reads a list without slack. @throws RangeError when it is longer than what is left can hold */
export function decodeList<T>(size: number, read: () => T): T[] {
  if (size === 0) return [];
  if (size === 1) return [read()];
  const list: T[] = [read()];
  for (let i = 1; i < size; i++) list.push(read());
  return size <= TIGHT ? list.slice() : list;
}

/** A time, or `null` for none. */
export function encodeMoment(timeMs: number | null, writer: StateWriter): void {
  writer.varint(timeMs === null ? 0 : 1);
  if (timeMs !== null) writer.number(timeMs);
}

export function decodeMoment(reader: StateReader): number | null {
  return reader.varint() === 0 ? null : reader.number();
}
