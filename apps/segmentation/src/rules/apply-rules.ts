import type { Event } from '@tradewind/contracts';
import type { MembershipChange, RuleEngine, UserRuleState } from '@tradewind/rules';
import type { RuleRecord } from './rule-record';
import type { RuleSet } from './rule-set';

/** Feeds an event to the user's state, which is made when there is none of this rule set, and notes the memberships. */
export function takeEvent(rules: RuleSet, record: RuleRecord, event: Event, clockMs: number): readonly MembershipChange[] {
  const { engine } = rules;
  let state = record.stateOf(engine, event.userKey);
  if (state === null) {
    state = engine.create(event.userKey);
    record.replace(engine, state);
  }
  return noted(rules, record, engine.apply(state, event, clockMs));
}

/**
 * Takes the clock to each moment that falls due up to `untilMs` and no further: so a state does not depend on when it was looked at, only on
 * what was due.
 */
export function takeTime(rules: RuleSet, record: RuleRecord, state: UserRuleState, untilMs: number): MembershipChange[] {
  const changes: MembershipChange[] = [];
  while (state.nextCheckAtMs <= untilMs) changes.push(...noted(rules, record, rules.engine.advance(state, state.nextCheckAtMs)));
  return changes;
}

function noted({ segments }: RuleSet, { members }: RuleRecord, changes: readonly MembershipChange[]): readonly MembershipChange[] {
  for (const { segmentId, kind, atMs } of changes) {
    if (kind === 'exited') members.delete(segmentId);
    else members.set(segmentId, { version: segments.get(segmentId)!.version, sinceMs: atMs });
  }
  return changes;
}

/** What is not known of a user by this rule set, as the difference of memberships: `record` was told, `engine` says. */
export function differences(record: RuleRecord, engine: RuleEngine, state: UserRuleState): { entered: string[]; exited: string[] } {
  const now = engine.memberships(state);
  const holds = new Set(now);
  return {
    entered: now.filter((id) => !record.members.has(id)),
    exited: [...record.members.keys()].filter((id) => !holds.has(id)),
  };
}
