import { assertClusterable, assignClusters, type Clustering } from './kmeans';
import { plusPlusCentroids } from './kmeans-seeding';
import { pickRows, type Matrix } from './matrix';
import { createRandom, type Random } from './random';

export interface MiniBatchKMeansOptions {
  readonly k: number;
  readonly seed: number;
  /** Rows of a step. @default 1024 */
  readonly batchSize?: number;
  /** k-means++ centroids tried on a sample; the best one is refined. @default 5 */
  readonly starts?: number;
  /** @default 500 */
  readonly maxSteps?: number;
  /** k × columns; replaces the starts, so that clusters keep their numbers. */
  readonly initialCentroids?: Float64Array;
}

/** Steps without a better smoothed batch inertia after which the fit has settled. */
const PATIENCE = 20;

/**
 * Mini-batch k-means (Sculley 2010, "Web-scale k-means clustering", algorithm 1) for tables too large for Lloyd: each row of a
 * random batch draws its centroid nearer by 1 / (rows that centroid has seen). Stops when the smoothed batch inertia no longer
 * falls, then assigns every row once. `iterations` counts steps.
 */
export function fitMiniBatchKMeans(matrix: Matrix, options: MiniBatchKMeansOptions): Clustering {
  const { k, seed, batchSize = 1024, starts = 5, maxSteps = 500, initialCentroids } = options;
  assertClusterable(matrix, k);
  const random = createRandom(seed);
  const sampleSize = Math.min(matrix.rows, Math.max(3 * batchSize, 10 * k));
  const centroids = initialCentroids?.slice() ?? bestStart(matrix, { k, random, starts, sampleSize });
  if (centroids.length !== k * matrix.columns) throw new RangeError(`initial centroids must be ${k} × ${matrix.columns}`);
  const seen = new Float64Array(k);
  let [smoothed, least, since, iterations] = [Infinity, Infinity, 0, 0];
  const fade = Math.min(1, (2 * batchSize) / (matrix.rows + 1));
  while (iterations < maxSteps && since < PATIENCE) {
    const batch = pickRows(matrix, random.choice(matrix.rows, Math.min(batchSize, matrix.rows)));
    const inertia = moveCentroids(batch, centroids, seen);
    smoothed = iterations === 0 ? inertia : smoothed + Math.max(fade, 0.05) * (inertia - smoothed);
    since = smoothed < least ? 0 : since + 1;
    least = Math.min(least, smoothed);
    iterations++;
  }
  return { k, centroids, ...assignClusters(matrix, centroids), iterations, converged: since >= PATIENCE };
}

function bestStart(
  matrix: Matrix,
  { k, random, starts, sampleSize }: { k: number; random: Random; starts: number; sampleSize: number },
): Float64Array {
  const judge = pickRows(matrix, random.choice(matrix.rows, sampleSize));
  let best: Float64Array = new Float64Array(0);
  let least = Infinity;
  for (let start = 0; start < starts; start++) {
    const centroids = plusPlusCentroids(pickRows(matrix, random.choice(matrix.rows, sampleSize)), k, random);
    moveCentroids(judge, centroids, new Float64Array(k));
    const { inertia } = assignClusters(judge, centroids);
    if (inertia < least) [least, best] = [inertia, centroids];
  }
  return best;
}

/** One step in place; returns the batch's inertia before it. */
function moveCentroids(batch: Matrix, centroids: Float64Array, seen: Float64Array): number {
  const { labels, inertia } = assignClusters(batch, centroids);
  const { columns, data } = batch;
  labels.forEach((label, row) => {
    const rate = 1 / ++seen[label]!;
    for (let c = 0; c < columns; c++) {
      const at = label * columns + c;
      centroids[at]! += rate * (data[row * columns + c]! - centroids[at]!);
    }
  });
  return inertia;
}
