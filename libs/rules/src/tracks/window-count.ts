import type { CountComparison } from '../values/comparison';

/** How many entries are in the window decides, and when that next changes what is decided. */
export interface WindowTruth {
  readonly truth: boolean;
  /** Infinity when never. */
  readonly flipAtMs: number;
}

/**
 * Compares the number of entries in the window. With T(k) the time of the k-th latest entry, at least k are in the window while
 * now < T(k) + w: so two look-ups suffice, and no more than `max` + 1 entries are ever needed.
 */
export function compareCount(
  slots: readonly number[],
  times: readonly number[],
  { min, max, negated }: CountComparison,
  { windowMs, nowMs }: { readonly windowMs: number; readonly nowMs: number },
): WindowTruth {
  const untilMs = (rank: number) => (rank <= slots.length ? times[slots[slots.length - rank]!]! + windowMs : -Infinity);
  const enoughUntilMs = min === 0 ? Infinity : untilMs(min);
  const tooManyUntilMs = max === Infinity ? -Infinity : untilMs(max + 1);
  if (min > max || enoughUntilMs <= nowMs) return { truth: negated, flipAtMs: Infinity };
  if (tooManyUntilMs > nowMs) return { truth: negated, flipAtMs: tooManyUntilMs < enoughUntilMs ? tooManyUntilMs : Infinity };
  return { truth: !negated, flipAtMs: enoughUntilMs };
}
