import type { Event } from '@tradewind/contracts';
import { MAX_STEP_EVENTS } from '../tracks/sequence-track';
import type { TimesState } from '../tracks/times-track';
import { evaluate, type Entry, type Evaluation, type Track } from '../tracks/track';
import { EventReader } from '../values/event-reader';
import { Explainer } from './explain';
import { decide, type Truths } from './logic';
import type { Plan } from './plan';
import type { MembershipChange } from './rule-engine';
import { selects, type Route, type StepOf } from './selectors';
import { bit, setBit, UserRuleState } from './user-rule-state';

export const NO_CHANGES: readonly MembershipChange[] = [];

/**
 * What happens to one user at one clock: tracks take an event, the touched ones are evaluated, then the rules that read a leaf that turned.
 * One round serves one user after the other, so its scratch space is shared.
 */
export class Round implements Evaluation, Truths, Entry {
  user = new UserRuleState('', [], [], null);
  nowMs = 0;
  slot = -1;
  atMs = 0;
  readonly reader = new EventReader();
  private readonly changedLeaves: number[] = [];
  /** Ids of tracks to evaluate, each once. */
  private readonly touched: number[] = [];
  private readonly isTouched: Uint8Array;
  private readonly isDirty: Uint8Array;
  /** Rules before it are not dirty. */
  private dirtyFrom: number;

  constructor(private readonly plan: Plan) {
    this.isTouched = new Uint8Array(plan.tracks.length);
    this.isDirty = new Uint8Array(plan.rules.length);
    this.dirtyFrom = this.isDirty.length;
  }

  /** The leaf bits of a user without events, whose key no leaf knows. */
  truthsOfNobody(): readonly number[] {
    const leafBits = Array.from({ length: (this.plan.leafCount + 31) >>> 5 }, () => 0);
    this.user = new UserRuleState('', leafBits, [], null);
    for (const track of this.plan.tracks) evaluate(track, track.create(), this);
    this.changedLeaves.length = 0;
    return leafBits;
  }

  /** Turns to the user, at the user's clock. */
  begin(user: UserRuleState): void {
    this.user = user;
    this.nowMs = user.clockMs;
  }

  /** The next `settle` judges every rule. */
  judgeAll(): void {
    this.isDirty.fill(1);
    this.dirtyFrom = 0;
  }

  /** Evaluates all tracks of a state that was just read and whose rules are settled. */
  refresh(user: UserRuleState): void {
    this.begin(user);
    const { trackIds, tracks, flips } = user;
    for (let i = 0; i < tracks.length; i++) flips[i] = evaluate(this.plan.tracks[trackIds[i]!]!, tracks[i]!, this);
    this.changedLeaves.length = 0;
    this.schedule();
  }

  /** Hands the event to every track that wants it. */
  feed(event: Event, { selectors, traits }: Route): void {
    this.reader.read(event);
    this.atMs = event.occurredAtMs;
    this.slot = -1;
    for (let i = 0; i < selectors.length; i++) {
      const selector = selectors[i]!;
      if (!selects(selector, this.reader)) continue;
      for (let k = 0; k < selector.tracks.length; k++) this.give(selector.tracks[k]!, event);
      for (let k = 0; k < selector.sequences.length; k++) {
        const link = selector.sequences[k]!;
        if (!this.mustWait(link)) this.touch(link.sequence.id);
      }
    }
    for (let i = 0; i < traits.length; i++) this.give(traits[i]!, event);
  }

  /** Touches the tracks of which a leaf turns at the clock. */
  touchDue(): void {
    const { flips, trackIds } = this.user;
    for (let i = 0; i < flips.length; i++) if (flips[i]! <= this.nowMs) this.touch(trackIds[i]!);
  }

  /** Evaluates what was touched, then the rules that read it. */
  settle(cause: Event | null): readonly MembershipChange[] {
    const { touched, changedLeaves, isDirty } = this;
    if (touched.length > 0) this.evaluateTouched();
    for (let i = 0; i < changedLeaves.length; i++) {
      for (const rule of this.plan.rulesOfLeaf[changedLeaves[i]!]!) {
        isDirty[rule] = 1;
        if (rule < this.dirtyFrom) this.dirtyFrom = rule;
      }
    }
    changedLeaves.length = 0;
    return this.dirtyFrom < isDirty.length ? this.judge(cause) : NO_CHANGES;
  }

