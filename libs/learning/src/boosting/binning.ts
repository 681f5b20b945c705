import type { FeatureColumn, FeatureTable } from './feature-table';

/** Bins of values; with the one of missing values they fill a byte. */
const VALUE_BINS = 255;

/** A column's values as bins 0 … size − 1, and `size` for missing ones. */
export interface BinnedColumn {
  readonly bins: Uint8Array;
  /** Of numbers: bin b holds edges[b − 1] < x ≤ edges[b]. Null for categories, whose bin is their code. */
  readonly edges: Float32Array | null;
  /** Bins of values, at most 255; also the bin of missing ones. */
  readonly size: number;
}

/**
 * Columns as at most 255 bins each: one a value where there are so few, else bounded by quantiles so that each holds about as many rows.
 * The edges are learned from `learnFrom` only, when it is given (row numbers).
 */
export function binTable(table: FeatureTable, learnFrom?: ArrayLike<number>): BinnedColumn[] {
  return table.columns.map((column) => binColumn(column, learnFrom));
}

function binColumn(column: FeatureColumn, learnFrom?: ArrayLike<number>): BinnedColumn {
  const { values, categories } = column;
  const bins = new Uint8Array(values.length);
  if (categories !== undefined) {
    for (let row = 0; row < bins.length; row++) bins[row] = Number.isNaN(values[row]!) ? categories.length : values[row]!;
    return { bins, edges: null, size: categories.length };
  }
  const edges = findEdges(sortedValues(values, learnFrom));
  for (let row = 0; row < bins.length; row++) bins[row] = binOf(edges, values[row]!);
  return { bins, edges, size: edges.length + 1 };
}

function sortedValues(values: Float32Array, learnFrom?: ArrayLike<number>): Float32Array {
  const chosen = learnFrom === undefined ? values : Float32Array.from(learnFrom, (row) => values[row]!);
  return chosen.filter((value) => !Number.isNaN(value)).sort();
}

/** Edges lie halfway between two values that occur, in float32 as the models' inputs are. */
function findEdges(sorted: Float32Array): Float32Array {
  const distinct = sorted.filter((value, at) => at === 0 || value !== sorted[at - 1]);
  const edges: number[] = [];
  if (distinct.length <= VALUE_BINS) {
    for (let at = 1; at < distinct.length; at++) edges.push(between(distinct[at - 1]!, distinct[at]!));
    return Float32Array.from(edges);
  }
  for (let quantile = 1; quantile < VALUE_BINS; quantile++) {
    const at = Math.round((quantile / VALUE_BINS) * sorted.length);
    const edge = between(sorted[at - 1]!, sorted[at]!);
    if (edges.length === 0 || edge > edges.at(-1)!) edges.push(edge);
  }
  // An edge at the largest value would leave the last bin empty.
  return Float32Array.from(edges).filter((edge) => edge < sorted.at(-1)!);
}

/** A float32 number m with low ≤ m < high, or low where both are equal. */
function between(low: number, high: number): number {
  const middle = Math.fround((low + high) / 2);
  return middle < high ? middle : low;
}

/** The first bin whose edge is not below the value. */
function binOf(edges: Float32Array, value: number): number {
  if (Number.isNaN(value)) return edges.length + 1;
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= edges[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}
