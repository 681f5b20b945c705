import { assignClusters, fitKMeans, type Assignment, type Clustering } from './kmeans';
import type { Matrix } from './matrix';
import { fitMiniBatchKMeans } from './mini-batch-kmeans';

export interface RefitOptions {
  readonly seed: number;
  /** By how much the inertia must fall for the new centroids to be worth moving customers, 0–1. @default 0.02 */
  readonly minGain?: number;
  /** Tables with more rows are fitted by mini-batches. @default 500000 */
  readonly miniBatchAboveRows?: number;
}

export interface Refit {
  /** What to serve: the refitted clusters, or the live ones with the labels they give. Cluster c of both means the same customers. */
  readonly clustering: Pick<Clustering, 'k' | 'centroids' | 'labels' | 'inertia'>;
  readonly accepted: boolean;
  /** 1 − refitted / live inertia on these rows. */
  readonly gain: number;
}

/**
 * Fits again from the live centroids, so that clusters keep their numbers, and takes the result only when it describes the rows better by
 * `minGain`: centroids that wander with the noise of a day would move customers who did nothing. Rows and centroids in one scale.
 * @throws RangeError when shapes differ
 */
export function refitClusters(
  matrix: Matrix,
  live: Float64Array,
  { seed, minGain = 0.02, miniBatchAboveRows = 500_000 }: RefitOptions,
): Refit {
  const k = live.length / matrix.columns;
  const now: Assignment = assignClusters(matrix, live);
  const fit = matrix.rows > miniBatchAboveRows ? fitMiniBatchKMeans : fitKMeans;
  const fitted = fit(matrix, { k, seed, initialCentroids: live });
  const gain = now.inertia === 0 ? 0 : 1 - fitted.inertia / now.inertia;
  const accepted = gain >= minGain;
  return { clustering: accepted ? fitted : { k, centroids: live, ...now }, accepted, gain };
}
