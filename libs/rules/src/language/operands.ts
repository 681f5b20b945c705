import { DAY_MS, HOUR_MS, parseDate, parseDuration } from './duration';
import { DATE_OPS, NUMBER_OPS, VALUE_OPS, type Op } from './rule';

const NUMBER_SET: ReadonlySet<Op> = new Set<Op>([...NUMBER_OPS, 'equals', 'notEquals']);
const LABEL_SET: ReadonlySet<Op> = new Set<Op>(['equals', 'notEquals', 'in', 'notIn', 'contains', 'startsWith']);
const MOMENT_SET: ReadonlySet<Op> = new Set<Op>(['before', 'after', 'between', 'withinLast']);
const FILTER_SET: ReadonlySet<Op> = new Set<Op>([...VALUE_OPS, ...NUMBER_OPS, 'before', 'after']);
const TRAIT_SET: ReadonlySet<Op> = new Set<Op>([...VALUE_OPS, ...NUMBER_OPS, ...DATE_OPS]);

/** What is compared decides which operators make sense. */
export const OPERATORS = { number: NUMBER_SET, label: LABEL_SET, moment: MOMENT_SET, filter: FILTER_SET, trait: TRAIT_SET } as const;
export type Compared = keyof typeof OPERATORS;

const MAX_SPAN_MS = 365 * DAY_MS;

/** What is wrong with the operator and its operand, with the remedy; `undefined` when nothing is. */
export function operandFault(compared: Compared, op: Op, value: unknown): { key: 'op' | 'value'; message: string } | undefined {
  if (!OPERATORS[compared].has(op)) return { key: 'op', message: unfitOperator(compared, op) };
  const message = valueFault(compared, op, value);
  return message === undefined ? undefined : { key: 'value', message };
}

/** Of `within` and `notWithin`: 1 h to 365 d. Of steps and dates: 1 s to 365 d. */
export function spanFault(text: string, leastMs: number): string | undefined {
  const spanMs = parseDuration(text);
  if (spanMs === undefined) return `${JSON.stringify(text)} is no duration; write e.g. "30m", "24h" or "7d"`;
  if (spanMs < leastMs) return `${text} is too short; the least is ${leastMs === HOUR_MS ? '"1h"' : '"1s"'}`;
  return spanMs > MAX_SPAN_MS ? `${text} is too long; the most is "365d": leave it out to look at all time` : undefined;
}

export function rangeFault(from: unknown, until: unknown): string | undefined {
  const [fromMs, untilMs] = [from, until].map((end) => (typeof end === 'string' ? parseDate(end) : undefined));
  if (fromMs === undefined || untilMs === undefined) return 'is no pair of dates; give two ISO 8601 dates such as "2024-01-31"';
  return fromMs < untilMs ? undefined : 'ends before it begins; put the earlier date first: the second is not included';
}

function valueFault(compared: Compared, op: Op, value: unknown): string | undefined {
  switch (op) {
    case 'exists':
    case 'isSet':
      return value === undefined ? undefined : `${op} takes no value; remove it`;
    case 'in':
    case 'notIn':
      return Array.isArray(value) ? undefined : `${op} compares with a list; give a list such as ["a", "b"]`;
    case 'startsWith':
      return typeof value === 'string' ? undefined : 'startsWith compares with text; give text';
    case 'equals':
    case 'notEquals':
    case 'contains':
      return scalarFault(compared, op, value);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return numberFault(op, value);
    case 'between':
      return betweenFault(compared, value);
    case 'before':
    case 'after':
      return typeof value === 'string' && parseDate(value) !== undefined
        ? undefined
        : `${op} compares with a date; give an ISO 8601 date such as "2024-01-31" or "2024-01-31T12:00:00Z"`;
    case 'withinLast':
    case 'withinNext':
      return typeof value === 'string' ? spanFault(value, 1000) : `${op} takes a duration; give e.g. "30d"`;
  }
}

function scalarFault(compared: Compared, op: Op, value: unknown): string | undefined {
  if (compared === 'number') return numberFault(op, value);
  if (value === undefined || Array.isArray(value)) return `${op} compares with one value; give text, a number, true or false`;
  return compared === 'label' && typeof value !== 'string'
    ? `values are counted as text; give ${JSON.stringify(String(value))}`
    : undefined;
}

function numberFault(op: Op, value: unknown): string | undefined {
  return typeof value === 'number' && Math.abs(value) <= 2 ** 53 ? undefined : `${op} compares with a number; give a number up to 2^53`;
}

function betweenFault(compared: Compared, value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length !== 2) return 'between takes two ends; give [least, most] or [from date, until date]';
  const [low, high] = value as readonly unknown[];
  if (typeof low === 'number' && typeof high === 'number' && compared !== 'moment')
    return low <= high
      ? (numberFault('between', low) ?? numberFault('between', high))
      : 'the ends are the wrong way round; put the lower first';
  if (compared === 'number') return 'between compares with two numbers here; give [least, most]';
  return rangeFault(low, high);
}

function unfitOperator(compared: Compared, op: Op): string {
  const known = [...OPERATORS[compared]].join(', ');
  if (compared === 'filter')
    return `${op} depends on the clock, which a filter of events does not look at; use before or after, or "within" beside "event"`;
  const what = { number: 'a number', label: 'a most frequent value', moment: 'a time', trait: 'a trait' }[compared];
  return `${op} does not fit ${what}; use one of ${known}`;
}
