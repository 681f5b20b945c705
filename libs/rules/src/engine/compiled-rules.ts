import { EVENT, type Event } from '@tradewind/contracts';
import type { Rule } from '../language/rule';
import { Explainer, type Explanation } from './explain';
import { createPlan, type Plan } from './plan';
import { RecentIds } from './recent-ids';
import { NO_CHANGES, Round } from './round';
import type { MembershipChange, RuleEngine } from './rule-engine';
import { decodeState, decodeStateFrom, encodeState, encodeStateTo, type StateOwner } from './state-codec';
import type { StateReader, StateWriter } from './state-port';
import { bit, setBit, UserRuleState, type PendingEvent } from './user-rule-state';

/** Events with a time after the clock that a user's state holds; of more, those furthest ahead are left out. */
export const MAX_PENDING = 64;

/** The engine of one rule set: users' clocks and waiting events; what happens at one clock is a `Round`. */
export class CompiledRules implements RuleEngine, StateOwner {
  readonly fingerprint: string;
  /** @internal */
  readonly plan: Plan;
  private readonly round: Round;
  private readonly initialLeafBits: readonly number[];
  private readonly initialRuleBits: readonly number[];

  constructor(
    readonly rules: readonly Rule[],
    private readonly duplicateWindow: number,
  ) {
    this.plan = createPlan(rules, `duplicates ${duplicateWindow}`);
    this.fingerprint = this.plan.fingerprint;
    this.round = new Round(this.plan);
    this.initialLeafBits = this.round.truthsOfNobody();
    this.initialRuleBits = Array.from({ length: (rules.length + 31) >>> 5 }, () => 0);
  }

  create(userKey: string): UserRuleState {
    const leafBits = this.initialLeafBits.slice();
    for (const { leaf, test } of this.plan.keyLeaves) setBit(leafBits, leaf, test(userKey));
    const recent = this.duplicateWindow === 0 ? null : new RecentIds(this.duplicateWindow);
    return new UserRuleState(userKey, leafBits, this.initialRuleBits.slice(), recent);
  }

  apply(state: UserRuleState, event: Event, nowMs: number): readonly MembershipChange[] {
    const due = state.started ? this.advance(state, nowMs) : this.meet(state, nowMs);
    const { round } = this;
    const route = this.plan.router.find(event.type, event.name);
    const concerns = route.selectors.length > 0 || route.traits.length > 0;
    const isNew = concerns && (state.recent === null || event.messageId === '' || state.recent.add(event.messageId));
    round.begin(state);
    if (isNew && event.occurredAtMs > state.clockMs) defer(state, event);
    else if (isNew) round.feed(event, route);
    const changes = round.settle(event);
    return due.length === 0 ? changes : changes.length === 0 ? due : [...due, ...changes];
  }

  advance(state: UserRuleState, nowMs: number): readonly MembershipChange[] {
    let changes = NO_CHANGES;
    if (!state.started) {
      this.meet(state, nowMs);
      this.round.begin(state);
      changes = this.round.settle(null);
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
    return new Explainer(this.plan, state).explain(this.plan.rules[this.indexOf(segmentId)]!.logic);
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

  /** @internal */
  refresh(state: UserRuleState): void {
    this.round.refresh(state);
  }

  /** The first look at a user, at which all rules are judged. */
  private meet(state: UserRuleState, nowMs: number): readonly MembershipChange[] {
    state.started = true;
    state.clockMs = nowMs;
    this.round.judgeAll();
    return NO_CHANGES;
  }

  /** An event whose time has come, and leaves that turn at the clock. */
  private takeDue(state: UserRuleState): readonly MembershipChange[] {
    const { round } = this;
    round.begin(state);
    const isEventDue = state.pending.length > 0 && state.pending[0]!.atMs <= state.clockMs;
    const event = isEventDue ? EVENT.decode(state.pending.shift()!.bytes) : null;
    if (event !== null) round.feed(event, this.plan.router.find(event.type, event.name));
    round.touchDue();
    const changes = round.settle(event);
    round.schedule();
    return changes;
  }

  private indexOf(segmentId: string): number {
    const index = this.plan.indexOf.get(segmentId);
    if (index === undefined) throw new RangeError(`no rule ${segmentId}`);
    return index;
  }
}

/** Keeps an event until its time comes. */
function defer(state: UserRuleState, event: Event): void {
  const { pending } = state;
  const kept: PendingEvent = { atMs: event.occurredAtMs, bytes: EVENT.encode(event) };
  let i = pending.length;
  while (i > 0 && pending[i - 1]!.atMs > kept.atMs) i--;
  pending.splice(i, 0, kept);
  if (pending.length > MAX_PENDING) state.lostFutureMs = Math.max(state.lostFutureMs, pending.pop()!.atMs);
  state.nextCheckAtMs = Math.min(state.nextCheckAtMs, pending[0]!.atMs);
}
