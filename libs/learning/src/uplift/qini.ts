import { orderBy } from '../calibration/metrics';
import { createRandom } from '../random';

/** An experiment: who was treated, what came of it, and the scores that would choose whom to treat first. */
export interface UpliftRows {
  /** What each row did, e.g. 1 for a visit. */
  readonly outcomes: ArrayLike<number>;
  /** 1 for treated rows, 0 for the control group. */
  readonly treated: ArrayLike<number>;
}

export interface QiniOptions {
  readonly seed: number;
  /** Resamples behind the interval. @default 1000 */
  readonly resamples?: number;
  /** Share of the resamples inside the interval. @default 0.95 */
  readonly confidence?: number;
}

/** A figure and the interval that holds it in the given share of bootstrap resamples (Efron 1979, percentiles). */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How well scores find those whom the treatment moves. */
export interface QiniReport {
  /** Area between Qini curve and random targeting over that of the perfect order, as scikit-uplift's `qini_auc_score`. 0 is random. */
  readonly qini: Estimate;
  /** More outcomes per treated row than random targeting, in the mean over all depths. */
  readonly gain: Estimate;
}

/**
 * Qini coefficient (Radcliffe 2007, "Using control groups to target on predicted lift") of several scorings of one experiment, with
 * bootstrap intervals; the resamples are the same for all, and `differences` compares each to the first on them.
 */
export function compareUplift<N extends string>(
  rows: UpliftRows,
  scorings: Readonly<Record<N, ArrayLike<number>>>,
  { seed, resamples = 1000, confidence = 0.95 }: QiniOptions,
): { readonly reports: Readonly<Record<N, QiniReport>>; readonly differences: Readonly<Partial<Record<N, Estimate>>> } {
  const names = Object.keys(scorings) as N[];
  const orders = names.map((name) => ranking(scorings[name]));
  const perfect = ranking(
    Float64Array.from({ length: rows.outcomes.length }, (_, row) => rows.outcomes[row]! * (2 * rows.treated[row]! - 1)),
  );
  const measure = (weights: Int32Array): { qini: number; gain: number }[] => {
    const best = gainOver(rows, perfect, weights);
    return orders.map((order) => gainOver(rows, order, weights)).map((gain) => ({ qini: gain / best, gain }));
  };
  const ones = new Int32Array(rows.outcomes.length).fill(1);
  const values = measure(ones);
  const samples = Array.from({ length: resamples }, (_, at) => measure(resample(ones.length, seed + at)));
  const estimate = (of: (measured: readonly { qini: number; gain: number }[]) => number): Estimate => {
    const sorted = Float64Array.from(samples, of).sort();
    const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
    return { value: of(values), low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) };
  };
  const reports = names.map((name, i) => [name, { qini: estimate((m) => m[i]!.qini), gain: estimate((m) => m[i]!.gain) }] as const);
  const differences = names.slice(1).map((name, i) => [name, estimate((m) => m[0]!.qini - m[i + 1]!.qini)] as const);
  return {
    reports: Object.fromEntries(reports) as Record<N, QiniReport>,
    differences: Object.fromEntries(differences) as Partial<Record<N, Estimate>>,
  };
}

/** Mean outcome of treated less that of control rows, of all and of each part of equally many rows by falling score. */
export function upliftByPart(rows: UpliftRows, scores: ArrayLike<number>, parts = 10): { readonly all: number; readonly parts: number[] } {
  const order = orderBy(scores).reverse();
  const of = (chosen: Int32Array): number => {
    const [sums, counts] = [
      [0, 0],
      [0, 0],
    ];
    for (const row of chosen) {
      sums[rows.treated[row]!]! += rows.outcomes[row]!;
      counts[rows.treated[row]!]!++;
    }
    return sums[1]! / counts[1]! - sums[0]! / counts[0]!;
  };
  const bound = (part: number): number => Math.floor((part * order.length) / parts);
  return { all: of(order), parts: Array.from({ length: parts }, (_, part) => of(order.subarray(bound(part), bound(part + 1)))) };
}

interface Ranking {
  /** Row numbers by falling score. */
  readonly order: Int32Array;
  /** Of each place, 1 where the next one has another score. */
  readonly ends: Uint8Array;
}

function ranking(scores: ArrayLike<number>): Ranking {
  const order = orderBy(scores).reverse();
  const ends = new Uint8Array(order.length);
  for (let at = 0; at < order.length; at++) ends[at] = Number(at === order.length - 1 || scores[order[at]!] !== scores[order[at + 1]!]);
  return { order, ends };
}

/**
 * Area between Q(φ) = Y_t(φ) − Y_c(φ)·N_t(φ)/N_c(φ) and the straight line to Q(1), by trapezes over the share φ of the rows, a treated
 * row. Rows of one score come together. `weights`: how often each row counts.
 */
function gainOver({ outcomes, treated }: UpliftRows, { order, ends }: Ranking, weights: Int32Array): number {
  let [yt, yc, nt, nc] = [0, 0, 0, 0];
  let [area, lastQ, lastRows] = [0, 0, 0];
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!;
    const weight = weights[row]!;
    if (treated[row] === 1) {
      nt += weight;
      yt += weight * outcomes[row]!;
    } else {
      nc += weight;
      yc += weight * outcomes[row]!;
    }
    if (ends[at] === 0) continue;
    const q = nc === 0 ? yt : yt - (yc * nt) / nc;
    area += ((q + lastQ) / 2) * (nt + nc - lastRows);
    [lastQ, lastRows] = [q, nt + nc];
  }
  return (area / lastRows - lastQ / 2) / nt;
}

/** How often each of `rows` comes up in as many draws. */
function resample(rows: number, seed: number): Int32Array {
  const random = createRandom(seed);
  const weights = new Int32Array(rows);
  for (let draw = 0; draw < rows; draw++) weights[random.integer(rows)]!++;
  return weights;
}
