import type { StateReader, StateWriter } from '../engine/state-port';
import { formatTime } from '../language/duration';
import type { ValueTest } from '../values/predicate';
import { decodeSlots, encodeSlots, type Entry, type Evaluation, type LeafFacts, type Moment, type Track, type TrackState } from './track';

export interface EndsLeaf {
  readonly id: number;
  readonly end: 'first' | 'last';
  readonly test: ValueTest;
  /** Of `withinLast`; `undefined` for operators that do not look at the clock. */
  readonly withinLastMs: number | undefined;
}

/** The first and the last time of the selected events: two slots, or none. */
export class EndsTrack implements Track {
  readonly leaves: EndsLeaf[] = [];

  constructor(
    readonly id: number,
    readonly label: string,
  ) {}

  create(): TrackState {
    return { slots: [] };
  }

  add(state: TrackState, { user, slot, atMs }: Entry): void {
    const { slots } = state;
    if (slots.length === 0) {
      state.slots = [slot, slot];
      return;
    }
    if (atMs < user.times[slots[0]!]!) slots[0] = slot;
    if (atMs > user.times[slots[1]!]!) slots[1] = slot;
  }

  prune(): void {
    // Both ends stay.
  }

  judge({ slots }: TrackState, index: number, at: Evaluation): number {
    const { id, end, test, withinLastMs } = this.leaves[index]!;
    const momentMs = slots.length === 0 ? undefined : at.user.times[slots[end === 'first' ? 0 : 1]!]!;
    const truth = momentMs !== undefined && test(momentMs, at.nowMs);
    at.set(id, truth);
    return truth && withinLastMs !== undefined ? momentMs + withinLastMs : Infinity;
  }

  facts({ slots }: TrackState, index: number, { user }: Moment): LeafFacts {
    const slot = slots[this.leaves[index]!.end === 'first' ? 0 : 1];
    if (slot === undefined) return { actual: null, slots: [], approximate: false };
    return { actual: formatTime(user.times[slot]!), slots: [slot], approximate: false };
  }

  encode({ slots }: TrackState, writer: StateWriter): void {
    encodeSlots(slots, writer);
  }

  decode(reader: StateReader): TrackState {
    return { slots: decodeSlots(reader) };
  }
}
