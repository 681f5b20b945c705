import type { SparseMatrix } from '../interactions';
import { transpose } from '../interactions';
import type { ProgressListener } from '../positive-definite';
import { createRandom } from '../random';
import { toItemMatrix, type Sequences, type SequenceScorer } from './sequences';

export interface AlsOptions {
  readonly seed: number;
  /** Length d of the factors. @default 64 */
  readonly dimensions?: number;
  /** λ, scaled for each row by (interactions + α₀ · other side)^frequencyExponent. @default 0.003 */
  readonly regularisation?: number;
  /** α₀: what a pair that did not meet counts beside one that did. @default 0.1 */
  readonly unobservedWeight?: number;
  /** ν of the frequency-scaled regularisation; 0 is plain. @default 1 */
  readonly frequencyExponent?: number;
  /** Passes over users and items. @default 16 */
  readonly epochs?: number;
  /** Dimensions solved for at once. @default 16 */
  readonly blockSize?: number;
  readonly onProgress?: ProgressListener;
}

/** Factors of all rows: row r is `[r · dimensions, (r + 1) · dimensions)`. Plain arrays, so that workers may share them. */
export interface AlsModel {
  readonly dimensions: number;
  readonly users: Float32Array;
  readonly items: Float32Array;
  readonly settings: AlsSettings;
}

export type AlsSettings = Required<Omit<AlsOptions, 'onProgress'>>;

/** One side's rows to solve for: those of [from, to) are written, nothing else, so that workers can share a pass. */
export interface RowTask {
  /** Rows × the other side; 1 or the confidence of each pair that met. */
  readonly matrix: SparseMatrix;
  /** Factors solved for, and those of the other side. */
  readonly own: Float32Array;
  readonly other: Float32Array;
  /** VᵀV of the other side, dimensions². */
  readonly gram: Float64Array;
  readonly from: number;
  readonly to: number;
}

/**
 * Implicit ALS (Hu et al. 2008) with the loss and the frequency-scaled regularisation of Rendle et al. 2022 ("Revisiting the Performance of
 * iALS on Item Recommendation Benchmarks", eqs. 1 and 4), solved by blocks of dimensions as iALS++ (Rendle et al. 2021, algorithm 2).
 * An epoch costs O(interactions · d · block + rows · d²); memory 4 bytes · d a row.
 */
export function fitImplicitAls(matrix: SparseMatrix, options: AlsOptions): AlsModel {
  const { onProgress, ...given } = options;
  const settings: AlsSettings = {
    dimensions: 64,
    regularisation: 0.003,
    unobservedWeight: 0.1,
    frequencyExponent: 1,
    epochs: 16,
    blockSize: 16,
    ...given,
  };
  const d = settings.dimensions;
  const random = createRandom(settings.seed);
  const start = (rows: number) => Float32Array.from({ length: rows * d }, () => (0.1 / Math.sqrt(d)) * random.normal());
  const model: AlsModel = { dimensions: d, users: start(matrix.rows), items: start(matrix.columns), settings };
  const turned = transpose(matrix);
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    const [users, items] = [model.users, model.items];
    solveRows({ matrix, own: users, other: items, gram: gramOf(items, d), from: 0, to: matrix.rows }, settings);
    onProgress?.((epoch + 0.5) / settings.epochs);
    solveRows({ matrix: turned, own: items, other: users, gram: gramOf(users, d), from: 0, to: matrix.columns }, settings);
    onProgress?.((epoch + 1) / settings.epochs);
  }
  return model;
}

/** One pass over rows [from, to): each block of dimensions set to the minimum of the loss with the other dimensions held. */
export function solveRows({ matrix, own, other, gram, from, to }: RowTask, settings: AlsSettings): void {
  const solver = new RowSolver(settings, gram);
  const { offsets, indices, values } = matrix;
  for (let row = from; row < to; row++) {
    const [start, end] = [offsets[row]!, offsets[row + 1]!];
    const factors = own.subarray(row * settings.dimensions, (row + 1) * settings.dimensions);
    solver.solve(factors, indices.subarray(start, end), values.subarray(start, end), other, matrix.columns);
  }
}

/** VᵀV, symmetric. */
export function gramOf(factors: Float32Array, d: number): Float64Array {
  const gram = new Float64Array(d * d);
  for (let base = 0; base < factors.length; base += d) {
    for (let i = 0; i < d; i++) {
      const value = factors[base + i]!;
      for (let j = 0; j <= i; j++) gram[i * d + j]! += value * factors[base + j]!;
    }
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) gram[j * d + i] = gram[i * d + j]!;
  return gram;
}

