import type { CountComparison } from '../values/comparison';
import type { Evaluation } from './track';

/** How many entries of a list are in a window, compared. */
export interface WindowCount {
  readonly id: number;
  readonly comparison: CountComparison;
  /** Infinity for all time. */
  readonly windowMs: number;
}

/**
 * Compares the number of entries in the window. With T(k) the time of the k-th latest entry, at least k are in the window while
 * now < T(k) + w: so two look-ups suffice, and no more than `max` + 1 entries are ever needed. @returns when the truth turns
 */
export function judgeCount({ id, comparison, windowMs }: WindowCount, slots: readonly number[], at: Evaluation): number {
  const { min, max, negated } = comparison;
  const { times } = at.user;
  const size = slots.length;
  const enoughUntilMs = min === 0 ? Infinity : min <= size ? times[slots[size - min]!]! + windowMs : -Infinity;
  if (min > max || enoughUntilMs <= at.nowMs) {
    at.set(id, negated);
    return Infinity;
  }
  const tooManyUntilMs = max < size ? times[slots[size - max - 1]!]! + windowMs : -Infinity;
  if (tooManyUntilMs > at.nowMs) {
    at.set(id, negated);
    return tooManyUntilMs < enoughUntilMs ? tooManyUntilMs : Infinity;
  }
  at.set(id, !negated);
  return enoughUntilMs;
}
