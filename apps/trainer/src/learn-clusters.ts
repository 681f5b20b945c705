import { scaleRow, type ScaledColumn } from '@tradewind/inference';
import { chooseK, fitKMeans, fitScaling, matchClusters, silhouette, type Clustering, type Matrix } from '@tradewind/learning';
import { nameSegments } from './segment-names';

/** Recency, frequency, money, basket and returns: the columns that tell shops' customers apart. */
export const CLUSTER_COLUMNS = ['recency_days', 'orders_count', 'monetary_minor', 'average_order_minor', 'refund_ratio'] as const;

/** Counts and amounts with a long tail; net amounts may be below zero, hence the graph's signed logarithm. */
const LOGARITHMIC: ReadonlySet<string> = new Set(['orders_count', 'monetary_minor', 'average_order_minor']);

const place = (column: (typeof CLUSTER_COLUMNS)[number]) => CLUSTER_COLUMNS.indexOf(column);
const NAMING = {
  recency: place('recency_days'),
  orders: place('orders_count'),
  monetary: place('monetary_minor'),
  basket: place('average_order_minor'),
  refunds: place('refund_ratio'),
};

const MIN_K = 5;
const MAX_K = 8;
const SEED = 20111209;
/** Every how many-th row is held out. */
const HELD_OUT_EVERY = 5;

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
  /** `silhouette` and, with a live release, `silhouette_live`, both on the same held-out rows in the new scale. */
  readonly metrics: Record<string, number>;
}

/** Scales, chooses k by silhouette, fits; a cluster that matches a live one keeps its id. Pure: the same task gives the same clusters. */
export function learnClusters({ rows, data, live }: ClusterTask): LearnedClusters {
  const raw: Matrix = { rows, columns: CLUSTER_COLUMNS.length, data };
  const scaling = scalingOf(raw);
  const all = scaled(raw, scaling);
  const chosen = chooseK(
    pick(all, (row) => row % HELD_OUT_EVERY !== 0),
    { minK: MIN_K, maxK: MAX_K, seed: SEED },
  );
  const heldOut = pick(all, (row) => row % HELD_OUT_EVERY === 0);
  const metrics: Record<string, number> = {
    k: chosen.best.k,
    silhouette: silhouette(heldOut, nearest(heldOut, chosen.best.centroids), { seed: SEED }),
  };
  if (live !== null) {
    const liveRows = pick(scaled(raw, live.scaling), (row) => row % HELD_OUT_EVERY === 0);
    metrics['silhouette_live'] = silhouette(heldOut, nearest(liveRows, Float64Array.from(live.centroids.flat())), { seed: SEED });
  }
  const final = fitKMeans(all, { k: chosen.best.k, seed: SEED, initialCentroids: chosen.best.centroids });
  return { parameters: { columns: CLUSTER_COLUMNS, scaling, centroids: toRows(final), segments: identify(final, scaling, live) }, metrics };
}

/** Ids of live clusters go on where they match best; names say what a cluster is now. */
function identify(fitted: Clustering, scaling: readonly ScaledColumn[], live: ClusterParameters | null): ClusterParameters['segments'] {
  const names = nameSegments(fitted, CLUSTER_COLUMNS.length, NAMING);
  const used = new Set<string>();
  const matched =
    live === null ? null : matchClusters(Float64Array.from(rescale(live, scaling).flat()), fitted.centroids, CLUSTER_COLUMNS.length);
  const ids = names.map((_, cluster) => {
    const id = matched === null || matched[cluster]! < 0 ? null : live!.segments[matched[cluster]!]!.id;
    if (id !== null) used.add(id);
    return id;
  });
  let next = 1;
  const fresh = (): string => {
    while (used.has(`cluster-${next}`)) next++;
    used.add(`cluster-${next}`);
    return `cluster-${next}`;
  };
  return names.map((name, cluster) => ({ id: ids[cluster] ?? fresh(), name }));
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

function toRows({ k, centroids }: Clustering): number[][] {
  const columns = centroids.length / k;
  return Array.from({ length: k }, (_, cluster) => Array.from(centroids.subarray(cluster * columns, (cluster + 1) * columns)));
}
