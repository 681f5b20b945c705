import type { StateReader, StateWriter } from '../engine/state-port';
import type { UserRuleState } from '../engine/user-rule-state';
import type { TimesState, TimesTrack } from './times-track';
import { decodeSlots, encodeSlots, type Evaluation, type LeafFacts, type Moment, type Track, type TrackState } from './track';

/** Events per step that sequences look at; beyond it the oldest are left out and the leaf says that it is approximate. */
export const MAX_STEP_EVENTS = 256;
const NONE: readonly number[] = [];

export interface SequenceState extends TrackState {
  /** The events of a sequence that holds for good; empty before. */
  slots: number[];
}

export interface Step {
  readonly track: TimesTrack;
  /** Less than this after the step before; Infinity without a limit. */
  readonly gapMs: number;
}

export interface SequenceLeaf {
  readonly id: number;
  /** The steps that happened. */
  readonly steps: readonly Step[];
  /** What must not follow the last of them. */
  readonly absent: { readonly track: TimesTrack; readonly mode: 'within' | 'since'; readonly forMs: number } | undefined;
  /** Of the first step; Infinity for all time. */
  readonly windowMs: number;
}

/**
 * One sequence, judged from the event lists of its steps. For each event that can be the last step, of all chains that lead to it the one
 * that begins latest counts, for it stays in the window longest. Later events never have earlier chains, so the latest event that ends a
 * chain of the steps before is the one to follow, and one pass per step finds all.
 */
export class SequenceTrack implements Track<SequenceState> {
  readonly leaves: readonly SequenceLeaf[];
  private readonly tracks: readonly TimesTrack[];
  private chains = new Chains();
  private spare = new Chains();
  private endSlot = -1;

  constructor(
    readonly id: number,
    readonly label: string,
    private readonly leaf: SequenceLeaf,
  ) {
    this.leaves = [leaf];
    this.tracks = [...leaf.steps.map(({ track }) => track), ...(leaf.absent === undefined ? [] : [leaf.absent.track])];
  }

  create(): SequenceState {
    return { slots: [] };
  }

  add(): void {
    // Reads the lists of its steps.
  }

  prune(): void {
    // Keeps no list of its own.
  }

  judge(state: SequenceState, _index: number, at: Evaluation): number {
    const { absent, windowMs, id, steps } = this.leaf;
    const lastsForGood = absent === undefined && windowMs === Infinity;
    if (!lastsForGood || state.slots.length === 0) this.link(at.user);
    if (!lastsForGood) {
      const flipAtMs = this.span(at.user, at.nowMs);
      at.set(id, this.endSlot >= 0);
      return flipAtMs;
    }
    const { size, slots } = this.chains;
    if (state.slots.length === 0 && size > 0) state.slots = chainOf(steps, at.user, slots[size - 1]!);
    at.set(id, state.slots.length > 0);
    return Infinity;
  }

  facts(state: SequenceState, _index: number, at: Moment): LeafFacts {
    const slots = this.evidence(state, at.user, at.nowMs);
    const holdsForGood = state.slots.length > 0;
    const approximate = !holdsForGood && this.tracks.some((track) => isCut(track, this.leaf.windowMs, at));
    if (slots.length > 0) return { actual: slots.length, slots, steps: slots.length, approximate };
    const { steps, slot } = this.progress(at.user, at.nowMs);
    return { actual: steps, slots: slot < 0 ? [] : [slot], steps, approximate };
  }

  encode(state: SequenceState, writer: StateWriter): void {
    encodeSlots(state.slots, writer);
  }

  decode(reader: StateReader): SequenceState {
    const state = this.create();
    state.slots = decodeSlots(reader);
    return state;
  }

  /** The events of the chain thanks to which it holds now; empty when it does not. */
  private evidence(state: SequenceState, user: UserRuleState, nowMs: number): readonly number[] {
    if (state.slots.length > 0) return state.slots;
    this.link(user);
    this.span(user, nowMs);
    return this.endSlot < 0 ? NONE : chainOf(this.leaf.steps, user, this.endSlot);
  }

  /** How many of the steps have happened in order, with the latest event of the last of them; 0 and -1 when none. */
  private progress(user: UserRuleState, nowMs: number): { readonly steps: number; readonly slot: number } {
    for (let count = this.leaf.steps.length; count > 0; count--) {
      this.link(user, count);
      const last = this.chains.size - 1;
      if (last >= 0 && this.chains.beganAtMs[last]! + this.leaf.windowMs > nowMs) return { steps: count, slot: this.chains.slots[last]! };
    }
    return { steps: 0, slot: -1 };
  }

