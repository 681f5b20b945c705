/** How values were spread when a model was trained: shares of the bins that `edges` part, each with its upper edge, the last one open. */
export interface Distribution {
  /** Ascending; bin i holds values above edge i − 1 and up to edge i. */
  readonly edges: readonly number[];
  /** `edges.length + 1` of them, 0–1, summing to 1. */
  readonly shares: readonly number[];
}

/** Share that an empty bin counts as, so that the logarithm is defined. */
const LEAST_SHARE = 1e-4;
/** Of the normal distribution at 99.99 %. */
const Z = 3.719;

/**
 * Bins at the quantiles of `values`. A value that fills a quantile by itself gets a bin of its own, so that a shift to either side of it is seen.
 * @param bins wanted; ties give fewer or, around such values, more. @throws RangeError without values
 */
export function fitDistribution(values: ArrayLike<number>, bins = 10): Distribution {
  const sorted = Float64Array.from(values).sort();
  const rows = sorted.length;
  if (rows === 0) throw new RangeError('no values to fit a distribution to');
  const quantiles = Array.from({ length: bins - 1 }, (_, i) => sorted[Math.ceil((rows * (i + 1)) / bins) - 1]!);
  const edges = new Set(quantiles);
  quantiles.forEach((value, i) => {
    if (value === quantiles[i + 1]) edges.add(justBelow(sorted, value));
  });
  const ascending = [...edges].sort((a, b) => a - b);
  return { edges: ascending, shares: sharesOf(countBins(sorted, ascending)) };
}

/** Index of the bin that a value belongs to. */
export function binOf(edges: readonly number[], value: number): number {
  let bin = 0;
  while (bin < edges.length && value > edges[bin]!) bin++;
  return bin;
}

export function countBins(values: ArrayLike<number>, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (let i = 0; i < values.length; i++) counts[binOf(edges, values[i]!)]!++;
  return counts;
}

/** Counts as shares of their sum; all 0 without any. */
export function sharesOf(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
}

/**
 * Population stability index, Σ (a − e) · ln(a / e) over the bins, with shares below 0.0001 counted as that. The common reading: below 0.1 stable, from 0.25 on
 * another population (Siddiqi 2006, "Credit Risk Scorecards"; it is Jeffreys' divergence). @throws RangeError for different numbers of bins
 */
export function populationStability(expected: readonly number[], actual: readonly number[]): number {
  if (expected.length !== actual.length) throw new RangeError(`${expected.length} and ${actual.length} bins`);
  return expected.reduce((sum, share, bin) => {
    const [e, a] = [Math.max(share, LEAST_SHARE), Math.max(actual[bin]!, LEAST_SHARE)];
    return sum + (a - e) * Math.log(a / e);
  }, 0);
}

/**
 * What the index stays below in 9,999 of 10,000 cases although nothing has changed, only because samples are small: χ²(bins − 1) · (1/n + 1/m) (Yurdakul 2018,
 * "Statistical Properties of Population Stability Index"), its quantile after Wilson & Hilferty (1931).
 */
export function stabilityNoise({ bins, expectedRows, actualRows }: { bins: number; expectedRows: number; actualRows: number }): number {
  const freedom = bins - 1;
  if (freedom < 1) return 0;
  const spread = 2 / (9 * freedom);
  return freedom * (1 - spread + Z * Math.sqrt(spread)) ** 3 * (1 / expectedRows + 1 / actualRows);
}

/** The largest value below `value`, or one a little less when it is the least. */
function justBelow(sorted: Float64Array, value: number): number {
  const below = sorted.findLast((each) => each < value);
  return below ?? value - Math.max(Math.abs(value), 1) * 1e-6;
}
