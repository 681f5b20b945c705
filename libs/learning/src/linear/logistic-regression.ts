import type { FeatureTable } from '../boosting/feature-table';
import type { Contributions } from '../boosting/tree-shap';
import { invertPositiveDefinite } from '../positive-definite';
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

/** Rows, labels and penalty; `matrix` is rows × width. */
export interface LogisticProblem {
  readonly matrix: Float64Array;
  readonly width: number;
  readonly labels: ArrayLike<number>;
  readonly l2: number;
  readonly weights: Float64Array | undefined;
  readonly offsets: Float64Array | undefined;
}

const NEWTON_STEPS = 50;

// Bound once: looked up on Math each time, they take most of a fit.
const { exp, log1p } = Math;

/**
 * Maximum of the penalised likelihood by Newton's method (IRLS: Hastie, Tibshirani and Friedman 2009, §4.4.1), each step halved until the
 * loss falls. @throws RangeError when lengths differ.
 */
export function fitLogistic(table: FeatureTable, labels: ArrayLike<number>, options: LogisticOptions = {}): LogisticModel {
  if (labels.length !== table.rows) throw new RangeError(`${table.rows} rows with ${labels.length} labels`);
  const design = fitDesign(table);
  const width = design.terms.length;
  const { l2 = 1, weights, offsets } = options;
  const problem = { matrix: designMatrix(design, table), width, labels, l2, weights, offsets };
  let at = new Float64Array(width + 1);
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const gradient = new Float64Array(width + 1);
    const loss = penalisedLogLoss(problem, at, gradient);
    const next = halvedStep(problem, at, loss, newtonStep(problem, at, gradient));
    if (next === null) break;
    at = next.at;
    if (loss - next.loss < 1e-10 * loss) break;
  }
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

/** Log loss summed over the rows, and the penalty; fills the gradient. The intercept comes last and is not penalised. */
export function penalisedLogLoss(problem: LogisticProblem, at: Float64Array, gradient: Float64Array): number {
  const { matrix, width, labels, l2, weights } = problem;
  gradient.fill(0);
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    const s = scoreAt(problem, at, row);
    const weight = weights?.[row] ?? 1;
    total += weight * (softplus(s) - labels[row]! * s);
    const slope = weight * (1 / (1 + exp(-s)) - labels[row]!);
    for (let t = 0, from = row * width; t < width; t++) gradient[t]! += slope * matrix[from + t]!;
    gradient[width]! += slope;
  }
  for (let t = 0; t < width; t++) {
    total += (l2 / 2) * at[t]! ** 2;
    gradient[t]! += l2 * at[t]!;
  }
  return total;
}

/** H⁻¹·g with H = Σ w·p·(1 − p)·x·xᵀ + l2. */
function newtonStep(problem: LogisticProblem, at: Float64Array, gradient: Float64Array): Float64Array {
  const { matrix, width, labels, l2, weights } = problem;
  const size = width + 1;
  const hessian = new Float64Array(size * size);
  const x = new Float64Array(size).fill(1);
  for (let row = 0; row < labels.length; row++) {
    x.set(matrix.subarray(row * width, (row + 1) * width));
    const p = 1 / (1 + exp(-scoreAt(problem, at, row)));
    const curvature = (weights?.[row] ?? 1) * p * (1 - p);
    for (let i = 0; i < size; i++) {
      const scaled = curvature * x[i]!;
      for (let j = 0; j <= i; j++) hessian[i * size + j]! += scaled * x[j]!;
    }
  }
  // A grain for the intercept, too: all rows on one side leave it no curvature.
  for (let i = 0; i < size; i++) hessian[i * size + i]! += i < width ? l2 + 1e-9 : 1e-9;
  invertPositiveDefinite(hessian, size);
  return gradient.map((_, i) => gradient.reduce((sum, slope, j) => sum + hessian[i * size + j]! * slope, 0));
}

/** The first of the full, half, quarter … step after which the loss is lower; null where none is. */
function halvedStep(problem: LogisticProblem, at: Float64Array, loss: number, step: Float64Array) {
  for (let share = 1; share > 1e-6; share /= 2) {
    const next = at.map((value, t) => value - share * step[t]!);
    const lower = penalisedLogLoss(problem, next, new Float64Array(at.length));
    if (lower < loss) return { at: next, loss: lower };
  }
  return null;
}

/** ln(1 + e^s) without overflow. */
function softplus(s: number): number {
  return s > 0 ? s + log1p(exp(-s)) : log1p(exp(s));
}

function scoreAt({ matrix, width, offsets }: LogisticProblem, at: Float64Array, row: number): number {
  let s = at[width]! + (offsets?.[row] ?? 0);
  for (let t = 0, from = row * width; t < width; t++) s += at[t]! * matrix[from + t]!;
  return s;
}
