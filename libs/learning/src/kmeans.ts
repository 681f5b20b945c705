import type { Matrix } from './matrix';
import { createRandom } from './random';
import { plusPlusCentroids } from './kmeans-seeding';

export interface Clustering {
  readonly k: number;
  /** k × columns, row-major. */
  readonly centroids: Float64Array;
  /** Each row's cluster, 0 … k − 1. */
  readonly labels: Int32Array;
  /** Sum of squared Euclidean distances of the rows to their centroids. */
  readonly inertia: number;
  readonly iterations: number;
  /** True when the last iteration moved no row. */
  readonly converged: boolean;
}

export interface KMeansOptions {
  readonly k: number;
  readonly seed: number;
  /** Runs from different k-means++ centroids; the one with the least inertia is kept. One run is not safe. @default 10 */
  readonly starts?: number;
  /** Of one run. @default 300 */
  readonly maxIterations?: number;
  /** k × columns, in the scale of the rows: one run from here, so that clusters keep their numbers; nothing is random then. */
  readonly initialCentroids?: Float64Array;
}

/** A start is compared once its centroids together move by less than this share of the columns' mean variance (scikit-learn's `tol`). */
const SETTLED = 1e-4;

export interface Assignment {
  readonly labels: Int32Array;
  readonly inertia: number;
}

/**
 * Lloyd's k-means (1982) until no row changes its cluster; of several starts only the best one goes that far. A cluster that loses all its rows takes the row farthest from its
 * centroid. From equal centroids it gives scikit-learn's result (`tol=0`).
 * @throws RangeError when k is below 1 or above the number of rows, or the initial centroids have another shape.
 */
export function fitKMeans(matrix: Matrix, options: KMeansOptions): Clustering {
  const { k, seed, starts = 10, maxIterations = 300, initialCentroids } = options;
  assertClusterable(matrix, k);
  if (initialCentroids !== undefined) {
    if (initialCentroids.length !== k * matrix.columns) throw new RangeError(`initial centroids must be ${k} × ${matrix.columns}`);
    return lloyd(matrix, initialCentroids, maxIterations);
  }
  const random = createRandom(seed);
  const run = () => lloyd(matrix, plusPlusCentroids(matrix, k, random), maxIterations, SETTLED * meanVariance(matrix));
  let best = run();
  for (let start = 1; start < starts; start++) {
    const next = run();
    if (next.inertia < best.inertia) best = next;
  }
  if (best.converged) return best;
  const rest = lloyd(matrix, best.centroids, maxIterations - best.iterations);
  return { ...rest, iterations: best.iterations + rest.iterations };
}

/** Each row's nearest centroid; of equally near ones the first. */
export function assignClusters(matrix: Matrix, centroids: Float64Array): Assignment {
  const labels = new Int32Array(matrix.rows);
  const distances = new Float64Array(matrix.rows);
  assignInto(matrix, centroids, labels, distances);
  return { labels, inertia: sum(distances) };
}

export function assertClusterable({ rows }: Matrix, k: number): void {
  if (!Number.isInteger(k) || k < 1 || k > rows) throw new RangeError(`k must be a whole number from 1 to the ${rows} rows, not ${k}`);
}

/** Until no row moves, or the centroids' squared shifts together stay below `settledBelow`. */
function lloyd(matrix: Matrix, start: Float64Array, maxIterations: number, settledBelow = 0): Clustering {
  const k = start.length / matrix.columns;
  let centroids: Float64Array = start.slice();
  const labels = new Int32Array(matrix.rows).fill(-1);
  const distances = new Float64Array(matrix.rows);
  let iterations = 0;
  let moved = assignInto(matrix, centroids, labels, distances);
  let shift = Infinity;
  while (moved > 0 && iterations < maxIterations && shift >= settledBelow) {
    const means = clusterMeans(matrix, labels, distances, k);
    shift = squaredDistance(centroids, means);
    centroids = means;
    moved = assignInto(matrix, centroids, labels, distances);
    iterations++;
  }
  return { k, centroids, labels, inertia: sum(distances), iterations, converged: moved === 0 };
}

/** Writes nearest labels and squared distances; returns how many labels changed. */
function assignInto({ data, columns, rows }: Matrix, centroids: Float64Array, labels: Int32Array, distances: Float64Array): number {
  let moved = 0;
  for (let row = 0; row < rows; row++) {
    const at = row * columns;
    let nearest = 0;
    let least = Infinity;
    for (let cluster = 0, from = 0; from < centroids.length; cluster++, from += columns) {
      let distance = 0;
      for (let c = 0; c < columns; c++) {
        const off = data[at + c]! - centroids[from + c]!;
        distance += off * off;
      }
      if (distance < least) {
        least = distance;
        nearest = cluster;
      }
    }
    if (labels[row] !== nearest) moved++;
    labels[row] = nearest;
    distances[row] = least;
  }
  return moved;
}

function clusterMeans(matrix: Matrix, labels: Int32Array, distances: Float64Array, k: number): Float64Array {
  const { data, columns, rows } = matrix;
  const sizes = new Int32Array(k);
  for (const label of labels) sizes[label]!++;
  fillEmptyClusters(sizes, labels, distances);
  const means = new Float64Array(k * columns);
  for (let row = 0; row < rows; row++) {
    const to = labels[row]! * columns;
    for (let c = 0; c < columns; c++) means[to + c]! += data[row * columns + c]!;
  }
  return means.map((total, at) => total / sizes[Math.floor(at / columns)]!);
}

/** Gives each empty cluster the farthest row of a cluster that keeps others; changes labels, sizes and distances. */
function fillEmptyClusters(sizes: Int32Array, labels: Int32Array, distances: Float64Array): void {
  sizes.forEach((size, cluster) => {
    if (size > 0) return;
    let farthest = -1;
    for (let row = 0; row < labels.length; row++) {
      if (sizes[labels[row]!]! > 1 && (farthest < 0 || distances[row]! > distances[farthest]!)) farthest = row;
    }
    sizes[labels[farthest]!]!--;
    labels[farthest] = cluster;
    distances[farthest] = 0;
    sizes[cluster] = 1;
  });
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let at = 0; at < a.length; at++) total += (a[at]! - b[at]!) ** 2;
  return total;
}

/** Mean over the columns of their population variance. */
function meanVariance({ rows, columns, data }: Matrix): number {
  let total = 0;
  for (let c = 0; c < columns; c++) {
    let mean = 0;
    for (let at = c; at < data.length; at += columns) mean += data[at]! / rows;
    for (let at = c; at < data.length; at += columns) total += (data[at]! - mean) ** 2 / rows;
  }
  return total / columns;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
