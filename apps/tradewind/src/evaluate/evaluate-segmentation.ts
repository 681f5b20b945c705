import { buildKMeansGraph, decodeClusters, loadOnnxModel, packModel } from '@tradewind/inference';
import {
  adjustedRandIndex,
  assignClusters,
  chooseK,
  createRandom,
  fitKMeans,
  fitMiniBatchKMeans,
  fitScaling,
  labelStability,
  plusPlusCentroids,
  scale,
  silhouette,
  type Clustering,
  type Matrix,
} from '@tradewind/learning';
import type { Output } from '../command';
import { readFeatures, readLabels } from './feature-table';
import { runKMeansReference, type KMeansReference } from './kmeans-reference';
import { stabilityUnderDrift } from './label-stability';

const DRIFTS = [0.1, 0.3, 0.6];
const STARTS = 10;
const LARGE_ROWS = 500_000;
/** Rows of a run of the graph: each carries rows × k × columns floats within it. */
const GRAPH_ROWS = 4096;
/** The graph cuts coordinates at five; a common factor keeps all rows inside and changes no nearest centroid. */
const GRAPH_RANGE = 4;

export interface SegmentationOptions {
  readonly features: string;
  readonly labels?: string | undefined;
  /** Chosen by silhouette from 2 to 10 when absent. */
  readonly k?: number | undefined;
  /** `none` takes the columns as they come; `standard` centres each and divides by its deviation, long tails after log(1 + x). */
  readonly scaling: 'none' | 'standard';
  readonly seed: number;
  /** Also run scikit-learn, where Python has it. */
  readonly reference: boolean;
  readonly output: Pick<Output, 'note'>;
}

/** JSON of `evaluate segmentation`: the keys of DESIGN.md §6, and what stands behind them. */
export interface SegmentationReport {
  readonly k: number;
  readonly rows: number;
  readonly columns: readonly string[];
  readonly inertia: number;
  readonly silhouette: number;
  /** Null without labels. */
  readonly ari: number | null;
  /** The least of `stability`. */
  readonly labelStability: number;
  /** Share of unchanged rows that keep their label over five refits, by drift in standard deviations. */
  readonly stability: Readonly<Record<string, number>>;
  /** Share of rows that the ONNX graph puts where training put them. */
  readonly onnxAgreement: number;
  readonly fitMs: number;
  readonly miniBatchMs: number;
  readonly assignRowsPerSecond: number;
  readonly reference?: ReferenceComparison;
}

export interface ReferenceComparison {
  readonly version: string;
  /** Ours over the best of ten of scikit-learn. */
  readonly inertiaRatio: number;
  /** From one start: the largest difference of a coordinate, in the column's largest magnitude, and the share of equal labels. */
  readonly largestCentroidDifference: number;
  readonly labelAgreement: number;
  /** Our time over theirs. */
  readonly fitTimeRatio: number;
  readonly miniBatchTimeRatio: number;
  readonly miniBatchInertiaRatio: number;
  readonly assignRowsPerSecond: number;
}

/** Clusters the rows of a file and says how good, how stable and how fast that is. @throws FILE_INVALID */
export async function evaluateSegmentation(options: SegmentationOptions): Promise<SegmentationReport> {
  const { seed, output } = options;
  const { matrix: raw, columns, skipped } = await readFeatures(options.features);
  if (skipped.length > 0) output.note(`columns that hold no numbers are left out: ${skipped.join(', ')}`);
  const matrix = options.scaling === 'none' ? raw : scale(raw, fitScaling(raw));
  const k = options.k ?? chooseK(matrix, { minK: 2, maxK: 10, seed }).best.k;
  const fit = timed(() => fitBest(matrix, k, seed));
  const mini = timed(() => fitMiniBatchKMeans(matrix, { k, seed }));
  const assign = timed(() => assignClusters(matrix, fit.result.centroids));
  const stability = Object.fromEntries(
    DRIFTS.map((drift) => [String(drift), stabilityUnderDrift(matrix, fit.result.centroids, { drift, seed })]),
  );
  const labels = options.labels === undefined ? null : await readLabels(options.labels, matrix.rows);
  const start = plusPlusCentroids(matrix, k, createRandom(seed));
  const reference = options.reference ? await runKMeansReference(matrix, { start, seed, onMissing: output.note }) : null;
  return {
    k,
    rows: matrix.rows,
    columns,
    inertia: fit.result.inertia,
    silhouette: silhouette(matrix, fit.result.labels, { seed, sampleSize: 10_000 }),
    ari: labels && adjustedRandIndex(labels, fit.result.labels),
    labelStability: Math.min(...Object.values(stability)),
    stability,
    onnxAgreement: labelStability(fit.result.labels, await labelsOfGraph(matrix, fit.result)),
    fitMs: fit.ms,
    miniBatchMs: mini.ms,
    assignRowsPerSecond: matrix.rows / (assign.ms / 1000),
    ...(reference && { reference: compare(matrix, { reference, start, fit, mini }) }),
  };
}

