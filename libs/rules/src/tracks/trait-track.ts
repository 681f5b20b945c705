import type { StateReader, StateWriter } from '../engine/state-port';
import { relativeSpan, type ValueTest } from '../values/predicate';
import { asTimeMs, keptTrait, valueAt } from '../values/reading';
import { decodeSlots, encodeSlots, type Entry, type Evaluation, type LeafFacts, type Track, type TrackState } from './track';

export interface TraitState extends TrackState {
  /** `undefined` before any identify call named the trait. */
  value: unknown;
  /** Event time of the call; -Infinity before any. */
  atMs: number;
  /** Its event, for evidence. */
  slots: number[];
}

export interface TraitLeaf {
  readonly id: number;
  readonly test: ValueTest;
  /** For operators that look at the clock. */
  readonly relative: { readonly op: 'withinLast' | 'withinNext'; readonly spanMs: number } | undefined;
}

/** The latest value of a trait by event time; of calls at the same millisecond the one that came later. */
export class TraitTrack implements Track<TraitState> {
  readonly leaves: TraitLeaf[] = [];
  private readonly path: readonly string[];

  constructor(
    readonly id: number,
    readonly label: string,
  ) {
    this.path = label.split('.');
  }

  create(): TraitState {
    return { value: undefined, atMs: -Infinity, slots: [] };
  }

  add(state: TraitState, { reader, slot, atMs }: Entry): void {
    const { found, value } = valueAt(reader.traits, this.path);
    if (!found || atMs < state.atMs) return;
    state.value = keptTrait(value);
    state.atMs = atMs;
    state.slots = [slot];
  }

  prune(): void {
    // One value, for ever.
  }

  judge(state: TraitState, index: number, at: Evaluation): number {
    const { id, test, relative } = this.leaves[index]!;
    at.set(id, test(state.value, at.nowMs));
    const momentMs = relative === undefined ? undefined : asTimeMs(state.value);
    if (momentMs === undefined) return Infinity;
    const { fromMs, untilMs } = relativeSpan(relative!.op, relative!.spanMs, momentMs);
    if (at.nowMs < fromMs) return fromMs;
    return at.nowMs < untilMs ? untilMs : Infinity;
  }

  facts({ value, slots }: TraitState): LeafFacts {
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const actual = isPlain ? value : value === undefined || value === null ? null : JSON.stringify(value);
    return { actual, slots, approximate: false };
  }

  encode(state: TraitState, writer: StateWriter): void {
    encodeSlots(state.slots, writer);
    if (state.slots.length === 0) return;
    writer.number(state.atMs);
    writer.text(JSON.stringify(state.value));
  }

  decode(reader: StateReader): TraitState {
    const state = this.create();
    state.slots = decodeSlots(reader);
    if (state.slots.length === 0) return state;
    state.atMs = reader.number();
    state.value = JSON.parse(reader.text());
    return state;
  }
}
