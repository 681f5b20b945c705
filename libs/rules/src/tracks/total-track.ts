import type { StateReader, StateWriter } from '../engine/state-port';
import { holds, type Comparison } from '../values/comparison';
import type { ValueReader } from '../values/event-reader';
import { ExactSum } from '../values/exact-sum';
import { asNumber } from '../values/reading';
import { decodeSlots, encodeSlots, insertByTime, type Entry, type Evaluation, type LeafFacts, type Track, type TrackState } from './track';

export interface TotalState extends TrackState {
  count: number;
  readonly sum: ExactSum;
  /** The latest event with a value, for evidence. */
  slots: number[];
}

export interface TotalLeaf {
  readonly id: number;
  readonly aggregate: 'sum' | 'avg';
  readonly comparison: Comparison;
}

/** Sum and mean of a value over all time. */
export class TotalTrack implements Track<TotalState> {
  readonly leaves: TotalLeaf[] = [];
  private readonly read: unknown[] = [];

  constructor(
    readonly id: number,
    readonly label: string,
    private readonly values: ValueReader,
  ) {}

  create(): TotalState {
    return { nextFlipAtMs: Infinity, count: 0, sum: new ExactSum(), slots: [] };
  }

  add(state: TotalState, { user, reader, slot }: Entry): void {
    this.read.length = 0;
    this.values(reader, this.read);
    const before = state.count;
    for (const value of this.read) {
      const number = asNumber(value);
      if (number === undefined) continue;
      state.count++;
      state.sum.add(number);
    }
    if (state.count === before) return;
    insertByTime(state.slots, slot, user.times);
    if (state.slots.length > 1) state.slots.shift();
  }

  prune(): void {
    // Nothing leaves it.
  }

  judge(state: TotalState, index: number, at: Evaluation): number {
    const { id, aggregate, comparison } = this.leaves[index]!;
    at.set(id, compareTotal(aggregate, comparison, state.sum.value, state.count));
    return Infinity;
  }

  facts({ sum, count, slots }: TotalState, index: number): LeafFacts {
    const mean = count === 0 ? null : sum.value / count;
    return { actual: this.leaves[index]!.aggregate === 'sum' ? sum.value : mean, slots, approximate: false };
  }

  slotLists(state: TotalState): readonly number[][] {
    return [state.slots];
  }

  encode(state: TotalState, writer: StateWriter): void {
    const { partials } = state.sum;
    writer.varint(state.count);
    writer.varint(partials.length);
    for (const partial of partials) writer.number(partial);
    encodeSlots(state.slots, writer);
  }

  decode(reader: StateReader): TotalState {
    const state = this.create();
    state.count = reader.varint();
    const partials = reader.varint();
    for (let i = 0; i < partials; i++) state.sum.partials.push(reader.number());
    state.slots = decodeSlots(reader);
    return state;
  }
}

/** The sum of nothing is 0; a mean of nothing compares with nothing. */
export function compareTotal(aggregate: 'sum' | 'avg', comparison: Comparison, sum: number, count: number): boolean {
  if (aggregate === 'sum') return holds(comparison, sum);
  return count > 0 && holds(comparison, sum / count);
}
