import { minimise } from '../minimise';
import { orderBy } from './metrics';

/** A rising map from a score to a probability, JSON as it is. */
export type Calibration = PlattCalibration | IsotonicCalibration;

/** p = 1 / (1 + e^−(slope·score + intercept)). */
export interface PlattCalibration {
  readonly kind: 'platt';
  readonly slope: number;
  readonly intercept: number;
}

/** Probabilities at rising scores; between two of them a straight line, outside the nearest one. */
export interface IsotonicCalibration {
  readonly kind: 'isotonic';
  readonly scores: readonly number[];
  readonly probabilities: readonly number[];
}

/**
 * Platt (1999) scaling with the smoothed targets of Lin, Lin and Weng (2007, equation 6): fits from few labels, keeps the order of the
 * scores. A slope below 0 (the scores are worse than chance) becomes 0.
 */
export function fitPlatt(scores: ArrayLike<number>, labels: ArrayLike<number>): PlattCalibration {
  const positives = sum(labels);
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (labels.length - positives + 2)];
  const loss = (at: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let total = 0;
    for (let row = 0; row < scores.length; row++) {
      const s = at[0]! * scores[row]! + at[1]!;
      const target = labels[row]! === 1 ? high : low;
      total += Math.max(s, 0) + Math.log1p(Math.exp(-Math.abs(s))) - target * s;
      const slope = 1 / (1 + Math.exp(-s)) - target;
      gradient[0]! += slope * scores[row]!;
      gradient[1]! += slope;
    }
    for (let i = 0; i < 2; i++) gradient[i]! /= scores.length;
    return total / scores.length;
  };
  const [slope, intercept] = minimise(loss, [1, 0]).at as unknown as [number, number];
  if (slope > 0) return { kind: 'platt', slope, intercept };
  const mean = (high * positives + low * (labels.length - positives)) / labels.length;
  return { kind: 'platt', slope: 0, intercept: Math.log(mean / (1 - mean)) };
}

/** Pool-adjacent-violators (Ayer et al. 1955; Zadrozny and Elkan 2002). Wants a thousand labels or more. */
export function fitIsotonic(scores: ArrayLike<number>, labels: ArrayLike<number>): IsotonicCalibration {
  const blocks: { low: number; high: number; sum: number; rows: number }[] = [];
  for (const row of orderBy(scores)) {
    const score = scores[row]!;
    const last = blocks.at(-1);
    if (last !== undefined && last.high === score) {
      last.sum += labels[row]!;
      last.rows++;
    } else blocks.push({ low: score, high: score, sum: labels[row]!, rows: 1 });
    pool(blocks);
  }
  const points = blocks.flatMap(({ low, high, sum: positives, rows }) => {
    const probability = positives / rows;
    return low === high
      ? [[low, probability]]
      : [
          [low, probability],
          [high, probability],
        ];
  });
  return { kind: 'isotonic', scores: points.map(([score]) => score!), probabilities: points.map(([, probability]) => probability!) };
}

/** The probability of a score, in [0, 1]; never falls as the score rises. */
export function calibrate(calibration: Calibration, score: number): number {
  if (calibration.kind === 'platt') return 1 / (1 + Math.exp(-(calibration.slope * score + calibration.intercept)));
  const { scores, probabilities } = calibration;
  if (score <= scores[0]!) return probabilities[0]!;
  if (score >= scores.at(-1)!) return probabilities.at(-1)!;
  let [low, high] = [0, scores.length - 1]; // scores[low] ≤ score < scores[high]
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (scores[middle]! <= score) low = middle;
    else high = middle;
  }
  const share = (score - scores[low]!) / (scores[high]! - scores[low]!);
  return probabilities[low]! + share * (probabilities[high]! - probabilities[low]!);
}

function pool(blocks: { low: number; high: number; sum: number; rows: number }[]): void {
  for (let at = blocks.length - 1; at > 0; at--) {
    const [before, last] = [blocks[at - 1]!, blocks[at]!];
    if (before.sum * last.rows < last.sum * before.rows) return;
    before.high = last.high;
    before.sum += last.sum;
    before.rows += last.rows;
    blocks.pop();
  }
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let row = 0; row < values.length; row++) total += values[row]!;
  return total;
}
