import { z } from 'zod';
import { checkEvent, checkSequence } from './event-checks';
import { operandFault, type Compared } from './operands';
import { at, closest, toProblem, type RuleProblem } from './problems';
import type { EventCondition, Predicate, Rule, SequenceCondition } from './rule';
import { conditionShapes, filterShapes, LIMITS, ruleShape } from './schema';

/** Either rules that can be compiled, or every problem found. */
export type RulesVerdict =
  | { readonly rules: readonly Rule[]; readonly problems?: undefined }
  | { readonly rules?: undefined; readonly problems: readonly RuleProblem[] };

const ANY = z.unknown();
const RULE = ruleShape(ANY);
const CONDITIONS: Readonly<Record<string, z.ZodObject>> = conditionShapes(ANY, ANY);
const FILTERS: Readonly<Record<string, z.ZodObject>> = filterShapes(ANY);

type Node = Readonly<Record<string, unknown>>;
interface Context {
  readonly report: (path: string, message: string) => void;
  /** Conditions of the rule so far. */
  conditions: number;
  /** Where the rule asks for other segments. */
  readonly references: { readonly to: string; readonly path: string }[];
}

/** Decides about a list of rules, whatever JSON value it is: shapes, operands, limits, references and cycles. Never throws. */
export function validateRules(input: unknown): RulesVerdict {
  const problems: RuleProblem[] = [];
  const report = (path: string, message: string) => void problems.push({ path, message });
  if (!Array.isArray(input)) return { problems: [{ path: '$', message: 'is no list; give a list of rules' }] };
  if (input.length > LIMITS.rules) report('$', `has ${input.length} rules; the most is ${LIMITS.rules}`);
  const read = input.slice(0, LIMITS.rules).map((rule: unknown, i) => checkRule(rule, at('$', i), report));
  checkReferences(read, report);
  return problems.length === 0 ? { rules: input as Rule[] } : { problems };
}

interface ReadRule {
  readonly id: string;
  readonly path: string;
  readonly references: Context['references'];
}

function checkRule(value: unknown, path: string, report: Context['report']): ReadRule {
  const context: Context = { report, conditions: 0, references: [] };
  const rule = checkShape(value, RULE, path, report, 'rule');
  if (isNode(value) && Object.hasOwn(value, 'when')) checkCondition(value['when'], at(path, 'when'), context, 1);
  if (context.conditions > LIMITS.conditionsPerRule)
    report(
      at(path, 'when'),
      `has ${context.conditions} conditions; the most is ${LIMITS.conditionsPerRule}: move some into a rule of their own`,
    );
  return { id: typeof rule?.['id'] === 'string' ? rule['id'] : '', path, references: context.references };
}

function checkCondition(value: unknown, path: string, context: Context, depth: number): void {
  context.conditions++;
  if (depth > LIMITS.depth) return context.report(path, `is nested deeper than ${LIMITS.depth}; move it into a rule of its own`);
  const kind = kindOf(value, CONDITIONS, path, context.report, 'condition');
  if (kind === undefined) return;
  const node = checkShape(value, CONDITIONS[kind]!, path, context.report, `${kind} condition`);
  checkInside(value as Node, kind, path, context, depth);
  if (node === undefined) return;
  switch (kind) {
    case 'segment':
      return void context.references.push({ to: node['segment'] as string, path: at(path, 'segment') });
    case 'trait':
      return checkPredicate('trait', node as unknown as Predicate, path, context.report);
    case 'event':
      return checkEvent(node as unknown as EventCondition, path, context.report);
    case 'sequence':
      return checkSequence(node as unknown as SequenceCondition, path, context.report);
    default:
  }
}

/** Conditions and filters inside the node, also when the node itself is wrong. */
function checkInside(node: Node, kind: string, path: string, context: Context, depth: number): void {
  const inner = node[kind];
  if (kind === 'not') checkCondition(inner, at(path, kind), context, depth + 1);
  if ((kind === 'and' || kind === 'or') && Array.isArray(inner))
    inner.forEach((child: unknown, i) => checkCondition(child, at(at(path, kind), i), context, depth + 1));
  if (kind === 'event') checkFilters(node['where'], at(path, 'where'), context.report, 1);
  if (kind === 'sequence' && Array.isArray(inner))
    inner.forEach((step: unknown, i) => {
      if (isNode(step)) checkFilters(step['where'], at(at(at(path, kind), i), 'where'), context.report, 1);
    });
}

