import { parseDate, parseDuration } from '../language/duration';
import type { Predicate, Scalar } from '../language/rule';
import { holds, toComparison } from './comparison';
import { asNumber, asTimeMs } from './reading';

/** Whether a JSON value, `undefined` when there is none, is as asked at `nowMs`. */
export type ValueTest = (value: unknown, nowMs: number) => boolean;

/** When `withinLast` or `withinNext` of `spanMs` holds for a moment: while from ≤ now < until. */
export function relativeSpan(op: 'withinLast' | 'withinNext', spanMs: number, momentMs: number): { fromMs: number; untilMs: number } {
  return op === 'withinLast' ? { fromMs: momentMs, untilMs: momentMs + spanMs } : { fromMs: momentMs - spanMs, untilMs: momentMs };
}

/** Only `withinLast` and `withinNext` look at the clock. @throws RangeError for an operand of the wrong kind: validation lets none through. */
export function toTest({ op, value: operand }: Predicate): ValueTest {
  switch (op) {
    case 'exists':
      return (value) => value !== undefined && value !== null;
    case 'isSet':
      return (value) => !isEmpty(value);
    case 'equals':
    case 'notEquals':
      return equality(op === 'notEquals', operand as Scalar);
    case 'in':
    case 'notIn':
      return membership(op === 'notIn', operand as readonly Scalar[]);
    case 'contains':
      return containment(operand as Scalar);
    case 'startsWith':
      return (value) => typeof value === 'string' && value.startsWith(operand as string);
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'between':
      return isDates(operand) ? dates(parseDate(operand[0])!, parseDate(operand[1])!) : number(op, operand as number);
    case 'before':
      return dates(-Infinity, parseDate(operand as string)!);
    case 'after':
      return dates(parseDate(operand as string)!, Infinity);
    case 'withinLast':
    case 'withinNext':
      return relative(op, parseDuration(operand as string)!);
  }
}

/** True for a `between` of two dates. */
export function isDates(operand: unknown): operand is readonly [string, string] {
  return Array.isArray(operand) && operand.length === 2 && operand.every((end) => typeof end === 'string');
}

function equality(negated: boolean, operand: Scalar): ValueTest {
  return (value) => isSame(value, operand) !== negated;
}

function membership(negated: boolean, operands: readonly Scalar[]): ValueTest {
  const texts = new Set<unknown>(operands);
  const rest = operands.filter((operand) => typeof operand !== 'string');
  return (value) => {
    const inside = (typeof value === 'string' && texts.has(value)) || rest.some((operand) => isSame(value, operand));
    return inside !== negated;
  };
}

/** Part of a text, or an element of a list. */
function containment(operand: Scalar): ValueTest {
  return (value) => {
    if (typeof value === 'string') return value.includes(String(operand));
    return Array.isArray(value) && value.some((element) => isSame(element, operand));
  };
}

function number(op: Predicate['op'], operand: number | readonly Scalar[]): ValueTest {
  const comparison = toComparison(op, operand);
  return (value) => {
    const read = asNumber(value);
    return read !== undefined && holds(comparison, read);
  };
}

function dates(fromMs: number, untilMs: number): ValueTest {
  return (value) => {
    const momentMs = asTimeMs(value);
    return momentMs !== undefined && momentMs >= fromMs && momentMs < untilMs;
  };
}

function relative(op: 'withinLast' | 'withinNext', spanMs: number): ValueTest {
  return (value, nowMs) => {
    const momentMs = asTimeMs(value);
    if (momentMs === undefined) return false;
    const { fromMs, untilMs } = relativeSpan(op, spanMs, momentMs);
    return nowMs >= fromMs && nowMs < untilMs;
  };
}

/** The operand says the type: a number also equals its decimal text, a text only text. */
function isSame(value: unknown, operand: Scalar): boolean {
  if (typeof operand !== 'number') return value === operand;
  return typeof value === 'number' ? value === operand : asNumber(value) === operand;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
