import type { Tensor } from '../model';
import { GraphBuilder, type OnnxGraph, type Value } from '../onnx/graph-builder';

/** How a raw feature becomes a coordinate: z = clip((t(x) − mean) / std, −5, 5), t(x) = sign(x)·ln(1 + |x|) if `log`, else x. */
export interface ScaledColumn {
  /** Mean of t(x) over the training rows. */
  readonly mean: number;
  /** Standard deviation of t(x), above zero. */
  readonly std: number;
  /** For amounts and counts with a long tail. */
  readonly log: boolean;
}

export interface KMeansModel {
  /** One per feature, in the order of the input's columns. */
  readonly columns: readonly ScaledColumn[];
  /** At least two, each with one coordinate per column, in the scaled space. */
  readonly centroids: readonly ArrayLike<number>[];
}

/** Scaled coordinates beyond this many standard deviations count as this many, so that one outlier does not decide a cluster. */
export const SCALED_LIMIT = 5;

/** Floats of the widest vectors there are (AVX-512). */
const VECTOR_ELEMENTS = 16;

/** The graph's scaling in double precision, for training: a row of raw features to its coordinates. */
export function scaleRow(columns: readonly ScaledColumn[], row: ArrayLike<number>): Float64Array {
  return Float64Array.from(columns, ({ mean, std, log }, index) => {
    const raw = row[index]!;
    const value = log ? Math.sign(raw) * Math.log1p(Math.abs(raw)) : raw;
    return Math.min(SCALED_LIMIT, Math.max(-SCALED_LIMIT, (value - mean) / std));
  });
}

/**
 * The assignment step of k-means (Lloyd 1982) as an ONNX graph.
 *
 * - `features` float32 [n, f]: raw and finite.
 * - `label` int64 [n]: a = argmin_c distances[c], the lower index at a tie.
 * - `distances` float32 [n, k]: Σ_j (z_j − c_j)², in squared standard deviations.
 * - `contributions` float32 [n, f]: (z_j − b_j)² − (z_j − a_j)², b being the runner-up: how much feature j speaks for cluster a and
 *   against b. Their sum is distances[b] − distances[a], so the explanation is the decision itself.
 *
 * @throws RangeError when sizes differ, a value is not finite, a deviation is not above zero, or there are fewer than two centroids.
 */
export function buildKMeansGraph({ columns, centroids }: KMeansModel): OnnxGraph {
  assertValid({ columns, centroids });
  const g = new GraphBuilder('kmeans');
  const features = g.input('features', 'float32', ['n', columns.length]);
  const scaled = g.op('Unsqueeze', [scale(g, features, columns), g.ints([1])]); // [n, 1, f]
  const shape = [centroids.length, columns.length];
  const data = Float32Array.from(centroids.flatMap((centroid) => Array.from(centroid)));
  const difference = g.op('Sub', [scaled, g.constant('centroids', { dtype: 'float32', shape, data })]); // [n, k, f]
  const summands = g.op('Mul', [difference, difference]); // [n, k, f]
  const distances = sumOfColumns(g, summands, columns.length); // [n, k]
  const nearest = g.opMany('TopK', [distances, g.ints([2])], ['distances', 'clusters'], { axis: { int: 1 }, largest: { int: 0 } });
  const { label, runnerUp } = g.opMany('Split', [nearest.clusters], ['label', 'runnerUp'], { axis: { int: 1 } }); // each [n, 1]
  const summandsOf = (cluster: Value): Value => g.op('GatherND', [summands, cluster], { batch_dims: { int: 1 } }); // [n, f]
  const contributions = g.op('Sub', [summandsOf(runnerUp), summandsOf(label)]);
  g.output(g.op('Squeeze', [label, g.ints([1])]), 'label', 'int64', ['n']);
  g.output(distances, 'distances', 'float32', ['n', centroids.length]);
  g.output(contributions, 'contributions', 'float32', ['n', columns.length]);
  return g.finish();
}

/** [n, k, f] → [n, k], always added in column order: ReduceSum takes another order where a row begins elsewhere in memory. */
function sumOfColumns(g: GraphBuilder, summands: Value, columns: number): Value {
  const names = Array.from({ length: columns }, (_, column) => `summand_${column}`);
  const parts = columns === 1 ? [summands] : Object.values(g.opMany('Split', [summands], names, { axis: { int: 2 } })); // each [n, k, 1]
  return g.op('Squeeze', [parts.reduce((sum, part) => g.op('Add', [sum, part])), g.ints([2])]);
}

