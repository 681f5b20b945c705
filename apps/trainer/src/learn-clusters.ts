import { scaleRow, type ScaledColumn } from '@tradewind/inference';
import { chooseK, fitKMeans, fitScaling, matchClusters, refitClusters, silhouette, type Matrix } from '@tradewind/learning';
import { nameSegments } from './segment-names';

/** Recency, frequency, money, basket and returns: the columns that tell shops' customers apart. */
export const CLUSTER_COLUMNS = ['recency_days', 'orders_count', 'monetary_minor', 'average_order_minor', 'refund_ratio'] as const;

/** Counts and amounts with a long tail; net amounts may be below zero, hence the graph's signed logarithm. */
const LOGARITHMIC: ReadonlySet<string> = new Set(['orders_count', 'monetary_minor', 'average_order_minor']);

const MIN_K = 5;
const MAX_K = 8;
const SEED = 20111209;
/** Every how many-th row is held out. */
const HELD_OUT_EVERY = 5;
/** By how much the silhouette of clusters found afresh must be above all others: they move customers who did nothing. */
const FRESH_MARGIN = 0.02;
/** A cluster that moved less, in standard deviations a column, keeps its name. */
const NAME_KEPT_WITHIN = 0.5;

/** What a cluster release says beside its graph; also what the next training starts from. */
export interface ClusterParameters {
  readonly columns: readonly string[];
  readonly segments: readonly { readonly id: string; readonly name: string }[];
  readonly scaling: readonly ScaledColumn[];
  /** [k][columns] in the scaled space. */
  readonly centroids: readonly (readonly number[])[];
}

export interface ClusterTask {
  readonly rows: number;
  /** [rows, CLUSTER_COLUMNS] raw. */
  readonly data: Float32Array;
  /** Of the live release. */
  readonly live: ClusterParameters | null;
}

export interface LearnedClusters {
  readonly parameters: ClusterParameters;
  /** `silhouette` and, with a live release, `silhouette_live`, both on the same held-out rows in the same scale. */
  readonly metrics: Record<string, number>;
  /** Whether it is worth taking the place of the live release, if there is one. */
  readonly isBetter: boolean;
  /** `fresh`: k and centroids found anew; `refit`: from the live centroids. */
  readonly how: 'fresh' | 'refit';
}

/** Clusters in a scale of their own. */
interface Fit {
  readonly how: LearnedClusters['how'];
  readonly scaling: readonly ScaledColumn[];
  /** k × columns of the rows that are not held out, to be measured with. */
  readonly measured: Float64Array;
  readonly all: Matrix;
}

/**
 * Refits the live clusters from their centroids, in their scale, and looks for clusters afresh, k by silhouette. The refit wins when it describes the
 * rows better; fresh clusters only by a margin. Clusters keep ids, and names while they stand for the same. Pure: the same task gives the same clusters.
 */
export function learnClusters({ rows, data, live }: ClusterTask): LearnedClusters {
  const raw: Matrix = { rows, columns: CLUSTER_COLUMNS.length, data };
  const fresh = fitFresh(raw);
  const heldOut = pick(fresh.all, isHeldOut);
  const quality = ({ all, measured }: Pick<Fit, 'all' | 'measured'>) =>
    silhouette(heldOut, nearest(pick(all, isHeldOut), measured), { seed: SEED });
  const ofFresh = quality(fresh);
  if (live === null) return finish(fresh, live, { silhouette: ofFresh }, true);
  const refit = fitAgain(raw, live);
  const ofLive = quality({ all: refit.all, measured: Float64Array.from(live.centroids.flat()) });
  const ofRefit = quality(refit);
  const isRefitBetter = refit.accepted && ofRefit > ofLive; // equal: no customer moves
  const isFreshBetter = ofFresh > Math.max(ofLive, isRefitBetter ? ofRefit : -1) + FRESH_MARGIN;
  if (isRefitBetter && !isFreshBetter) return finish(refit, live, { silhouette: ofRefit, silhouette_live: ofLive }, true);
  return finish(fresh, live, { silhouette: ofFresh, silhouette_live: ofLive }, isFreshBetter);
}

function isHeldOut(row: number): boolean {
  return row % HELD_OUT_EVERY === 0;
}

function fitFresh(raw: Matrix): Fit {
  const scaling = scalingOf(raw);
  const all = scaled(raw, scaling);
  const training = pick(all, (row) => !isHeldOut(row));
  return { how: 'fresh', scaling, all, measured: chooseK(training, { minK: MIN_K, maxK: MAX_K, seed: SEED }).best.centroids };
}

