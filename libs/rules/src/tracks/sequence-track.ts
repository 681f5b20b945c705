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
 * that begins latest counts, for it stays in the window longest. Later events never have earlier chains: so without an absent step the latest
 * chain decides, found by going back from the end, and with one a single pass per step finds all.
 */
export class SequenceTrack implements Track<SequenceState> {
  readonly leaves: readonly SequenceLeaf[];
  private readonly tracks: readonly TimesTrack[];
  private chains = new Chains();
  private spare = new Chains();
  private endSlot = -1;
  /** Where `latestChain` looks in the list of each step. */
  private readonly places: number[] = [];

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
    const { absent, windowMs, id } = this.leaf;
    if (absent !== undefined) {
      this.link(at.user);
      const flipAtMs = this.span(at.user, at.nowMs);
      at.set(id, this.endSlot >= 0);
      return flipAtMs;
    }
    if (state.slots.length > 0) {
      at.set(id, true);
      return Infinity;
    }
    const chain = this.latestChain(at.user);
    const untilMs = chain === undefined ? -Infinity : at.user.times[chain[0]!]! + windowMs;
    at.set(id, untilMs > at.nowMs);
    if (untilMs === Infinity) state.slots = chain!;
    return untilMs > at.nowMs ? untilMs : Infinity;
  }

  facts(state: SequenceState, _index: number, at: Moment): LeafFacts {
    const slots = this.evidence(state, at);
    const holdsForGood = state.slots.length > 0;
    const approximate = !holdsForGood && this.tracks.some((track) => isCut(track, this.leaf.windowMs, at));
    if (slots.length > 0) return { actual: slots.length, slots, steps: slots.length, approximate };
    const { steps, slot } = this.progress(at);
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
  private evidence(state: SequenceState, { user, nowMs }: Moment): readonly number[] {
    const { absent, windowMs } = this.leaf;
    if (state.slots.length > 0) return state.slots;
    if (absent === undefined) {
      const chain = this.latestChain(user);
      return chain !== undefined && user.times[chain[0]!]! + windowMs > nowMs ? chain : NONE;
    }
    this.link(user);
    this.span(user, nowMs);
    if (this.endSlot < 0) return NONE;
    return this.latestChain(user, { end: this.endSlot }) ?? NONE;
  }

  /** How many of the steps have happened in order, with the latest event of the last of them; 0 and -1 when none. */
  private progress({ user, nowMs }: Moment): { readonly steps: number; readonly slot: number } {
    for (let count = this.leaf.steps.length; count > 0; count--) {
      const chain = this.latestChain(user, { count });
      if (chain !== undefined && user.times[chain[0]!]! + this.leaf.windowMs > nowMs) return { steps: count, slot: chain[count - 1]! };
    }
    return { steps: 0, slot: -1 };
  }

  /** Of the first `count` steps the chain that begins latest, or of those that end with the event `end`; `undefined` when there is none. */
  private latestChain(user: UserRuleState, { count = this.leaf.steps.length, end = -1 } = {}): number[] | undefined {
    const { steps } = this.leaf;
    for (let step = 0; step < count; step++) this.places[step] = slotsOf(steps[step]!.track, user).length - 1;
    if (end >= 0) this.places[count - 1] = slotsOf(steps[count - 1]!.track, user).indexOf(end);
    if (!this.reach(user, count - 1, Infinity, Infinity)) return undefined;
    return Array.from({ length: count }, (_, step) => slotsOf(steps[step]!.track, user)[this.places[step]!]!);
  }

  /**
   * Moves the step's place back to the latest event before `beforeMs`, by less than `gapMs`, that a chain leads to. An event found without one
   * is passed by for good: whoever asks again asks for earlier ones. @returns false when there is none
   */
  private reach(user: UserRuleState, step: number, beforeMs: number, gapMs: number): boolean {
    const slots = slotsOf(this.leaf.steps[step]!.track, user);
    for (; this.places[step]! >= 0; this.places[step]!--) {
      const atMs = user.times[slots[this.places[step]!]!]!;
      if (atMs >= beforeMs) continue;
      if (gapMs !== Infinity && beforeMs - atMs >= gapMs) return false;
      if (step === 0 || this.reach(user, step - 1, atMs, this.leaf.steps[step]!.gapMs)) return true;
    }
    return false;
  }

  /** Leaves the chains of the steps that happened in `chains`, ascending by the time of their last event and by that of their first. */
  private link(user: UserRuleState): void {
    const { steps } = this.leaf;
    this.chains.start(slotsOf(steps[0]!.track, user), user.times);
    for (let i = 1; i < steps.length; i++) {
      const { track, gapMs } = steps[i]!;
      this.spare.follow(this.chains, slotsOf(track, user), { times: user.times, gapMs });
      [this.chains, this.spare] = [this.spare, this.chains];
    }
  }

  /**
   * With an absent step a chain holds while from ≤ now < until: from the time that its last event was long enough without the absent one, until
   * its first event leaves.
   * Leaves the end of one that holds in `endSlot`, -1 when none does. @returns when that changes
   */
  private span(user: UserRuleState, nowMs: number): number {
    const { windowMs } = this.leaf;
    const { track, mode, forMs: waitMs } = this.leaf.absent!;
    const { size, atMs, beganAtMs, slots } = this.chains;
    const { times } = user;
    const followers = slotsOf(track, user);
    let next = 0;
    let coveredUntilMs = -Infinity;
    this.endSlot = -1;
    for (let i = 0; i < size; i++) {
      const lastAtMs = atMs[i]!;
      while (next < followers.length && times[followers[next]!]! <= lastAtMs) next++;
      const followed = next < followers.length && (mode === 'since' || times[followers[next]!]! - lastAtMs < waitMs);
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