/** [n, f] raw → [n, f] coordinates. */
function scale(g: GraphBuilder, features: Value, columns: readonly ScaledColumn[]): Value {
  const log = g.op('Mul', [g.op('Sign', [features]), logarithms(g, g.op('Add', [g.op('Abs', [features]), g.floats(1)]), columns.length)]);
  const isLog = Uint8Array.from(columns, (column) => Number(column.log));
  const chosen = g.op('Where', [g.constant('is_log', { dtype: 'bool', shape: [columns.length], data: isLog }), log, features]);
  const centred = g.op('Sub', [chosen, g.floats(columns.map((column) => column.mean))]);
  const standardised = g.op('Div', [centred, g.floats(columns.map((column) => column.std))]);
  return g.op('Clip', [standardised, g.floats(-SCALED_LIMIT), g.floats(SCALED_LIMIT)]);
}

/**
 * ln of [n, f], the same bits for a row in any batch: ONNX Runtime takes the logarithms of the last elements, which do not fill a vector
 * of the processor, in another way. Rows that are dropped again stand there.
 */
function logarithms(g: GraphBuilder, values: Value, columns: number): Value {
  const rows = Math.ceil(VECTOR_ELEMENTS / columns);
  const shape = [rows, columns];
  const tail = g.constant('log_tail', { dtype: 'float32', shape, data: new Float32Array(rows * columns).fill(1) });
  const all = g.op('Log', [g.op('Concat', [values, tail], { axis: { int: 0 } })]); // [n + rows, f]
  return g.op('Slice', [all, g.ints([0]), g.ints([-rows]), g.ints([0])]);
}

function assertValid({ columns, centroids }: KMeansModel): void {
  if (columns.length === 0) throw new RangeError('k-means needs at least one column');
  if (centroids.length < 2) throw new RangeError(`k-means needs two centroids or more to choose from, got ${centroids.length}`);
  columns.forEach(({ mean, std }, index) => {
    if (!Number.isFinite(mean) || !(std > 0 && Number.isFinite(std))) throw new RangeError(`column ${index}: mean ${mean}, std ${std}`);
  });
  centroids.forEach((centroid, index) => {
    if (centroid.length !== columns.length)
      throw new RangeError(`centroid ${index} has ${centroid.length} values for ${columns.length} columns`);
    if (!Array.from(centroid).every(Number.isFinite)) throw new RangeError(`centroid ${index} has a value that is not finite`);
  });
}

/** One row of the graph's outputs. */
export interface ClusterAssignment {
  readonly cluster: number;
  /** The second nearest cluster, which the contributions argue against. */
  readonly runnerUp: number;
  /** Squared distance to each cluster. */
  readonly distances: Float32Array;
  /** Per feature; above zero speaks for `cluster`. The sum is distances[runnerUp] − distances[cluster]. */
  readonly contributions: Float32Array;
}

/** Splits the outputs of a run into rows. */
export function decodeClusters(outputs: Readonly<Record<string, Tensor>>): ClusterAssignment[] {
  const labels = outputs['label']!.data as BigInt64Array;
  const distances = outputs['distances']!.data as Float32Array;
  const contributions = outputs['contributions']!.data as Float32Array;
  const clusters = outputs['distances']!.shape[1]!;
  const features = outputs['contributions']!.shape[1]!;
  return Array.from(labels, (label, row) => {
    const cluster = Number(label);
    const own = distances.slice(row * clusters, (row + 1) * clusters);
    return {
      cluster,
      runnerUp: nearestExcept(own, cluster),
      distances: own,
      contributions: contributions.slice(row * features, (row + 1) * features),
    };
  });
}

/** The lower index at a tie, as in the graph. */
function nearestExcept(distances: Float32Array, excluded: number): number {
  let best = excluded === 0 ? 1 : 0;
  for (let index = best + 1; index < distances.length; index++)
    if (index !== excluded && distances[index]! < distances[best]!) best = index;
  return best;
}