/** Ten starts, or on a large table one from where mini-batches ended. */
function fitBest(matrix: Matrix, k: number, seed: number): Clustering {
  if (matrix.rows <= LARGE_ROWS) return fitKMeans(matrix, { k, seed, starts: STARTS });
  return fitKMeans(matrix, { k, seed, initialCentroids: fitMiniBatchKMeans(matrix, { k, seed }).centroids });
}

interface Timed<T> {
  readonly result: T;
  readonly ms: number;
}

function timed<T>(work: () => T): Timed<T> {
  const before = performance.now();
  const result = work();
  return { result, ms: performance.now() - before };
}

function compare(
  matrix: Matrix,
  runs: { reference: KMeansReference; start: Float64Array; fit: Timed<Clustering>; mini: Timed<Clustering> },
): ReferenceComparison {
  const { reference, start, fit, mini } = runs;
  const same = fitKMeans(matrix, { k: fit.result.k, seed: 0, initialCentroids: start });
  const magnitude = new Float64Array(matrix.columns);
  matrix.data.forEach((value, at) => (magnitude[at % matrix.columns] = Math.max(magnitude[at % matrix.columns]!, Math.abs(value))));
  const differences = reference.centroids.map((value, at) => {
    const scaleOf = magnitude[at % matrix.columns]!;
    return scaleOf === 0 ? 0 : Math.abs(value - same.centroids[at]!) / scaleOf;
  });
  return {
    version: `scikit-learn ${reference.version}`,
    inertiaRatio: fit.result.inertia / reference.bestOf10Inertia,
    largestCentroidDifference: Math.max(...differences),
    labelAgreement: labelStability(reference.labels, same.labels),
    fitTimeRatio: fit.ms / reference.bestOf10Ms,
    miniBatchTimeRatio: mini.ms / reference.miniBatchMs,
    miniBatchInertiaRatio: mini.result.inertia / reference.miniBatchInertia,
    assignRowsPerSecond: reference.assignRowsPerSecond,
  };
}

/** What the serving graph says of every row. */
async function labelsOfGraph({ rows, columns, data }: Matrix, { k, centroids }: Clustering): Promise<Int32Array> {
  const factor = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1) / GRAPH_RANGE;
  const graph = buildKMeansGraph({
    columns: Array.from({ length: columns }, () => ({ mean: 0, std: factor, log: false })),
    centroids: Array.from({ length: k }, (_, c) =>
      Array.from(centroids.subarray(c * columns, (c + 1) * columns), (value) => value / factor),
    ),
  });
  const fields = { model: 'evaluate', version: '1', trainedFromMs: 0, trainedUntilMs: 1, metrics: {}, licence: 'none', parameters: {} };
  const model = await loadOnnxModel(packModel({ graph, fields }));
  const labels = new Int32Array(rows);
  try {
    for (let from = 0; from < rows; from += GRAPH_ROWS) {
      const batch = data.subarray(from * columns, Math.min(rows, from + GRAPH_ROWS) * columns);
      const features = { dtype: 'float32' as const, shape: [batch.length / columns, columns], data: batch };
      const assigned = decodeClusters(await model.run({ features }));
      assigned.forEach(({ cluster }, at) => (labels[from + at] = cluster));
    }
  } finally {
    await model.close();
  }
  return labels;
}
