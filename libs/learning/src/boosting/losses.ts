import type { Derivatives } from './histogram';

export type LossName = 'log' | 'squared';

/** What boosting needs to know of a loss; `rows` names the rows that count. */
export interface Loss {
  /** The constant that, added to the offsets, makes the loss least. */
  baseline(targets: ArrayLike<number>, rows: Int32Array, weights: Float64Array | undefined, offsets: Float64Array | undefined): number;
  /** First and second derivatives at the scores. */
  derive(targets: ArrayLike<number>, scores: Float64Array, rows: Int32Array, weights: Float64Array | undefined, into: Derivatives): void;
  /** Weighted mean; 0 of no rows. */
  mean(targets: ArrayLike<number>, scores: Float64Array, rows: Int32Array, weights: Float64Array | undefined): number;
}

/** Squared error halved: gradient s − y, hessian 1. */
const SQUARED: Loss = {
  baseline: (targets, rows, weights, offsets) => meanOf(rows, weights, (row) => targets[row]! - (offsets?.[row] ?? 0)),
  derive(targets, scores, rows, weights, { gradients, hessians }) {
    for (const row of rows) {
      const weight = weights === undefined ? 1 : weights[row]!;
      gradients[row] = weight * (scores[row]! - targets[row]!);
      hessians[row] = weight;
    }
  },
  mean: (targets, scores, rows, weights) => meanOf(rows, weights, (row) => (scores[row]! - targets[row]!) ** 2 / 2),
};

/** −y·ln p − (1 − y)·ln(1 − p) with p = 1 / (1 + e^−s): gradient p − y, hessian p·(1 − p). */
const LOG: Loss = {
  baseline(targets, rows, weights, offsets) {
    const rate = meanOf(rows, weights, (row) => targets[row]!);
    if (offsets !== undefined) return interceptBeside(offsets, rate, rows, weights);
    return logOdds(rate);
  },
  derive(targets, scores, rows, weights, { gradients, hessians }) {
    for (const row of rows) {
      const weight = weights === undefined ? 1 : weights[row]!;
      const p = 1 / (1 + Math.exp(-scores[row]!));
      gradients[row] = weight * (p - targets[row]!);
      hessians[row] = weight * p * (1 - p);
    }
  },
  // ln(1 + e^s) − y·s without overflow.
  mean: (targets, scores, rows, weights) =>
    meanOf(rows, weights, (row) => {
      const s = scores[row]!;
      return Math.max(s, 0) + Math.log1p(Math.exp(-Math.abs(s))) - targets[row]! * s;
    }),
};

export const LOSSES: Readonly<Record<LossName, Loss>> = { log: LOG, squared: SQUARED };

/** Rates of 0 and 1 are held where a float32 score still tells them apart. */
function logOdds(rate: number): number {
  const held = Math.min(1 - 1e-6, Math.max(1e-6, rate));
  return Math.log(held / (1 - held));
}

/** The intercept at which the mean probability is the rate, by Newton's method. */
function interceptBeside(offsets: Float64Array, rate: number, rows: Int32Array, weights: Float64Array | undefined): number {
  const target = Math.min(1 - 1e-6, Math.max(1e-6, rate));
  let intercept = 0;
  for (let step = 0; step < 50; step++) {
    const probability = (row: number): number => 1 / (1 + Math.exp(-offsets[row]! - intercept));
    const excess = meanOf(rows, weights, probability) - target;
    const slope = meanOf(rows, weights, (row) => probability(row) * (1 - probability(row)));
    const change = Math.max(-2, Math.min(2, excess / Math.max(slope, 1e-12)));
    intercept -= change;
    if (Math.abs(change) < 1e-10) break;
  }
  return intercept;
}

function meanOf(rows: Int32Array, weights: Float64Array | undefined, value: (row: number) => number): number {
  let [sum, total] = [0, 0];
  for (const row of rows) {
    const weight = weights === undefined ? 1 : weights[row]!;
    sum += weight * value(row);
    total += weight;
  }
  return total === 0 ? 0 : sum / total;
}
