import { EVENT, type Event } from '@tradewind/contracts';
import type { Rule } from '../language/rule';
import { EventReader } from '../values/event-reader';
import { decodeState, decodeStateFrom, encodeState, encodeStateTo } from './state-codec';
import { explainRule, evidenceOf, type Explanation, type RuleEvidence } from './explain';
import { decide, type Truths } from './logic';
import { createPlan, type Plan } from './plan';
import { RecentIds } from './recent-ids';
import { selects, type Route } from './selectors';
import type { StateReader, StateWriter } from './state-port';
import { bit, setBit, UserRuleState, type PendingEvent } from './user-rule-state';
import { evaluate, type Entry, type Evaluation, type Track, type TrackState } from '../tracks/track';

/** Events with a time after the clock that a user's state holds; of more, those furthest ahead are left out. */
export const MAX_PENDING = 64;
const NO_CHANGES: readonly MembershipChange[] = [];

/** A user entered or left a segment. */
export interface MembershipChange {
  readonly segmentId: string;
  readonly kind: 'entered' | 'exited';
  /** When it became so: the clock at which the event was taken, or the moment a window closed; epoch milliseconds UTC. */
  readonly atMs: number;
  /** The event that made it so; `null` when time alone did. */
  readonly cause: { readonly messageId: string; readonly name: string; readonly occurredAtMs: number } | null;
  /** The conditions that decided. */
  readonly evidence: readonly RuleEvidence[];
}

export interface RuleEngineOptions {
  /** How many of a user's message ids are remembered to drop repeats; 0 when the caller drops them. @default 128 */
  readonly duplicateWindow?: number;
}

/** Evaluates one rule set for many users, an event at a time. Pure: it reads no clock and keeps nothing between calls but the rules. */
export interface RuleEngine {
  readonly rules: readonly Rule[];
  /** 8 hex digits of what decides memberships; a changed one needs states made anew from the log. */
  readonly fingerprint: string;
  create(userKey: string): UserRuleState;
  /**
   * Takes an event of the user at the clock `nowMs`. First whatever fell due up to then is told, in order of time. An event that happens
   * after `nowMs` waits for its time. A clock before an earlier one counts as that one.
   */
  apply(state: UserRuleState, event: Event, nowMs: number): readonly MembershipChange[];
  /** What fell due up to `nowMs`, in order of time; call it at `state.nextCheckAtMs` or later. */
  advance(state: UserRuleState, nowMs: number): readonly MembershipChange[];
  /** False before the first `apply` or `advance`. @throws RangeError for an unknown segment */
  isMember(state: UserRuleState, segmentId: string): boolean;
  /** Ids of all segments the user is in, in the order of the rules. */
  memberships(state: UserRuleState): string[];
  /** Why the user is in the segment or not, and what would change it, as of the state's clock. @throws RangeError for an unknown segment */
  explain(state: UserRuleState, segmentId: string): Explanation;
  /** Appends the state; states that read the same events at the same clocks give equal bytes. Compacts the state. */
  encodeTo(state: UserRuleState, writer: StateWriter): void;
  encode(state: UserRuleState): Uint8Array;
  /** `null` when the record was made by another rule set: then the state must be made anew from the log. @throws STATE_CORRUPT */
  decode(userKey: string, record: Uint8Array): UserRuleState | null;
  /** As `decode`, from a larger record. @throws RangeError when it does not decode */
  decodeFrom(userKey: string, reader: StateReader): UserRuleState | null;
}

/** Compiles rules that `validateRules` accepted. */
export function createRuleEngine(rules: readonly Rule[], options: RuleEngineOptions = {}): RuleEngine {
  return new CompiledRules(rules, options.duplicateWindow ?? 128);
}

/** The engine, also the evaluation in progress: one event at a time, so its scratch space is shared by all users. */
export class CompiledRules implements RuleEngine, Evaluation, Truths {
  readonly fingerprint: string;
  /** @internal */
  readonly plan: Plan;
  user!: UserRuleState;
  nowMs = 0;
  private readonly reader = new EventReader();
  private readonly initialLeafBits: Uint32Array;
  private readonly changedLeaves: number[] = [];
  private readonly touched: Track[] = [];
  private readonly touchedStates: TrackState[] = [];
  private readonly isDirty: Uint8Array;
  /** Rules before it are not dirty. */
  private dirtyFrom: number;

