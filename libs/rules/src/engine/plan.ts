import { createHash } from 'node:crypto';
import { describeCondition } from '../language/describe';
import type { Condition, Rule } from '../language/rule';
import { at } from '../language/problems';
import { canonical } from './canonical';
import { rolloutPercent } from '../values/hash';
import { leavesOf, segmentsOf, type Logic } from './logic';
import { PlanBuilder } from './plan-builder';
import { Router, type Selector } from './selectors';
import type { Track } from '../tracks/track';

/** Changes when records of the same rules would no longer be read alike. */
const FORMAT = 2;

/** A leaf that a user's key alone decides. */
export interface KeyLeaf {
  readonly leaf: number;
  readonly test: (userKey: string) => boolean;
}

export interface PlannedRule {
  readonly rule: Rule;
  readonly logic: Logic;
}

/** Everything about a rule set that does not depend on a user. */
export interface Plan {
  /** Every rule after those it asks for. */
  readonly rules: readonly PlannedRule[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly tracks: readonly Track[];
  readonly selectors: readonly Selector[];
  readonly router: Router;
  readonly leafCount: number;
  /** By leaf: the track that decides it; `undefined` for key leaves. */
  readonly trackOfLeaf: readonly (Track | undefined)[];
  /** By leaf: its index among the leaves of the track. */
  readonly placeOfLeaf: readonly number[];
  readonly keyLeaves: readonly KeyLeaf[];
  /** By leaf: the rules that read it. By rule: the rules that ask for it. */
  readonly rulesOfLeaf: readonly (readonly number[])[];
  readonly rulesOfRule: readonly (readonly number[])[];
  /** 8 hex digits of what decides memberships. */
  readonly fingerprint: string;
}

/** Shares what rules have in common: equal conditions are one leaf, equal accumulators one track. The rules must be valid; `settings` is part of the fingerprint. */
export function createPlan(given: readonly Rule[], settings: string): Plan {
  const ordered = inOrder(given);
  const indexOf = new Map(ordered.map(({ id }, i) => [id, i]));
  const builder = new PlanBuilder();
  const keyLeaves = new Map<string, KeyLeaf>();
  const rules = ordered.map((rule) => ({ rule, logic: toLogic(rule.when, '$.when', { rule, indexOf, builder, keyLeaves }) }));
  const rulesOfLeaf = Array.from({ length: builder.leafCount }, (): number[] => []);
  const rulesOfRule = rules.map((): number[] => []);
  rules.forEach(({ logic }, i) => {
    for (const leaf of new Set(leavesOf(logic))) rulesOfLeaf[leaf]!.push(i);
    for (const inner of new Set(segmentsOf(logic))) rulesOfRule[inner]!.push(i);
  });
  return {
    rules,
    indexOf,
    tracks: builder.tracks,
    selectors: builder.selectors,
    router: new Router(builder.selectors, builder.traits),
    leafCount: builder.leafCount,
    trackOfLeaf: builder.trackOfLeaf,
    placeOfLeaf: builder.trackOfLeaf.map((track, leaf) => track?.leaves.findIndex(({ id }) => id === leaf) ?? -1),
    keyLeaves: [...keyLeaves.values()],
    rulesOfLeaf,
    rulesOfRule,
    fingerprint: fingerprintOf(ordered, settings),
  };
}

/** Depth first: a rule after those it asks for. */
function inOrder(rules: readonly Rule[]): Rule[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const ordered = new Map<string, Rule>();
  const place = (rule: Rule): void => {
    if (ordered.has(rule.id)) return;
    for (const id of referencesOf(rule.when)) place(byId.get(id)!);
    ordered.set(rule.id, rule);
  };
  rules.forEach(place);
  return [...ordered.values()];
}

function referencesOf(condition: Condition): string[] {
  if ('segment' in condition) return [condition.segment];
  if ('not' in condition) return referencesOf(condition.not);
  const children = 'and' in condition ? condition.and : 'or' in condition ? condition.or : [];
  return children.flatMap(referencesOf);
}

interface LogicContext {
  readonly rule: Rule;
  readonly indexOf: ReadonlyMap<string, number>;
  readonly builder: PlanBuilder;
  readonly keyLeaves: Map<string, KeyLeaf>;
}

function toLogic(condition: Condition, path: string, context: LogicContext): Logic {
  const children = (list: readonly Condition[], key: string) => list.map((child, i) => toLogic(child, at(at(path, key), i), context));
  if ('everyone' in condition) return { kind: 'everyone', path };
  if ('and' in condition) return { kind: 'and', path, children: children(condition.and, 'and') };
  if ('or' in condition) return { kind: 'or', path, children: children(condition.or, 'or') };
  if ('not' in condition) return { kind: 'not', path, child: toLogic(condition.not, at(path, 'not'), context) };
  if ('segment' in condition) return { kind: 'segment', path, id: condition.segment, rule: context.indexOf.get(condition.segment)! };
  const { builder } = context;
  const leaf = 'users' in condition || 'rollout' in condition ? keyLeaf(condition, context) : builder.leaf(condition, canonical(condition));
  return { kind: 'leaf', leaf, condition, text: describeCondition(condition), path };
}

function keyLeaf(
  condition: Extract<Condition, { users: unknown } | { rollout: unknown }>,
  { rule, builder, keyLeaves }: LogicContext,
): number {
  const salt = 'rollout' in condition ? saltOf(condition.rollout, rule) : '';
  const key = `${canonical(condition)}|${salt}`;
  const known = keyLeaves.get(key);
  if (known !== undefined) return known.leaf;
  const leaf = builder.newLeaf(undefined);
  if ('users' in condition) {
    const users = new Set(condition.users);
    keyLeaves.set(key, { leaf, test: (userKey) => users.has(userKey) });
  } else {
    const { percent } = condition.rollout;
    keyLeaves.set(key, { leaf, test: (userKey) => rolloutPercent(salt, userKey) < percent });
  }
  return leaf;
}

/** The text that separates one rollout from another. */
export function saltOf(rollout: { readonly salt?: string }, rule: Rule): string {
  return rollout.salt ?? rule.id;
}

function fingerprintOf(rules: readonly Rule[], settings: string): string {
  const decisive = rules.map(({ id, when }) => canonical({ id, when })).join('\n');
  return createHash('sha256').update(`${FORMAT}\n${settings}\n${decisive}`).digest('hex').slice(0, 8);
}
