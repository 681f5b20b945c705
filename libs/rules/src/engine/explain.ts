import { describeCondition } from '../language/describe';
import { evidenceEvents, type EvidenceEvent } from './evidence-events';
import { changeOf } from './change';
import { decide, type Logic, type Truths } from './logic';
import type { Plan } from './plan';
import { bit, type UserRuleState } from './user-rule-state';
import type { LeafFacts, Moment } from '../tracks/track';

/** Why a condition holds or not. `children` are those of and, or, not. */
export interface Explanation {
  /** JSON path in the rule, e.g. `$.when.and[1]`. */
  readonly path: string;
  readonly kind: Logic['kind'];
  /** The condition in plain words. */
  readonly text: string;
  readonly holds: boolean;
  /** What was compared: a count, a sum, a trait; `null` when there was nothing. Absent where nothing is compared. */
  readonly actual?: string | number | boolean | null;
  /** The latest events that count, at most 10, by time. */
  readonly events: readonly EvidenceEvent[];
  /** When the condition turns if nothing more happens, epoch milliseconds UTC. */
  readonly untilMs?: number;
  /** What would make a false condition hold or end a true one, in words. */
  readonly change?: string;
  /** True when a bound on what is kept was passed, so that the truth may be another; see the README. */
  readonly approximate: boolean;
  readonly children: readonly Explanation[];
}

/** One condition that decided. */
export type RuleEvidence = Omit<Explanation, 'kind' | 'children' | 'change'>;

/** As of the state's clock; the state's memberships must have been settled. */
export function explainRule(plan: Plan, user: UserRuleState, rule: number): Explanation {
  return explain(plan.rules[rule]!.logic, { plan, user, nowMs: user.clockMs });
}

/** The leaves that make the condition what it is: of a true `and` and a false `or` all, of others those that decide. */
export function evidenceOf(explanation: Explanation): RuleEvidence[] {
  const { children, kind, holds } = explanation;
  if (children.length === 0) {
    const { path, text, actual, events, untilMs, approximate } = explanation;
    return [{ path, text, holds, actual, events, untilMs, approximate }];
  }
  const deciding = kind === 'not' ? children : children.filter((child) => child.holds === holds);
  return deciding.flatMap(evidenceOf);
}

interface Context extends Moment {
  readonly plan: Plan;
}

function explain(logic: Logic, context: Context): Explanation {
  const { user } = context;
  const truths: Truths = { leaf: (id) => bit(user.leafBits, id), rule: (index) => bit(user.ruleBits, index) };
  const plain = {
    path: logic.path,
    kind: logic.kind,
    holds: decide(logic, truths),
    events: [],
    approximate: user.lostFutureMs > context.nowMs,
  };
  switch (logic.kind) {
    case 'everyone':
      return { ...plain, text: 'everyone', children: [] };
    case 'segment':
      return { ...plain, text: `in segment ${logic.id}`, children: [] };
    case 'leaf':
      return explainLeaf(logic, plain, context);
    case 'not': {
      const child = explain(logic.child, context);
      return { ...plain, text: `not (${child.text})`, untilMs: child.untilMs, approximate: child.approximate, children: [child] };
    }
    case 'and':
    case 'or': {
      const children = logic.children.map((child) => explain(child, context));
      const text = children.map((child) => (child.children.length > 1 ? `(${child.text})` : child.text)).join(` ${logic.kind} `);
      return { ...plain, text, approximate: children.some((child) => child.approximate), children };
    }
  }
}

function explainLeaf(
  { leaf, condition }: Extract<Logic, { kind: 'leaf' }>,
  plain: Omit<Explanation, 'text' | 'children'>,
  context: Context,
): Explanation {
  const text = describeCondition(condition);
  const track = context.plan.trackOfLeaf[leaf];
  if (track === undefined) return { ...plain, text, change: 'never changes for this user', children: [] };
  const state = context.user.track(track.id) ?? track.create();
  const index = track.leaves.findIndex(({ id }) => id === leaf);
  const facts: LeafFacts = track.facts(state, index, context);
  const flipAtMs = track.judge(state, index, { user: context.user, nowMs: context.nowMs, set: () => undefined });
  const untilMs = flipAtMs === Infinity ? undefined : flipAtMs;
  return {
    ...plain,
    text,
    actual: facts.actual,
    events: evidenceEvents(facts, track.label, context.user),
    untilMs,
    change: changeOf(condition, { holds: plain.holds, untilMs, facts }),
    approximate: plain.approximate || facts.approximate,
    children: [],
  };
}