  constructor(
    readonly rules: readonly Rule[],
    private readonly duplicateWindow: number,
  ) {
    this.plan = createPlan(rules, `duplicates ${duplicateWindow}`);
    this.fingerprint = this.plan.fingerprint;
    this.isDirty = new Uint8Array(this.plan.rules.length);
    this.dirtyFrom = this.isDirty.length;
    this.initialLeafBits = new Uint32Array((this.plan.leafCount + 31) >>> 5);
    const nobody = this.create('');
    this.user = nobody;
    for (const track of this.plan.tracks) evaluate(track, track.create(), this);
    for (const { leaf } of this.plan.keyLeaves) setBit(nobody.leafBits, leaf, false);
    this.initialLeafBits.set(nobody.leafBits);
    this.changedLeaves.length = 0;
  }

  create(userKey: string): UserRuleState {
    const leafBits = this.initialLeafBits.slice();
    for (const { leaf, test } of this.plan.keyLeaves) setBit(leafBits, leaf, test(userKey));
    const recent = this.duplicateWindow === 0 ? null : new RecentIds(this.duplicateWindow);
    return new UserRuleState(userKey, leafBits, new Uint32Array((this.plan.rules.length + 31) >>> 5), recent);
  }

  apply(state: UserRuleState, event: Event, nowMs: number): readonly MembershipChange[] {
    const due = state.started ? this.advance(state, nowMs) : this.meet(state, nowMs);
    const route = this.plan.router.find(event.type, event.name);
    const concerns = route.selectors.length > 0 || route.traits.length > 0;
    const isNew = concerns && (state.recent === null || event.messageId === '' || state.recent.add(event.messageId));
    this.begin(state);
    if (isNew && event.occurredAtMs > state.clockMs) this.defer(state, event);
    else if (isNew) this.feed(event, route);
    const changes = this.settle(event);
    return due.length === 0 ? changes : changes.length === 0 ? due : [...due, ...changes];
  }

  advance(state: UserRuleState, nowMs: number): readonly MembershipChange[] {
    let changes = NO_CHANGES;
    if (!state.started) {
      this.meet(state, nowMs);
      changes = this.settle(null);
    }
    while (state.nextCheckAtMs <= nowMs) {
      state.clockMs = Math.max(state.clockMs, state.nextCheckAtMs);
      const more = this.takeDue(state);
      if (more.length > 0) changes = [...changes, ...more];
    }
    if (nowMs > state.clockMs) state.clockMs = nowMs;
    return changes;
  }

  isMember(state: UserRuleState, segmentId: string): boolean {
    return bit(state.ruleBits, this.indexOf(segmentId));
  }

  memberships(state: UserRuleState): string[] {
    return this.rules.filter(({ id }) => this.isMember(state, id)).map(({ id }) => id);
  }

  explain(state: UserRuleState, segmentId: string): Explanation {
    return explainRule(this.plan, state, this.indexOf(segmentId));
  }

  encodeTo(state: UserRuleState, writer: StateWriter): void {
    encodeStateTo(this.plan, state, writer);
  }

  encode(state: UserRuleState): Uint8Array {
    return encodeState(this.plan, state);
  }

  decode(userKey: string, record: Uint8Array): UserRuleState | null {
    return decodeState(this, userKey, record);
  }

  decodeFrom(userKey: string, reader: StateReader): UserRuleState | null {
    return decodeStateFrom(this, userKey, reader);
  }

  /** Evaluation: takes a leaf's truth. */
  set(leaf: number, truth: boolean): void {
    if (bit(this.user.leafBits, leaf) === truth) return;
    setBit(this.user.leafBits, leaf, truth);
    this.changedLeaves.push(leaf);
  }

  leaf(id: number): boolean {
    return bit(this.user.leafBits, id);
  }

  rule(index: number): boolean {
    return bit(this.user.ruleBits, index);
  }

  /** @internal Evaluates all tracks of a state that was just read, at its clock. */
  refresh(state: UserRuleState): void {
    this.begin(state);
    state.trackIds.forEach((id, i) => evaluate(this.plan.tracks[id]!, state.tracks[i]!, this));
    this.changedLeaves.length = 0;
    this.schedule();
  }

  private begin(state: UserRuleState): void {
    this.user = state;
    this.nowMs = state.clockMs;
  }

  /** The first look at a user: the next `settle` judges all rules. */
  private meet(state: UserRuleState, nowMs: number): readonly MembershipChange[] {
    state.started = true;
    state.clockMs = nowMs;
    this.begin(state);
    this.isDirty.fill(1);
    this.dirtyFrom = 0;
    return NO_CHANGES;
  }

  /** Events whose time has come, then leaves that turn at the clock. */
  private takeDue(state: UserRuleState): readonly MembershipChange[] {
    this.begin(state);
    const isEventDue = state.pending.length > 0 && state.pending[0]!.atMs <= state.clockMs;
    const event = isEventDue ? EVENT.decode(state.pending.shift()!.bytes) : null;
    if (event !== null) this.feed(event, this.plan.router.find(event.type, event.name));
    this.touchDue();
    const changes = this.settle(event);
    this.schedule();
    return changes;
  }