function checkFilters(value: unknown, path: string, report: Context['report'], depth: number): void {
  if (Array.isArray(value)) value.forEach((filter: unknown, i) => checkFilter(filter, at(path, i), report, depth));
}

function checkFilter(value: unknown, path: string, report: Context['report'], depth: number): void {
  if (depth > LIMITS.depth) return report(path, `is nested deeper than ${LIMITS.depth}; write it flatter`);
  const kind = kindOf(value, FILTERS, path, report, 'filter');
  if (kind === undefined) return;
  const node = checkShape(value, FILTERS[kind]!, path, report, `${kind} filter`);
  const inner = (value as Node)[kind];
  if (kind === 'not') checkFilter(inner, at(path, kind), report, depth + 1);
  if (kind === 'and' || kind === 'or') checkFilters(inner, at(path, kind), report, depth + 1);
  if (node === undefined) return;
  if (kind === 'property' || kind === 'field') checkPredicate('filter', node as unknown as Predicate, path, report);
  if (kind === 'items')
    (node['where'] as Predicate[]).forEach((predicate, i) => checkPredicate('filter', predicate, at(at(path, 'where'), i), report));
}

function checkPredicate(compared: Compared, { op, value }: Predicate, path: string, report: Context['report']): void {
  const fault = operandFault(compared, op, value);
  if (fault !== undefined) report(at(path, fault.key), fault.message);
}

/** The one key that tells the kind. */
function kindOf(value: unknown, kinds: Readonly<Record<string, z.ZodObject>>, path: string, report: Context['report'], what: string) {
  const known = Object.keys(kinds);
  if (!isNode(value)) return void report(path, `is no ${what}; give an object with one of ${known.join(', ')}`);
  const found = known.filter((key) => Object.hasOwn(value, key));
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    return void report(path, `has ${found.join(' and ')}; keep one, or put each into an object of its own in {"and": […]}`);
  const meant = Object.keys(value)
    .map((key) => [key, closest(key, known)] as const)
    .find(([, near]) => near !== undefined);
  const remedy =
    meant === undefined ? `give one of ${known.join(', ')}` : `did you mean ${meant[1]!} instead of ${JSON.stringify(meant[0])}?`;
  return void report(path, `is no ${what}; ${remedy}`);
}

function checkShape(value: unknown, shape: z.ZodObject, path: string, report: Context['report'], what: string): Node | undefined {
  if (!isNode(value)) return void report(path, `is no ${what}; give an object with ${Object.keys(shape.shape).join(', ')}`);
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const problem = toProblem(issue, shape, value, path);
    report(problem.path, problem.message);
  }
  return undefined;
}

/** Ids are unique, every reference has its rule, and no rule asks for itself by way of others. */
function checkReferences(rules: readonly ReadRule[], report: Context['report']): void {
  const byId = new Map<string, ReadRule>();
  for (const rule of rules) {
    if (byId.has(rule.id) && rule.id !== '')
      report(at(rule.path, 'id'), `${JSON.stringify(rule.id)} is taken by ${byId.get(rule.id)!.path}; give another`);
    byId.set(rule.id, rule);
  }
  const done = new Set<string>();
  const visit = (rule: ReadRule, trail: readonly string[]): void => {
    for (const { to, path } of rule.references) {
      const target = byId.get(to);
      const cycleFrom = [...trail, rule.id].indexOf(to);
      if (target === undefined) report(path, `no rule has the id ${JSON.stringify(to)}; ${remedyFor(to, [...byId.keys()])}`);
      else if (cycleFrom >= 0)
        report(path, `closes a cycle: ${[...trail, rule.id].slice(cycleFrom).join(' → ')} → ${to}; remove one of these references`);
      else if (!done.has(to)) visit(target, [...trail, rule.id]);
    }
    done.add(rule.id);
  };
  for (const rule of rules) if (!done.has(rule.id)) visit(rule, []);
}

function remedyFor(id: string, known: readonly string[]): string {
  const meant = closest(id, known);
  return meant === undefined ? 'add that rule, or remove the reference' : `did you mean ${JSON.stringify(meant)}?`;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
