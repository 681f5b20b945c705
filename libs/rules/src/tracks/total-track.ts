import type { StateReader, StateWriter } from '../engine/state-port';
import { holds, type Comparison } from '../values/comparison';
import type { ValueReader } from '../values/event-reader';
import { ExactSum } from '../values/exact-sum';
import { asNumber } from '../values/reading';
import { decodeList, decodeSlots, encodeSlots, type Entry, type Evaluation, type LeafFacts, type Track, type TrackState } from './track';

export interface TotalState extends TrackState {
  /** The latest event with a value, for evidence. */
  slots: number[];
  count: number;
  readonly sum: ExactSum;
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
    return { slots: [], count: 0, sum: new ExactSum() };
  }

  add(state: TotalState, { user, reader, slot, atMs }: Entry): void {
    this.read.length = 0;
    this.values(reader, this.read);
    const before = state.count;
    for (const value of this.read) {
      const number = asNumber(value);
      if (number === undefined) continue;
      state.count++;
      state.sum.add(number);
    }
    if (state.count > before) keepLatest(state, slot, atMs, user.times);
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

  encode(state: TotalState, writer: StateWriter): void {
    const { whole, partials } = state.sum.parts;
    writer.varint(state.count);
    writer.varint(partials === null ? 0 : partials.length + 1);
    if (partials === null) writer.number(whole);
    else for (const partial of partials) writer.number(partial);
    encodeSlots(state.slots, writer);
  }

  decode(reader: StateReader): TotalState {
    const count = reader.varint();
    const kind = reader.varint();
    const sum =
      kind === 0
        ? new ExactSum(reader.number())
        : new ExactSum(
            0,
            decodeList(kind - 1, () => reader.number()),
          );
    return { slots: decodeSlots(reader), count, sum };
  }
}

/** The sum of nothing is 0; a mean of nothing compares with nothing. */
export function compareTotal(aggregate: 'sum' | 'avg', comparison: Comparison, sum: number, count: number): boolean {
  if (aggregate === 'sum') return holds(comparison, sum);
  return count > 0 && holds(comparison, sum / count);
}

/** Notes the event unless a later one is noted. */
export function keepLatest(state: TrackState, slot: number, atMs: number, times: readonly number[]): void {
  if (state.slots.length === 0) state.slots = [slot];
  else if (times[state.slots[0]!]! <= atMs) state.slots[0] = slot;
}
