import type { Condition, EventCondition, EventSelector, Filter, Operand, Predicate, SequenceCondition, ValueRef } from './rule';

const WORDS: Readonly<Record<string, string>> = {
  equals: 'is',
  notEquals: 'is not',
  in: 'is one of',
  notIn: 'is none of',
  contains: 'contains',
  startsWith: 'starts with',
  exists: 'exists',
  isSet: 'is set',
  '<': 'is below',
  '<=': 'is at most',
  '>': 'is above',
  '>=': 'is at least',
  between: 'is between',
  before: 'is before',
  after: 'is not before',
  withinLast: 'is in the last',
  withinNext: 'is in the next',
};
const MAX_LISTED = 5;

/** A condition in plain words, e.g. `count of Order Completed is at least 3 within 30d`. */
export function describeCondition(condition: Condition): string {
  if ('everyone' in condition) return 'everyone';
  if ('segment' in condition) return `in segment ${condition.segment}`;
  if ('users' in condition) return `one of ${condition.users.length} listed users`;
  if ('rollout' in condition) return `in a stable ${condition.rollout.percent} % of all users`;
  if ('trait' in condition) return `trait ${condition.trait} ${describePredicate(condition)}`;
  if ('event' in condition) return describeEvent(condition);
  if ('sequence' in condition) return describeSequence(condition);
  if ('not' in condition) return `not (${describeCondition(condition.not)})`;
  const [joint, list] = 'and' in condition ? ([' and ', condition.and] as const) : ([' or ', condition.or] as const);
  return list.map((child) => ('and' in child || 'or' in child ? `(${describeCondition(child)})` : describeCondition(child))).join(joint);
}

/** The events meant, e.g. `Product Viewed where category is "shoes"`. */
export function describeSelector({ event, type = 'track', where = [] }: EventSelector): string {
  const names = event === '*' ? '' : listed(typeof event === 'string' ? [event] : event, ' or ');
  const kind = type === 'track' ? names || 'any tracked event' : `${type === 'any' ? 'any' : type} ${names || 'event'}`;
  return where.length === 0 ? kind : `${kind} where ${where.map(describeFilter).join(' and ')}`;
}

export function describeValue(of: ValueRef): string {
  return 'property' in of ? of.property : of.field;
}

function describeEvent(condition: EventCondition): string {
  const { aggregate = 'count', of, op = '>=', value = 1, within, notWithin, between } = condition;
  const events = describeSelector(condition);
  if (notWithin !== undefined) return `no ${events} within ${notWithin}`;
  const span = within !== undefined ? ` within ${within}` : between !== undefined ? ` from ${between[0]} until ${between[1]}` : '';
  const what = of === undefined ? aggregate : `${aggregate === 'mostFrequent' ? 'most frequent' : aggregate} ${describeValue(of)}`;
  return `${what} of ${events}${span} ${describePredicate({ op, value })}`;
}

function describeSequence({ sequence, within }: SequenceCondition): string {
  const steps = sequence.map((step, i) => {
    const events = describeSelector(step);
    if (step.absent === 'since') return `and not ${events} since${step.within === undefined ? '' : `, for at least ${step.within}`}`;
    if (step.absent === 'within') return `and not ${events} within ${step.within} after`;
    return `${i === 0 ? '' : 'then '}${events}${step.within === undefined ? '' : ` within ${step.within}`}`;
  });
  return `${steps.join(', ')}${within === undefined ? '' : `, begun within ${within}`}`;
}

function describeFilter(filter: Filter): string {
  if ('and' in filter) return `(${filter.and.map(describeFilter).join(' and ')})`;
  if ('or' in filter) return `(${filter.or.map(describeFilter).join(' or ')})`;
  if ('not' in filter) return `not (${describeFilter(filter.not)})`;
  if ('items' in filter)
    return `${filter.items} item's ${filter.where.map((item) => `${item.field} ${describePredicate(item)}`).join(' and ')}`;
  return `${'property' in filter ? filter.property : filter.field} ${describePredicate(filter)}`;
}

export function describePredicate({ op, value }: Predicate): string {
  return value === undefined || op === 'exists' || op === 'isSet' ? WORDS[op]! : `${WORDS[op]} ${describeOperand(op, value)}`;
}

function describeOperand(op: Predicate['op'], operand: Operand): string {
  if (op === 'between' && Array.isArray(operand)) return `${operand[0]} and ${operand[1]}`;
  if (Array.isArray(operand)) return listed(operand.map(quoted), ', ');
  return op === 'withinLast' || op === 'withinNext' || op === 'before' || op === 'after' ? String(operand) : quoted(operand);
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function listed(texts: readonly string[], joint: string): string {
  const shown = texts.slice(0, MAX_LISTED).join(joint);
  return texts.length <= MAX_LISTED ? shown : `${shown}${joint}${texts.length - MAX_LISTED} more`;
}
