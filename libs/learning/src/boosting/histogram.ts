import type { BinnedColumn } from './binning';

/** Numbers a bin: sum of gradients, sum of hessians, rows. */
export const FIELDS = 3;

/** Gradients and hessians of the loss at the present scores, one a row. */
export interface Derivatives {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
}

/** Where each column's bins begin in a histogram, and at the end its length; the last bin of a column holds the missing values. */
export function histogramStarts(columns: readonly BinnedColumn[]): Int32Array {
  const starts = new Int32Array(columns.length + 1);
  columns.forEach(({ size }, c) => (starts[c + 1] = starts[c]! + (size + 1) * FIELDS));
  return starts;
}

/** Sums over `rows`, for each bin of each column. */
export function fillHistogram(
  into: Float64Array,
  starts: Int32Array,
  columns: readonly BinnedColumn[],
  rows: Int32Array,
  derivatives: Derivatives,
): void {
  into.fill(0);
  columns.forEach(({ bins }, c) => addColumn(into.subarray(starts[c]!, starts[c + 1]!), bins, rows, derivatives));
}

/** parent ← parent − child, which is the other child's histogram (LightGBM, Ke et al. 2017, §2). */
export function subtractHistogram(parent: Float64Array, child: Float64Array): void {
  for (let at = 0; at < parent.length; at++) parent[at]! -= child[at]!;
}

function addColumn(sums: Float64Array, bins: Uint8Array, rows: Int32Array, { gradients, hessians }: Derivatives): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const at = bins[row]! * FIELDS;
    sums[at]! += gradients[row]!;
    sums[at + 1]! += hessians[row]!;
    sums[at + 2]!++;
  }
}
