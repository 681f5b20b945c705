import { pickRows, type Matrix } from './matrix';
import { createRandom } from './random';

export interface SilhouetteOptions {
  readonly seed: number;
  /** Rows measured, and measured against; the cost grows with its square. @default 2000 */
  readonly sampleSize?: number;
}

/**
 * Mean silhouette (Rousseeuw 1987, eq. 1–2) of a random sample of rows, −1 to 1: (b − a) / max(a, b) with a the mean distance
 * to the own cluster's other rows, b to the nearest other cluster's. A row alone in its cluster counts 0. With the whole table
 * as the sample it is exact. 0 when the sample shows one cluster only.
 */
export function silhouette(matrix: Matrix, labels: Int32Array, { seed, sampleSize = 2000 }: SilhouetteOptions): number {
  const rows =
    sampleSize >= matrix.rows
      ? Int32Array.from({ length: matrix.rows }, (_, row) => row)
      : createRandom(seed).choice(matrix.rows, sampleSize).sort();
  const own = Int32Array.from(rows, (row) => labels[row]!);
  const clusters = own.reduce((most, label) => Math.max(most, label + 1), 0);
  const sizes = new Int32Array(clusters);
  for (const label of own) sizes[label]!++;
  if (sizes.filter((size) => size > 0).length < 2) return 0;
  const sums = distancesToClusters(pickRows(matrix, rows), own, clusters);
  let total = 0;
  for (let at = 0; at < rows.length; at++) total += silhouetteOf(own[at]!, sums.subarray(at * clusters, (at + 1) * clusters), sizes);
  return total / rows.length;
}

/** rows × clusters: the sum of a row's distances to each cluster's rows. Every pair is measured once. */
function distancesToClusters({ rows, columns, data }: Matrix, labels: Int32Array, clusters: number): Float64Array {
  const sums = new Float64Array(rows * clusters);
  for (let row = 0; row < rows; row++) {
    const base = row * columns;
    for (let other = 0, from = 0; other < row; other++, from += columns) {
      let square = 0;
      for (let c = 0; c < columns; c++) {
        const off = data[base + c]! - data[from + c]!;
        square += off * off;
      }
      const distance = Math.sqrt(square);
      sums[row * clusters + labels[other]!]! += distance;
      sums[other * clusters + labels[row]!]! += distance;
    }
  }
  return sums;
}

function silhouetteOf(own: number, sums: Float64Array, sizes: Int32Array): number {
  if (sizes[own]! < 2) return 0;
  const within = sums[own]! / (sizes[own]! - 1);
  let nearest = Infinity;
  for (let cluster = 0; cluster < sums.length; cluster++) {
    if (cluster !== own && sizes[cluster]! > 0) nearest = Math.min(nearest, sums[cluster]! / sizes[cluster]!);
  }
  const larger = Math.max(within, nearest);
  return larger === 0 ? 0 : (nearest - within) / larger;
}

/**
 * Davies and Bouldin 1979 (def. 5): mean over clusters of the worst (S_i + S_j) / M_ij, S the mean distance of a cluster's rows
 * to their centroid, M between centroids. From 0; lower is better. Needs two clusters, each with a row.
 */
export function daviesBouldin(matrix: Matrix, labels: Int32Array, centroids: Float64Array): number {
  const { columns } = matrix;
  const k = centroids.length / columns;
  const spread = new Float64Array(k);
  const sizes = new Int32Array(k);
  labels.forEach((label, row) => {
    sizes[label]!++;
    spread[label]! += euclidean(matrix.data, row * columns, centroids, label * columns, columns);
  });
  let total = 0;
  for (let i = 0; i < k; i++) {
    let worst = 0;
    for (let j = 0; j < k; j++) {
      if (i === j) continue;
      const apart = euclidean(centroids, i * columns, centroids, j * columns, columns);
      worst = Math.max(worst, (spread[i]! / sizes[i]! + spread[j]! / sizes[j]!) / apart);
    }
    total += worst;
  }
  return total / k;
}

/**
 * Adjusted Rand index (Hubert and Arabie 1985, eq. 5): agreement of two clusterings whatever their numbering; 1 is equal, about
 * 0 is chance. @throws RangeError when lengths differ.
 */
export function adjustedRandIndex(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} labels cannot be compared with ${b.length}`);
  const [both, left, right] = [new Map<string, number>(), new Map<number, number>(), new Map<number, number>()];
  for (let at = 0; at < a.length; at++) {
    count(both, `${a[at]} ${b[at]}`);
    count(left, a[at]!);
    count(right, b[at]!);
  }
  const [together, inA, inB, all] = [pairs(both.values()), pairs(left.values()), pairs(right.values()), pairs([a.length])];
  const expected = all === 0 ? 0 : (inA * inB) / all;
  const most = (inA + inB) / 2;
  return most === expected ? 1 : (together - expected) / (most - expected);
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function pairs(sizes: Iterable<number>): number {
  let total = 0;
  for (const size of sizes) total += (size * (size - 1)) / 2;
  return total;
}

function euclidean(a: Float32Array | Float64Array, fromA: number, b: Float32Array | Float64Array, fromB: number, length: number): number {
  let square = 0;
  for (let c = 0; c < length; c++) {
    const off = a[fromA + c]! - b[fromB + c]!;
    square += off * off;
  }
  return Math.sqrt(square);
}