  private touchDue(): void {
    const { tracks, trackIds } = this.user;
    for (let i = 0; i < tracks.length; i++) {
      if (tracks[i]!.nextFlipAtMs <= this.nowMs) this.touch(this.plan.tracks[trackIds[i]!]!, tracks[i]!);
    }
  }

  /** Hands the event to every track that wants it. */
  private feed(event: Event, { selectors, traits }: Route): void {
    const reader = this.reader.load(event);
    let entry: Entry | undefined;
    for (let i = 0; i < selectors.length; i++) {
      const selector = selectors[i]!;
      if (!selects(selector, reader)) continue;
      entry ??= this.enter(event);
      for (const track of selector.tracks) this.give(track, entry);
      for (const sequence of selector.sequences) this.touch(sequence, this.stateOf(sequence));
    }
    if (traits.length === 0) return;
    entry ??= this.enter(event);
    for (const trait of traits) this.give(trait, entry);
  }

  private enter(event: Event): Entry {
    const { user } = this;
    if (user.times.length >= user.compactAt) this.compact(user);
    const slot = user.addEvent(event.occurredAtMs, event.messageId);
    return { user, reader: this.reader, slot, atMs: event.occurredAtMs };
  }

  private compact(user: UserRuleState): void {
    user.compact(user.trackIds.flatMap((id, i) => this.plan.tracks[id]!.slotLists(user.tracks[i]!)));
  }

  private give(track: Track, entry: Entry): void {
    const state = this.stateOf(track);
    track.add(state, entry);
    this.touch(track, state);
  }

  private stateOf(track: Track): TrackState {
    const known = this.user.track(track.id);
    if (known !== undefined) return known;
    const made = track.create();
    this.user.addTrack(track.id, made);
    return made;
  }

  private touch(track: Track, state: TrackState): void {
    this.touched.push(track);
    this.touchedStates.push(state);
  }

  /** Evaluates what was touched, then the rules that read it. */
  private settle(cause: Event | null): readonly MembershipChange[] {
    const { touched, touchedStates, changedLeaves } = this;
    if (touched.length > 0) {
      for (let i = 0; i < touched.length; i++) evaluate(touched[i]!, touchedStates[i]!, this);
      touched.length = 0;
      touchedStates.length = 0;
      this.schedule();
    }
    for (const leaf of changedLeaves) {
      for (const rule of this.plan.rulesOfLeaf[leaf]!) {
        this.isDirty[rule] = 1;
        if (rule < this.dirtyFrom) this.dirtyFrom = rule;
      }
    }
    changedLeaves.length = 0;
    return this.dirtyFrom < this.isDirty.length ? this.judge(cause) : NO_CHANGES;
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
    return changed.length === 0 ? NO_CHANGES : changed.map((rule) => this.tell(rule, cause));
  }

  private tell(rule: number, cause: Event | null): MembershipChange {
    return {
      segmentId: this.plan.rules[rule]!.rule.id,
      kind: bit(this.user.ruleBits, rule) ? 'entered' : 'exited',
      atMs: this.nowMs,
      cause: cause === null ? null : { messageId: cause.messageId, name: cause.name, occurredAtMs: cause.occurredAtMs },
      evidence: evidenceOf(explainRule(this.plan, this.user, rule)),
    };
  }

  private schedule(): void {
    const { tracks, pending } = this.user;
    let next = pending.length > 0 ? pending[0]!.atMs : Infinity;
    for (let i = 0; i < tracks.length; i++) {
      const flipAtMs = tracks[i]!.nextFlipAtMs;
      if (flipAtMs < next) next = flipAtMs;
    }
    this.user.nextCheckAtMs = next;
  }

  /** Keeps an event until its time comes. */
  private defer(state: UserRuleState, event: Event): void {
    const { pending } = state;
    const kept: PendingEvent = { atMs: event.occurredAtMs, bytes: EVENT.encode(event) };
    let i = pending.length;
    while (i > 0 && pending[i - 1]!.atMs > kept.atMs) i--;
    pending.splice(i, 0, kept);
    if (pending.length > MAX_PENDING) state.lostFutureMs = Math.max(state.lostFutureMs, pending.pop()!.atMs);
    state.nextCheckAtMs = Math.min(state.nextCheckAtMs, pending[0]!.atMs);
  }

  private indexOf(segmentId: string): number {
    const index = this.plan.indexOf.get(segmentId);
    if (index === undefined) throw new RangeError(`no rule ${segmentId}`);
    return index;
  }
}