  /** Leaves the chains of the first `count` steps in `chains`, ascending by the time of their last event and by that of their first. */
  private link(user: UserRuleState, count = this.leaf.steps.length): void {
    this.chains.start(slotsOf(this.leaf.steps[0]!.track, user), user.times);
    for (let i = 1; i < count; i++) {
      const { track, gapMs } = this.leaf.steps[i]!;
      this.spare.follow(this.chains, slotsOf(track, user), { times: user.times, gapMs });
      [this.chains, this.spare] = [this.spare, this.chains];
    }
  }

  /**
   * A chain holds while from ≤ now < until: from its last event, or when that was long enough without the absent one, until its first leaves.
   * Leaves the end of one that holds in `endSlot`, -1 when none does. @returns when that changes
   */
  private span(user: UserRuleState, nowMs: number): number {
    const { absent, windowMs } = this.leaf;
    const { size, atMs, beganAtMs, slots } = this.chains;
    const { times } = user;
    const followers = absent === undefined ? NONE : slotsOf(absent.track, user);
    const waitMs = absent === undefined ? 0 : absent.forMs;
    let next = 0;
    let coveredUntilMs = -Infinity;
    this.endSlot = -1;
    for (let i = 0; i < size; i++) {
      const lastAtMs = atMs[i]!;
      while (next < followers.length && times[followers[next]!]! <= lastAtMs) next++;
      const followed = next < followers.length && (absent!.mode === 'since' || times[followers[next]!]! - lastAtMs < waitMs);
      const fromMs = lastAtMs + waitMs;
      const untilMs = beganAtMs[i]! + windowMs;
      if (followed || untilMs <= nowMs || untilMs <= fromMs) continue;
      if (fromMs > nowMs && coveredUntilMs === -Infinity) return fromMs;
      if (fromMs > nowMs && fromMs > coveredUntilMs) break;
      if (fromMs <= nowMs) this.endSlot = slots[i]!;
      if (untilMs > coveredUntilMs) coveredUntilMs = untilMs;
    }
    return this.endSlot >= 0 ? coveredUntilMs : Infinity;
  }
}

/** Columns of chains, reused from user to user. */
class Chains {
  size = 0;
  slots: number[] = [];
  atMs: number[] = [];
  beganAtMs: number[] = [];

  start(slots: readonly number[], times: readonly number[]): void {
    this.size = 0;
    for (let i = 0; i < slots.length; i++) this.push(slots[i]!, times[slots[i]!]!, times[slots[i]!]!);
  }

  follow(before: Chains, slots: readonly number[], { times, gapMs }: { times: readonly number[]; gapMs: number }): void {
    this.size = 0;
    let latest = -1;
    for (let i = 0; i < slots.length; i++) {
      const atMs = times[slots[i]!]!;
      while (latest + 1 < before.size && before.atMs[latest + 1]! < atMs) latest++;
      if (latest >= 0 && atMs - before.atMs[latest]! < gapMs) this.push(slots[i]!, atMs, before.beganAtMs[latest]!);
    }
  }

  private push(slot: number, atMs: number, beganAtMs: number): void {
    this.slots[this.size] = slot;
    this.atMs[this.size] = atMs;
    this.beganAtMs[this.size] = beganAtMs;
    this.size++;
  }
}

function slotsOf(track: TimesTrack, user: UserRuleState): readonly number[] {
  return (user.track(track.id) as TimesState | undefined)?.slots ?? NONE;
}

/** True when events of the window were given up, so that a late one may miss its companion. */
function isCut(track: TimesTrack, windowMs: number, { user, nowMs }: Moment): boolean {
  const state = user.track(track.id) as TimesState | undefined;
  return state !== undefined && state.droppedAtMs !== null && state.droppedAtMs + windowMs > nowMs;
}

/** The latest-beginning chain that ends with the event, which must end one. Slow: for evidence. */
function chainOf(steps: readonly Step[], user: UserRuleState, endSlot: number): number[] {
  const ends = new Set<string>(); // events that no chain leads to
  const back = (step: number, slot: number): number[] | undefined => {
    if (step === 0) return [slot];
    if (ends.has(`${step}:${slot}`)) return undefined;
    const { times } = user;
    const candidates = slotsOf(steps[step - 1]!.track, user).filter(
      (earlier) => times[earlier]! < times[slot]! && times[slot]! - times[earlier]! < steps[step]!.gapMs,
    );
    for (const earlier of candidates.reverse()) {
      const chain = back(step - 1, earlier);
      if (chain !== undefined) return [...chain, slot];
    }
    ends.add(`${step}:${slot}`);
    return undefined;
  };
  return back(steps.length - 1, endSlot) ?? [endSlot];
}
