import type { StateReader, StateWriter } from '../engine/state-port';
import type { ValueReader } from '../values/event-reader';
import type { ValueTest } from '../values/predicate';
import { asLabel } from '../values/reading';
import { keepLatest } from './total-track';
import { decodeSlots, encodeSlots, type Entry, type Evaluation, type LeafFacts, type Track, type TrackState } from './track';

/** Distinct values of one user that are counted; a new one then takes the place of the rarest and the leaf says that it is approximate. */
export const MAX_TALLIED = 256;

export interface TallyState extends TrackState {
  readonly counts: Map<string, number>;
  /** The most frequent; of equally frequent ones the first by UTF-16 units. */
  winner: string | undefined;
  /** A value was given up. */
  lossy: boolean;
  /** The latest event with a value, for evidence. */
  slots: number[];
}

export interface TallyLeaf {
  readonly id: number;
  readonly test: ValueTest;
}

/** The most frequent value over all time. */
export class TallyTrack implements Track<TallyState> {
  readonly leaves: TallyLeaf[] = [];
  private readonly read: unknown[] = [];

  constructor(
    readonly id: number,
    readonly label: string,
    private readonly values: ValueReader,
  ) {}

  create(): TallyState {
    return { counts: new Map(), winner: undefined, lossy: false, slots: [] };
  }

  add(state: TallyState, { user, reader, slot, atMs }: Entry): void {
    this.read.length = 0;
    this.values(reader, this.read);
    let counted = false;
    for (const value of this.read) {
      const label = asLabel(value);
      if (label === undefined) continue;
      counted = true;
      count(state, label);
    }
    if (counted) keepLatest(state, slot, atMs, user.times);
  }

  prune(): void {
    // Nothing leaves it.
  }

  judge(state: TallyState, index: number, at: Evaluation): number {
    const { id, test } = this.leaves[index]!;
    at.set(id, test(state.winner, at.nowMs));
    return Infinity;
  }

  facts({ winner, slots, lossy }: TallyState): LeafFacts {
    return { actual: winner ?? null, slots, approximate: lossy };
  }

  encode(state: TallyState, writer: StateWriter): void {
    writer.varint(state.lossy ? 1 : 0);
    writer.varint(state.counts.size);
    for (const [label, count] of state.counts) {
      writer.text(label);
      writer.varint(count);
    }
    encodeSlots(state.slots, writer);
  }

  decode(reader: StateReader): TallyState {
    const state = this.create();
    state.lossy = reader.varint() === 1;
    const size = reader.varint();
    for (let i = 0; i < size; i++) state.counts.set(reader.text(), reader.varint());
    state.slots = decodeSlots(reader);
    state.winner = mostFrequent(state.counts);
    return state;
  }
}

/** Of equally frequent ones the first by UTF-16 units; `undefined` of none. */
export function mostFrequent(counts: ReadonlyMap<string, number>): string | undefined {
  let winner: string | undefined;
  let most = 0;
  for (const [label, count] of counts) {
    if (count < most || (count === most && winner !== undefined && label > winner)) continue;
    winner = label;
    most = count;
  }
  return winner;
}

/** Counts only grow, so only the value just counted can take the lead. */
function count(state: TallyState, label: string): void {
  const { counts } = state;
  const times = (counts.get(label) ?? 0) + 1;
  if (times === 1 && counts.size >= MAX_TALLIED) giveUpRarest(state);
  counts.set(label, times);
  const lead = state.winner === undefined ? 0 : counts.get(state.winner)!;
  if (times > lead || (times === lead && label < state.winner!)) state.winner = label;
}

function giveUpRarest(state: TallyState): void {
  let rarest = '';
  let least = Infinity;
  for (const [label, count] of state.counts) {
    if (count >= least || label === state.winner) continue;
    rarest = label;
    least = count;
  }
  state.counts.delete(rarest);
  state.lossy = true;
}
