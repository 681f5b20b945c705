import type { Op, Operand } from '../language/rule';

/** A comparison of one number as an interval, perhaps its complement. */
export interface Comparison {
  readonly low: number;
  readonly high: number;
  readonly lowIncluded: boolean;
  readonly highIncluded: boolean;
  readonly negated: boolean;
}

/** @throws RangeError for an operator or operand that is no number comparison: validation lets none through. */
export function toComparison(op: Op, operand: Operand | undefined): Comparison {
  if (op === 'between' && Array.isArray(operand)) return interval(Number(operand[0]), Number(operand[1]));
  if (typeof operand !== 'number') throw new RangeError(`${op} ${String(operand)} compares no number`);
  switch (op) {
    case 'equals':
      return interval(operand, operand);
    case 'notEquals':
      return { ...interval(operand, operand), negated: true };
    case '<':
      return { ...interval(-Infinity, operand), highIncluded: false };
    case '<=':
      return interval(-Infinity, operand);
    case '>':
      return { ...interval(operand, Infinity), lowIncluded: false };
    case '>=':
      return interval(operand, Infinity);
    default:
      throw new RangeError(`${op} compares no numbers`);
  }
}

export function holds({ low, high, lowIncluded, highIncluded, negated }: Comparison, x: number): boolean {
  const inside = (x > low || (lowIncluded && x === low)) && (x < high || (highIncluded && x === high));
  return inside !== negated;
}

/** The same comparison of a count: from `min` to `max` inclusive (Infinity without bound), or not in it. `min` > `max` when no count is inside. */
export interface CountComparison {
  readonly min: number;
  readonly max: number;
  readonly negated: boolean;
}

export function toCountComparison(comparison: Comparison): CountComparison {
  const { low, high, lowIncluded, highIncluded, negated } = comparison;
  const min = Math.max(0, lowIncluded ? Math.ceil(low) : Math.floor(low) + 1);
  const max = highIncluded ? Math.floor(high) : Math.ceil(high) - 1;
  return { min, max, negated };
}

export function holdsForCount({ min, max, negated }: CountComparison, count: number): boolean {
  return (count >= min && count <= max) !== negated;
}

/** How many of the latest events tell the truth of the comparison whatever came before: the rest can be forgotten. */
export function eventsNeeded({ min, max }: CountComparison): number {
  return max === Infinity ? min : Math.max(0, max + 1, min);
}

/**
 * Which numbers no comparison can tell apart: equal classes, equal answers. Ascending with the number.
 * `points` are the finite bounds of the comparisons, ascending and distinct.
 */
export function classOf(points: readonly number[], x: number): number {
  let i = 0;
  while (i < points.length && points[i]! < x) i++;
  return 2 * i + (i < points.length && points[i] === x ? 1 : 0);
}

export function pointsOf(comparisons: readonly Comparison[]): number[] {
  const bounds = comparisons.flatMap(({ low, high }) => [low, high]).filter(Number.isFinite);
  return [...new Set(bounds)].sort((a, b) => a - b);
}

function interval(low: number, high: number): Comparison {
  return { low, high, lowIncluded: true, highIncluded: true, negated: false };
}
