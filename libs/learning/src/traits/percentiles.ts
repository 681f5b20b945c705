/** Where scores stand among those of a reference group, JSON as it is. */
export interface Percentiles {
  /** Scores of the group at equal steps, rising: entry i is the quantile i / (length − 1). */
  readonly quantiles: readonly number[];
}

/** Each score's rank among all, in [0, 1]: the share below it plus half the share equal to it. 0.85 is in the top 15 %. */
export function percentileRanks(scores: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(scores).sort();
  return Float64Array.from(scores, (score) => (lowerBound(sorted, score) + upperBound(sorted, score)) / 2 / sorted.length);
}

/** Keeps the quantiles of a group's scores, for ranking others later. @throws RangeError without scores. @default steps 1000 */
export function fitPercentiles(scores: ArrayLike<number>, steps = 1000): Percentiles {
  if (scores.length === 0) throw new RangeError('percentiles need at least one score');
  const sorted = Float64Array.from(scores).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { quantiles: Array.from({ length: steps + 1 }, (_, step) => at(step / steps)) };
}

/** A score's rank among the group's, in [0, 1], to about one step; never falls as the score rises. */
export function percentileOf({ quantiles }: Percentiles, score: number): number {
  return Math.max(0, Math.min(1, (lowerBound(quantiles, score) + upperBound(quantiles, score) - 1) / 2 / (quantiles.length - 1)));
}

/** How many are below the value. */
function lowerBound(sorted: ArrayLike<number>, value: number): number {
  return boundWhere(sorted, (one) => one < value);
}

/** How many are not above the value. */
function upperBound(sorted: ArrayLike<number>, value: number): number {
  return boundWhere(sorted, (one) => one <= value);
}

function boundWhere(sorted: ArrayLike<number>, isBefore: (one: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(sorted[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
