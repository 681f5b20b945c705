import type { BinnedColumn } from './binning';
import { FIELDS } from './histogram';

/** Sums over the rows of a node. */
export interface NodeSums {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
}

export interface Split {
  /** Half of this is how much the regularised loss falls (XGBoost, Chen and Guestrin 2016, equation 7). */
  readonly gain: number;
  readonly column: number;
  /** By bin of the column, the missing one last: 1 goes left. */
  readonly toLeft: Uint8Array;
  /** Of a number: the last bin that goes left; of categories −1. */
  readonly lastBin: number;
  readonly left: NodeSums;
}

export interface SplitOptions {
  readonly l2: number;
  readonly minRowsPerLeaf: number;
}

/** Hessian that each side must keep: with less, a Newton step means nothing. */
const MIN_HESSIAN = 1e-3;
/** Categories with fewer rows in the node are not told apart: they go with the missing ones (scikit-learn's and LightGBM's figure). */
const MIN_CATEGORY_ROWS = 10;
/** Added to the hessians in the order of the categories and in their gain, against chance orders (LightGBM: cat_smooth, cat_l2). */
const CATEGORY_SMOOTHING = 10;

/** `codes`: the categories that go left, with the missing one where it does. */
type Best = Omit<Split, 'toLeft'> & { readonly missingLeft: boolean; readonly codes: readonly number[] | null };

interface Search {
  readonly node: NodeSums;
  readonly options: SplitOptions;
  best: Best | null;
}

/** The split of a node that gains most over all columns; null where none is allowed or gains anything. */
export function findSplit(
  histogram: Float64Array,
  starts: Int32Array,
  columns: readonly BinnedColumn[],
  node: NodeSums,
  options: SplitOptions,
): Split | null {
  const search: Search = { node, options, best: null };
  columns.forEach(({ edges, size }, c) => {
    const sums = histogram.subarray(starts[c]!, starts[c + 1]!);
    if (edges === null) scanCategories(search, sums, size, c);
    else scanNumbers(search, sums, size, c);
  });
  return search.best === null ? null : withSides(search.best, columns[search.best.column]!.size);
}

/** Each edge in turn; missing values once on the right and, where there are any, once on the left. */
function scanNumbers(search: Search, sums: Float64Array, size: number, column: number): void {
  const { node, options } = search;
  const missing = size * FIELDS;
  const hasMissing = sums[missing + 2]! > 0;
  const total = scoreOf(node.gradient, node.hessian, options.l2);
  for (const missingLeft of hasMissing ? [false, true] : [false]) {
    let gradient = missingLeft ? sums[missing]! : 0;
    let hessian = missingLeft ? sums[missing + 1]! : 0;
    let rows = missingLeft ? sums[missing + 2]! : 0;
    const end = hasMissing && !missingLeft ? size : size - 1; // all numbers on the left: against the missing values only
    for (let bin = 0; bin < end; bin++) {
      gradient += sums[bin * FIELDS]!;
      hessian += sums[bin * FIELDS + 1]!;
      rows += sums[bin * FIELDS + 2]!;
      if (rows < options.minRowsPerLeaf || hessian < MIN_HESSIAN) continue;
      if (node.rows - rows < options.minRowsPerLeaf || node.hessian - hessian < MIN_HESSIAN) break;
      const gain = gainOf(gradient, hessian, node, options.l2) - total;
      if (gain <= (search.best?.gain ?? MIN_GAIN)) continue;
      // Where the node has no missing values, those of later rows go where most rows go.
      const side = hasMissing ? missingLeft : rows > node.rows - rows;
      search.best = { gain, column, lastBin: bin, left: { gradient, hessian, rows }, missingLeft: side, codes: null };
    }
  }
}

/**
 * Categories in the order of their gradient over hessian: the best of all two-sided groupings is a cut of that order (Fisher 1958).
 * Taken from both ends, so that the rare ones, which stay right, may join either side. Missing values are one more category.
 */
function scanCategories(search: Search, sums: Float64Array, size: number, column: number): void {
  const { node, options } = search;
  const codes = Array.from({ length: size + 1 }, (_, code) => code).filter((code) => sums[code * FIELDS + 2]! >= MIN_CATEGORY_ROWS);
  const ratio = (code: number): number => sums[code * FIELDS]! / (sums[code * FIELDS + 1]! + CATEGORY_SMOOTHING);
  codes.sort((a, b) => ratio(a) - ratio(b) || a - b);
  const l2 = options.l2 + CATEGORY_SMOOTHING;
  const total = scoreOf(node.gradient, node.hessian, l2);
  for (const order of [codes, codes.toReversed()]) {
    let [gradient, hessian, rows] = [0, 0, 0];
    for (let at = 0; at < order.length; at++) {
      const from = order[at]! * FIELDS;
      gradient += sums[from]!;
      hessian += sums[from + 1]!;
      rows += sums[from + 2]!;
      if (rows < options.minRowsPerLeaf || hessian < MIN_HESSIAN) continue;
      if (node.rows - rows < options.minRowsPerLeaf || node.hessian - hessian < MIN_HESSIAN) break;
      const gain = gainOf(gradient, hessian, node, l2) - total;
      if (gain <= (search.best?.gain ?? MIN_GAIN)) continue;
      const chosen = order.slice(0, at + 1);
      const left = { gradient, hessian, rows };
      search.best = { gain, column, lastBin: -1, left, missingLeft: chosen.includes(size), codes: chosen };
    }
  }
}

/** Below this a gain is rounding. */
const MIN_GAIN = 1e-10;

function scoreOf(gradient: number, hessian: number, l2: number): number {
  return (gradient * gradient) / (hessian + l2 + 1e-15);
}

/** Score of both sides. */
function gainOf(gradient: number, hessian: number, node: NodeSums, l2: number): number {
  return scoreOf(gradient, hessian, l2) + scoreOf(node.gradient - gradient, node.hessian - hessian, l2);
}

function withSides({ missingLeft, codes, ...split }: Best, size: number): Split {
  const toLeft = new Uint8Array(size + 1);
  if (codes === null) toLeft.fill(1, 0, split.lastBin + 1);
  else for (const code of codes) toLeft[code] = 1;
  toLeft[size] = Number(missingLeft);
  return { ...split, toLeft };
}