/** Scores any history: its factors are solved for from its items, as in training (`passes` over the blocks). */
export function alsScorer({ items, dimensions: d, settings }: AlsModel, passes = 8): SequenceScorer {
  const gram = gramOf(items, d);
  const count = items.length / d;
  const solver = new RowSolver(settings, gram);
  return {
    score(sequences: Sequences, rows, scores) {
      const matrix = toItemMatrix(sequences);
      rows.forEach((sequence, row) => {
        const [start, end] = [matrix.offsets[sequence]!, matrix.offsets[sequence + 1]!];
        const factors = new Float32Array(d);
        for (let pass = 0; pass < passes; pass++)
          solver.solve(factors, matrix.indices.subarray(start, end), matrix.values.subarray(start, end), items, count);
        for (let item = 0; item < count; item++) {
          let sum = 0;
          for (let i = 0; i < d; i++) sum += factors[i]! * items[item * d + i]!;
          scores[row * count + item] = sum;
        }
      });
    },
  };
}

/** Scratch space for one row after another. */
class RowSolver {
  private predictions = new Float64Array(0);
  private readonly hessian: Float64Array;
  private readonly gradient: Float64Array;

  constructor(
    private readonly settings: AlsSettings,
    private readonly gram: Float64Array,
  ) {
    this.hessian = new Float64Array(settings.blockSize ** 2);
    this.gradient = new Float64Array(settings.blockSize);
  }

  /** Newton steps on L = Σ_met c·(x·v − 1)² + α₀·Σ_all (x·v)² + λ_row·|x|², block by block; exact within each block. */
  solve(x: Float32Array, met: Int32Array, confidence: Float32Array, other: Float32Array, otherRows: number): void {
    const { dimensions: d, blockSize, unobservedWeight, regularisation, frequencyExponent } = this.settings;
    const penalty = regularisation * (met.length + unobservedWeight * otherRows) ** frequencyExponent;
    this.predict(x, met, other);
    for (let first = 0; first < d; first += blockSize) {
      const size = Math.min(blockSize, d - first);
      this.derive(x, { first, size, penalty }, met, confidence, other);
      solveSmall(this.hessian, this.gradient, size);
      for (let i = 0; i < size; i++) x[first + i]! -= this.gradient[i]!;
      for (let at = 0; at < met.length; at++) {
        const base = met[at]! * d + first;
        let change = 0;
        for (let i = 0; i < size; i++) change += this.gradient[i]! * other[base + i]!;
        this.predictions[at]! -= change;
      }
    }
  }

  private predict(x: Float32Array, met: Int32Array, other: Float32Array): void {
    const d = this.settings.dimensions;
    if (this.predictions.length < met.length) this.predictions = new Float64Array(2 * met.length);
    for (let at = 0; at < met.length; at++) {
      const base = met[at]! * d;
      let sum = 0;
      for (let i = 0; i < d; i++) sum += x[i]! * other[base + i]!;
      this.predictions[at] = sum;
    }
  }

  /** Halves of gradient and Hessian of the block; the Hessian's lower triangle. */
  private derive(
    x: Float32Array,
    { first, size, penalty }: { first: number; size: number; penalty: number },
    met: Int32Array,
    confidence: Float32Array,
    other: Float32Array,
  ): void {
    const { dimensions: d, unobservedWeight } = this.settings;
    const { gram, gradient, hessian } = this;
    for (let i = 0; i < size; i++) {
      const row = (first + i) * d;
      let sum = 0;
      for (let j = 0; j < d; j++) sum += gram[row + j]! * x[j]!;
      gradient[i] = unobservedWeight * sum + penalty * x[first + i]!;
      for (let j = 0; j <= i; j++) hessian[i * size + j] = unobservedWeight * gram[row + first + j]!;
      hessian[i * size + i]! += penalty;
    }
    for (let at = 0; at < met.length; at++) {
      const base = met[at]! * d + first;
      const weight = confidence[at]!;
      const error = weight * (this.predictions[at]! - 1);
      for (let i = 0; i < size; i++) {
        const value = other[base + i]!;
        gradient[i]! += error * value;
        const scaled = weight * value;
        for (let j = 0; j <= i; j++) hessian[i * size + j]! += scaled * other[base + j]!;
      }
    }
  }
}

/** Solves H·y = g in place of g by Cholesky; reads the lower triangle of H and spoils it. */
function solveSmall(h: Float64Array, g: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = h[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= h[i * n + k]! * h[j * n + k]!;
      h[i * n + j] = i === j ? Math.sqrt(sum) : sum / h[j * n + j]!;
    }
  }
  for (let i = 0; i < n; i++) {
    let sum = g[i]!;
    for (let k = 0; k < i; k++) sum -= h[i * n + k]! * g[k]!;
    g[i] = sum / h[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = g[i]!;
    for (let k = i + 1; k < n; k++) sum -= h[k * n + i]! * g[k]!;
    g[i] = sum / h[i * n + i]!;
  }
}
