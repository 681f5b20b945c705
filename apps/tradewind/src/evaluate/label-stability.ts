import { assignClusters, createRandom, labelStability, refitClusters, type Matrix } from '@tradewind/learning';

const REFITS = 5;
/** Of the customers; the others do what they did. */
const DRIFTING_SHARE = 0.5;

/**
 * Share of unchanged rows that keep their label over five refits, each from the one before, while the other half of the rows drifts: before
 * each refit every cluster's drifting rows move together by `drift` standard deviations in a random direction, and each by as much noise again.
 */
export function stabilityUnderDrift(matrix: Matrix, centroids: Float64Array, { drift, seed }: { drift: number; seed: number }): number {
  const random = createRandom(seed);
  const drifts = Uint8Array.from({ length: matrix.rows }, () => Number(random.uniform() < DRIFTING_SHARE));
  const before = assignClusters(matrix, centroids).labels;
  const spread = columnSpread(matrix);
  const data = matrix.data.slice();
  const moved = { ...matrix, data };
  let live = centroids;
  for (let refit = 0; refit < REFITS; refit++) {
    const direction = Float64Array.from(centroids, () => random.normal());
    for (let row = 0; row < matrix.rows; row++) {
      if (drifts[row] === 0) continue;
      for (let c = 0; c < matrix.columns; c++) {
        const step = direction[before[row]! * matrix.columns + c]! + random.normal();
        data[row * matrix.columns + c]! += (drift * spread[c]! * step) / Math.sqrt(REFITS);
      }
    }
    live = refitClusters(moved, live, { seed }).clustering.centroids;
  }
  const unchanged = Int32Array.from({ length: matrix.rows }, (_, row) => row).filter((row) => drifts[row] === 0);
  const after = assignClusters(matrix, live).labels;
  return labelStability(
    unchanged.map((row) => before[row]!),
    unchanged.map((row) => after[row]!),
  );
}

function columnSpread({ rows, columns, data }: Matrix): Float64Array {
  const [sums, squares] = [new Float64Array(columns), new Float64Array(columns)];
  for (let at = 0; at < data.length; at++) {
    sums[at % columns]! += data[at]!;
    squares[at % columns]! += data[at]! ** 2;
  }
  return sums.map((sum, c) => Math.sqrt(Math.max(0, squares[c]! / rows - (sum / rows) ** 2)));
}