function fitAgain(raw: Matrix, live: ClusterParameters): Fit & { readonly accepted: boolean } {
  const all = scaled(raw, live.scaling);
  const training = pick(all, (row) => !isHeldOut(row));
  const { clustering, accepted } = refitClusters(training, Float64Array.from(live.centroids.flat()), { seed: SEED });
  return { how: 'refit', scaling: live.scaling, all, measured: clustering.centroids, accepted };
}

/** The clusters of all rows, from those that were measured. */
function finish({ how, scaling, all, measured }: Fit, live: ClusterParameters | null, metrics: Record<string, number>, isBetter: boolean) {
  const k = measured.length / all.columns;
  const { centroids } = fitKMeans(all, { k, seed: SEED, initialCentroids: measured });
  const rows = Array.from({ length: k }, (_, cluster) =>
    Array.from(centroids.subarray(cluster * all.columns, (cluster + 1) * all.columns)),
  );
  const parameters = { columns: CLUSTER_COLUMNS, scaling, centroids: rows, segments: identify(rows, scaling, live) };
  return { parameters, metrics: { k, ...metrics }, isBetter, how };
}

/** Ids of live clusters go on where they match best, and names where the cluster has hardly moved. */
function identify(
  centroids: readonly number[][],
  scaling: readonly ScaledColumn[],
  live: ClusterParameters | null,
): ClusterParameters['segments'] {
  const before = live === null ? [] : rescale(live, scaling);
  const matched =
    live === null
      ? centroids.map(() => -1)
      : matchClusters(Float64Array.from(before.flat()), Float64Array.from(centroids.flat()), CLUSTER_COLUMNS.length);
  const kept = centroids.map((centroid, cluster) => {
    const former = matched[cluster]!;
    if (former < 0) return null;
    const { id, name } = live!.segments[former]!;
    return { id, name: distance(centroid, before[former]!) <= NAME_KEPT_WITHIN ? name : null };
  });
  const isFresh = (cluster: number): boolean => typeof kept[cluster]?.name !== 'string';
  const names = nameSegments(
    centroids.filter((_, cluster) => isFresh(cluster)),
    CLUSTER_COLUMNS,
    kept.flatMap((former) => former?.name ?? []),
  );
  const used = new Set(kept.flatMap((former) => former?.id ?? []));
  let next = 1;
  return kept.map((former) => {
    while (used.has(`cluster-${next}`)) next++;
    const id = former?.id ?? `cluster-${next}`;
    used.add(id);
    return { id, name: former?.name ?? names.shift()! };
  });
}

/** Root mean square over the columns. */
function distance(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0) / a.length);
}

function scalingOf({ rows, columns, data }: Matrix): ScaledColumn[] {
  const logs = CLUSTER_COLUMNS.map((column) => LOGARITHMIC.has(column));
  const bent = data.map((value, at) => (logs[at % columns] ? Math.sign(value) * Math.log1p(Math.abs(value)) : value));
  const { mean, std } = fitScaling({ rows, columns, data: bent }, { skewnessAbove: Infinity });
  return mean.map((value, i) => ({ mean: value, std: std[i]!, log: logs[i]! }));
}

/** The live centroids as they stand in the new scale, through their raw values. */
function rescale(live: ClusterParameters, scaling: readonly ScaledColumn[]): number[][] {
  return live.centroids.map((centroid) => {
    const raw = centroid.map((z, i) => {
      const { mean, std, log } = live.scaling[i]!;
      const t = z * std + mean;
      return log ? Math.sign(t) * Math.expm1(Math.abs(t)) : t;
    });
    return Array.from(scaleRow(scaling, raw));
  });
}

function scaled({ rows, columns, data }: Matrix, scaling: readonly ScaledColumn[]): Matrix {
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) out.set(scaleRow(scaling, data.subarray(row * columns, (row + 1) * columns)), row * columns);
  return { rows, columns, data: out };
}

function pick({ rows, columns, data }: Matrix, keep: (row: number) => boolean): Matrix {
  const kept = Array.from({ length: rows }, (_, row) => row).filter(keep);
  const out = new Float32Array(kept.length * columns);
  kept.forEach((row, at) => out.set(data.subarray(row * columns, (row + 1) * columns), at * columns));
  return { rows: kept.length, columns, data: out };
}

function nearest({ rows, columns, data }: Matrix, centroids: Float64Array): Int32Array {
  const k = centroids.length / columns;
  return Int32Array.from({ length: rows }, (_, row) => {
    let [best, least] = [0, Infinity];
    for (let cluster = 0; cluster < k; cluster++) {
      let distance = 0;
      for (let c = 0; c < columns; c++) distance += (data[row * columns + c]! - centroids[cluster * columns + c]!) ** 2;
      if (distance < least) [best, least] = [cluster, distance];
    }
    return best;
  });
}
