import type { FeatureTable } from '../boosting/feature-table';
import type { Contributions } from '../boosting/tree-shap';
import { minimise, type Objective } from '../minimise';
import { designMatrix, fitDesign, termValue, type Design } from './design';

/** Logistic regression on standardised terms, JSON as it is. score = intercept + Σ weight · term, the log-odds. */
export interface LogisticModel {
  readonly design: Design;
  readonly intercept: number;
  readonly weights: readonly number[];
}

export interface LogisticOptions {
  /** Ridge penalty l2 / 2 · Σ weight², against the summed log loss. @default 1 */
  readonly l2?: number;
  /** What each row counts. @default 1 each */
  readonly weights?: Float64Array;
  /** Added to each row's score and not learned; the caller adds it when scoring, too. @default 0 each */
  readonly offsets?: Float64Array;
}

interface Problem {
  readonly matrix: Float64Array;
  readonly width: number;
  readonly labels: ArrayLike<number>;
  readonly l2: number;
  readonly weights: Float64Array | undefined;
  readonly offsets: Float64Array | undefined;
}

/** Maximum of the penalised likelihood (Hastie, Tibshirani and Friedman 2009, §4.4), by L-BFGS. @throws RangeError when lengths differ. */
export function fitLogistic(table: FeatureTable, labels: ArrayLike<number>, options: LogisticOptions = {}): LogisticModel {
  if (labels.length !== table.rows) throw new RangeError(`${table.rows} rows with ${labels.length} labels`);
  const design = fitDesign(table);
  const width = design.terms.length;
  const { l2 = 1, weights, offsets } = options;
  const objective = penalisedLogLoss({ matrix: designMatrix(design, table), width, labels, l2, weights, offsets });
  const { at } = minimise(objective, new Float64Array(width + 1), { maxIterations: 200, tolerance: 1e-7 });
  return { design, intercept: at[width]!, weights: Array.from(at.subarray(0, width)) };
}

/** Log-odds of every row. @throws RangeError when the columns differ from the fitted ones. */
export function scoreLogistic({ design, intercept, weights }: LogisticModel, table: FeatureTable): Float64Array {
  const matrix = designMatrix(design, table);
  return Float64Array.from({ length: table.rows }, (_, row) =>
    weights.reduce((sum, weight, t) => sum + weight * matrix[row * weights.length + t]!, intercept),
  );
}

/** The parts of one row's score, a column each: weight × distance from the mean, so that they and the intercept sum to the score. */
export function explainLogistic({ design, intercept, weights }: LogisticModel, row: ArrayLike<number>): Contributions {
  const contributions = new Float64Array(design.columns.length);
  design.terms.forEach((term, t) => (contributions[term.column]! += weights[t]! * termValue(term, row[term.column]!)));
  return { expected: intercept, contributions };
}

/** Mean of log loss and penalty over the rows, with its gradient; the intercept comes last and is not penalised. */
export function penalisedLogLoss({ matrix, width, labels, l2, weights, offsets }: Problem): Objective {
  const rows = labels.length;
  return (at, gradient) => {
    gradient.fill(0);
    let total = 0;
    for (let row = 0; row < rows; row++) {
      let s = at[width]! + (offsets?.[row] ?? 0);
      const from = row * width;
      for (let t = 0; t < width; t++) s += at[t]! * matrix[from + t]!;
      const weight = weights?.[row] ?? 1;
      total += weight * (Math.max(s, 0) + Math.log1p(Math.exp(-Math.abs(s))) - labels[row]! * s);
      const slope = weight * (1 / (1 + Math.exp(-s)) - labels[row]!);
      for (let t = 0; t < width; t++) gradient[t]! += slope * matrix[from + t]!;
      gradient[width]! += slope;
    }
    for (let t = 0; t < width; t++) {
      total += (l2 / 2) * at[t]! ** 2;
      gradient[t]! += l2 * at[t]!;
    }
    for (let t = 0; t <= width; t++) gradient[t]! /= rows;
    return total / rows;
  };
}