  /** Finds when the next leaf turns or the next waiting event comes. */
  schedule(): void {
    const { flips, pending } = this.user;
    let next = pending.length > 0 ? pending[0]!.atMs : Infinity;
    for (let i = 0; i < flips.length; i++) if (flips[i]! < next) next = flips[i]!;
    this.user.nextCheckAtMs = next;
  }

  set(leaf: number, truth: boolean): void {
    const { leafBits } = this.user;
    if (bit(leafBits, leaf) === truth) return;
    setBit(leafBits, leaf, truth);
    this.changedLeaves.push(leaf);
  }

  leaf(id: number): boolean {
    return bit(this.user.leafBits, id);
  }

  rule(index: number): boolean {
    return bit(this.user.ruleBits, index);
  }

  private give(track: Track, event: Event): void {
    const { user } = this;
    if (this.slot < 0) {
      if (user.times.length >= user.compactAt) user.compact();
      this.slot = user.addEvent(event.occurredAtMs, event.messageId);
    }
    track.add(user.tracks[this.place(track.id)]!, this);
    this.touch(track.id);
  }

  /** True when the event makes and breaks no chain: the first step never happened, or nothing follows this early step and it pushed no other out. */
  private mustWait({ sequence, first, waitsFor }: StepOf): boolean {
    const { user, atMs } = this;
    if (user.track(first.id) === undefined && user.track(sequence.id) === undefined) return true;
    if (waitsFor === null) return false;
    const { slots, droppedAtMs } = user.track(waitsFor.step.id) as TimesState;
    const next = (user.track(waitsFor.next.id) as TimesState | undefined)?.slots;
    const isFollowed = next !== undefined && next.length > 0 && user.times[next[next.length - 1]!]! > atMs;
    return !isFollowed && (droppedAtMs === null || slots.length < MAX_STEP_EVENTS);
  }

  private touch(trackId: number): void {
    if (this.isTouched[trackId] === 1) return;
    this.isTouched[trackId] = 1;
    this.touched.push(trackId);
  }

  /** Where the user's state of the track is; made when there is none. */
  private place(trackId: number): number {
    const at = this.user.indexOf(trackId);
    if (this.user.trackIds[at] !== trackId) this.user.addTrack(at, trackId, this.plan.tracks[trackId]!.create());
    return at;
  }

  private evaluateTouched(): void {
    const { touched, user } = this;
    for (let i = 0; i < touched.length; i++) {
      const at = this.place(touched[i]!);
      user.flips[at] = evaluate(this.plan.tracks[touched[i]!]!, user.tracks[at]!, this);
      this.isTouched[touched[i]!] = 0;
    }
    touched.length = 0;
    this.schedule();
  }

  /** Rules come after those they ask for, so one pass settles them all. */
  private judge(cause: Event | null): readonly MembershipChange[] {
    const { plan, isDirty, user } = this;
    const changed: number[] = [];
    for (let rule = this.dirtyFrom; rule < isDirty.length; rule++) {
      if (isDirty[rule] === 0) continue;
      isDirty[rule] = 0;
      const member = decide(plan.rules[rule]!.logic, this);
      if (member === bit(user.ruleBits, rule)) continue;
      setBit(user.ruleBits, rule, member);
      changed.push(rule);
      for (const dependent of plan.rulesOfRule[rule]!) isDirty[dependent] = 1;
    }
    this.dirtyFrom = isDirty.length;
    if (changed.length === 0) return NO_CHANGES;
    const explainer = new Explainer(plan, user);
    return changed.map((rule) => this.tell(rule, cause, explainer));
  }

  private tell(rule: number, cause: Event | null, explainer: Explainer): MembershipChange {
    return {
      segmentId: this.plan.rules[rule]!.rule.id,
      kind: bit(this.user.ruleBits, rule) ? 'entered' : 'exited',
      atMs: this.nowMs,
      cause: cause === null ? null : { messageId: cause.messageId, name: cause.name, occurredAtMs: cause.occurredAtMs },
      evidence: explainer.evidence(this.plan.rules[rule]!.logic),
    };
  }
}
