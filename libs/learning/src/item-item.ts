import type { SparseMatrix } from './interactions';

/**
 * What one item says about another, dense: `data[from * items + to]` is what having `from` in the history adds to the score
 * of `to`. The diagonal is 0. A row is contiguous, as scoring and an ONNX Gather read it.
 */
export interface ItemItemMatrix {
  readonly items: number;
  readonly data: Float32Array;
}

/** XᵀX of a users × items matrix, dense, symmetric, items × items row-major. Linear in the sum of squared history lengths. */
export function gramMatrix(x: SparseMatrix): Float64Array {
  const n = x.columns;
  const gram = new Float64Array(n * n);
  for (let row = 0; row < x.rows; row++) {
    const end = x.offsets[row + 1]!;
    for (let at = x.offsets[row]!; at < end; at++) {
      const base = x.indices[at]! * n;
      const value = x.values[at]!;
      for (let other = x.offsets[row]!; other <= at; other++) gram[base + x.indices[other]!]! += value * x.values[other]!;
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) gram[j * n + i] = gram[i * n + j]!;
  return gram;
}

/** Σ weight · matrix: one matrix that scores as the weighted sum of them does. @throws RangeError when sizes differ. */
export function mergeItemItem(parts: readonly { readonly matrix: ItemItemMatrix; readonly weight: number }[]): ItemItemMatrix {
  const items = parts[0]?.matrix.items ?? 0;
  const data = new Float32Array(items * items);
  for (const { matrix, weight } of parts) {
    if (matrix.items !== items) throw new RangeError(`a matrix over ${matrix.items} items cannot join one over ${items}`);
    for (let at = 0; at < data.length; at++) data[at]! += weight * matrix.data[at]!;
  }
  return { items, data };
}

/** The same matrix with column `to` multiplied by `factors[to]`. */
export function scaleTargets({ items, data }: ItemItemMatrix, factors: ArrayLike<number>): ItemItemMatrix {
  const scaled = new Float32Array(data.length);
  for (let from = 0; from < items; from++) {
    for (let to = 0; to < items; to++) scaled[from * items + to] = data[from * items + to]! * factors[to]!;
  }
  return { items, data: scaled };
}

/** Mean absolute value off the diagonal: brings matrices of different methods to one scale before they are merged. */
export function meanStrength({ items, data }: ItemItemMatrix): number {
  let sum = 0;
  for (const value of data) sum += Math.abs(value);
  return items > 1 ? sum / (items * (items - 1)) : 0;
}
