import type { StateReader, StateWriter } from '../engine/state-port';
import type { UserRuleState } from '../engine/user-rule-state';
import type { ValueReader } from '../values/event-reader';
import { hash53 } from '../values/hash';
import { asIdentity } from '../values/reading';
import { KeptRanks, type Need } from './kept-ranks';
import {
  decodeList,
  decodeSlots,
  dropFirst,
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

export interface DistinctState extends TrackState {
  /** The latest event of each value, by time. */
  slots: number[];
  /** 53-bit hash of each value. */
  hashes: number[];
}

/**
 * Number of distinct values, in windows or over all time: a value is in a window while its latest event is, so to compare with n the n + 1
 * values seen last suffice. Exact but for collisions of 53-bit hashes.
 */
export class DistinctTrack implements Track<DistinctState> {
  readonly leaves: WindowCount[] = [];
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
    return { slots: [], hashes: [] };
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
      if (known >= 0) {
        state.slots.splice(known, 1);
        state.hashes.splice(known, 1);
      }
      const place = placeByTime(state.slots, atMs, user.times);
      state.slots = insertAt(state.slots, place, slot);
      state.hashes = insertAt(state.hashes, place, hash);
    }
    this.prune(state, user, user.clockMs);
  }

  prune(state: DistinctState, { times }: UserRuleState, nowMs: number): void {
    const surplus = this.ranks.surplus(state.slots, times, nowMs);
    dropFirst(state.slots, surplus);
    dropFirst(state.hashes, surplus);
  }

  judge({ slots }: DistinctState, index: number, at: Evaluation): number {
    return judgeCount(this.leaves[index]!, slots, at);
  }

  facts({ slots }: DistinctState, index: number, { user, nowMs }: Moment): LeafFacts {
    const inside = slots.slice(firstInWindow(slots, user.times, this.leaves[index]!.windowMs, nowMs));
    return { actual: inside.length, slots: inside.slice(-MAX_EVIDENCE), approximate: false };
  }

  encode(state: DistinctState, writer: StateWriter): void {
    encodeSlots(state.slots, writer);
    for (const hash of state.hashes) writer.varint(hash);
  }

  decode(reader: StateReader): DistinctState {
    const slots = decodeSlots(reader);
    return { slots, hashes: decodeList(slots.length, () => reader.varint()) };
  }
}
