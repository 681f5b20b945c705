import type { Clustering } from './kmeans';
import { minimumCostAssignment } from './hungarian';

/**
 * For each new cluster the old cluster whose name it keeps, or −1 when there are more new ones than old: the pairing with the
 * least sum of squared distances between centroids. Both in the same scale (see `rescaleCentroids`).
 */
export function matchClusters(previous: Float64Array, current: Float64Array, columns: number): Int32Array {
  const [rows, targets] = [current.length / columns, previous.length / columns];
  const cost = new Float64Array(rows * targets);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < targets; j++) {
      for (let c = 0; c < columns; c++) cost[i * targets + j]! += (current[i * columns + c]! - previous[j * columns + c]!) ** 2;
    }
  }
  return minimumCostAssignment(cost, rows, targets);
}

/** The clustering renumbered: cluster c becomes `numbers[c]`, a permutation of 0 … k − 1. @throws RangeError when it is not one. */
export function renumberClusters(clustering: Clustering, numbers: Int32Array): Clustering {
  const { k, centroids, labels } = clustering;
  const isPermutation = numbers.length === k && numbers.toSorted().every((number, at) => number === at);
  if (!isPermutation) throw new RangeError(`${Array.from(numbers).join(' ')} does not renumber ${k} clusters`);
  const columns = centroids.length / k;
  const moved = new Float64Array(centroids.length);
  numbers.forEach((number, c) => moved.set(centroids.subarray(c * columns, (c + 1) * columns), number * columns));
  return { ...clustering, centroids: moved, labels: labels.map((label) => numbers[label]!) };
}

/** Share of rows with the same label in both, 0–1: what a refit leaves where it was. 1 without rows. */
export function labelStability(before: Int32Array, after: Int32Array): number {
  if (before.length !== after.length) throw new RangeError(`${before.length} labels cannot be compared with ${after.length}`);
  let same = 0;
  for (let row = 0; row < before.length; row++) if (before[row] === after[row]) same++;
  return before.length === 0 ? 1 : same / before.length;
}
