import { MODELS } from '@tradewind/contracts';
import { buildKMeansGraph, loadOnnxModel, packModel, type Model, type ModelManifest } from '@tradewind/inference';

/** Later than every event of the tests. */
export const TRAINED_UNTIL_MS = Date.UTC(2024, 11, 31);

export interface ClusterModelOptions {
  readonly version: string;
  /** @default orders_count, monetary_minor and distinct_products_count */
  readonly columns?: readonly string[];
  /** Of `columns` unscaled, one row per segment. @default few, some and many orders of any value */
  readonly centroids?: readonly (readonly number[])[];
  /** @default s0, s1 … */
  readonly segments?: readonly { readonly id: string; readonly name: string }[];
  readonly trainedUntilMs?: number;
  /** Beside columns and segments. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A real cluster model that scales nothing: distances are in the columns' own units. */
export function packClusters(options: ClusterModelOptions): { bytes: Uint8Array; manifest: ModelManifest } {
  const columns = options.columns ?? ['orders_count', 'monetary_minor', 'distinct_products_count'];
  const centroids = options.centroids ?? [
    [1, 1, 1],
    [2, 2, 2],
    [4, 4, 4],
  ];
  const segments = options.segments ?? centroids.map((_, i) => ({ id: `s${i}`, name: `Segment ${i}` }));
  const graph = buildKMeansGraph({ columns: columns.map(() => ({ mean: 0, std: 1, log: false })), centroids });
  const { version, trainedUntilMs = TRAINED_UNTIL_MS } = options;
  const parameters = { ...options.parameters, columns, segments };
  return packModel({
    graph,
    fields: { model: MODELS.customerClusters, version, trainedFromMs: 0, trainedUntilMs, metrics: {}, licence: 'Apache-2.0', parameters },
  });
}

export function loadClusters(options: ClusterModelOptions): Promise<Model> {
  return loadOnnxModel(packClusters(options));
}
