import { AppError } from '@tradewind/contracts';
import { buildTreeEnsembleGraph, loadOnnxModel, packModel } from '@tradewind/inference';
import {
  areaUnderRoc,
  brierScore,
  calibrationCurve,
  calibrationError,
  explainRow,
  fitBoostedTrees,
  fitLogistic,
  foldRows,
  lift,
  logLoss,
  meanContributions,
  outOfFold,
  pickTableRows,
  scoreLogistic,
  scoreRow,
  scoreTable,
  sigmoid,
  stratifiedFolds,
  tableRow,
  tableToRows,
  type BoostedTrees,
  type CalibrationBin,
  type FeatureTable,
} from '@tradewind/learning';
import type { Output } from '../command';
import { runBoostingReference, type BoostingReference } from './boosting-reference';
import { cellsOf, readTextTable, toFeatureTable } from './mixed-table';

/** Rows whose explanations are checked, and averaged for the list of features. */
const EXPLAINED_ROWS = 200;

export interface PropensityOptions {
  readonly data: string;
  readonly target: string;
  /** The cell of `target` that counts as 1. */
  readonly positive: string;
  readonly drop: readonly string[];
  readonly folds: number;
  readonly seed: number;
  /** Also run scikit-learn, where Python has it. */
  readonly reference: boolean;
  readonly output: Pick<Output, 'note'>;
}

/** How probabilities of rows that a model has not seen compare with what happened. AUC and log loss are means over the folds. */
export interface PropensityQuality {
  readonly auc: number;
  readonly logLoss: number;
  readonly brier: number;
  /** Mean |predicted − observed| over ten bins of equally many rows. */
  readonly calibrationError: number;
  /** Rate among the best tenth over the rate of all. */
  readonly topDecileLift: number;
  /** All folds, fitting and scoring. */
  readonly ms: number;
}

/** JSON of `evaluate propensity`. */
export interface PropensityReport {
  readonly rows: number;
  readonly columns: number;
  readonly rate: number;
  readonly folds: number;
  readonly models: { readonly boosted: PropensityQuality; readonly logistic: PropensityQuality };
  readonly calibration: readonly CalibrationBin[];
  /** Mean size of each feature's contribution to the log-odds, the largest first. */
  readonly features: readonly { readonly name: string; readonly contribution: number }[];
  /** Largest |score − expected − Σ contributions|. */
  readonly explanationError: number;
  /** Largest difference of a probability between the ONNX graph and the trees. */
  readonly onnxDifference: number;
  readonly reference?: { readonly version: string; readonly quality: PropensityQuality };
}

/** Cross-validates both learners on a file with labels, each row scored by a model that has not seen it. @throws FILE_INVALID */
export async function evaluatePropensity(options: PropensityOptions): Promise<PropensityReport> {
  const { target, positive, folds, seed, output } = options;
  const text = await readTextTable(options.data);
  const labels = Float64Array.from(cellsOf(text, target), (cell) => Number(cell === positive));
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (positives < folds || labels.length - positives < folds)
    throw new AppError(
      'FILE_INVALID',
      `${positives} of ${labels.length} rows have ${target} = ${positive}; ${folds} folds need as many of both`,
    );
  const { table, skipped } = toFeatureTable(text, [target, ...options.drop]);
  if (skipped.length > 0) output.note(`columns of too many different texts are left out: ${skipped.join(', ')}`);
  const fold = stratifiedFolds(labels, folds, seed);
  const measure = (probabilities: ArrayLike<number>, ms: number) => qualityOf({ labels, fold }, probabilities, ms);
  const run = (fitAndScore: Parameters<typeof outOfFold>[1]) =>
    timed(() => outOfFold({ table, targets: labels, fold }, fitAndScore).map(sigmoid));
  const boosted = run((train, own, held) => scoreTable(fitBoostedTrees(train, own, { loss: 'log', seed }), held));
  const logistic = run((train, own, held) => scoreLogistic(fitLogistic(train, own), held));
  const theirs = options.reference ? await runBoostingReference({ table, labels, fold, seed, onMissing: output.note }) : null;
  const { train, test } = foldRows(fold, 0);
  const model = fitBoostedTrees(
    pickTableRows(table, train),
    Float64Array.from(train, (row) => labels[row]!),
    { loss: 'log', seed },
  );
  const held = pickTableRows(table, test);
  return {
    rows: table.rows,
    columns: table.columns.length,
    rate: positives / table.rows,
    folds,
    models: { boosted: measure(boosted.result, boosted.ms), logistic: measure(logistic.result, logistic.ms) },
    calibration: calibrationCurve(labels, boosted.result),
    ...explanations(model, held),
    onnxDifference: await compareWithGraph(model, held),
    ...(theirs && { reference: { version: theirs.version, quality: referenceQuality(theirs, measure) } }),
  };
}

function qualityOf(
  { labels, fold }: { labels: Float64Array; fold: Uint8Array },
  probabilities: ArrayLike<number>,
  ms: number,
): PropensityQuality {
  const folds = Array.from({ length: Math.max(...new Set(fold)) + 1 }, (_, held) => foldRows(fold, held).test);
  const mean = (metric: (own: Float64Array, predicted: Float64Array) => number): number =>
    folds.reduce(
      (sum, rows) =>
        sum +
        metric(
          Float64Array.from(rows, (row) => labels[row]!),
          Float64Array.from(rows, (row) => probabilities[row]!),
        ),
      0,
    ) / folds.length;
  return {
    auc: mean(areaUnderRoc),
    logLoss: mean(logLoss),
    brier: brierScore(labels, probabilities),
    calibrationError: calibrationError(labels, probabilities),
    topDecileLift: lift(labels, probabilities),
    ms,
  };
}

/** Our metrics of their probabilities, held to theirs: two definitions of one name would show here. */
function referenceQuality(
  theirs: BoostingReference,
  measure: (probabilities: ArrayLike<number>, ms: number) => PropensityQuality,
): PropensityQuality {
  const quality = measure(theirs.probabilities, theirs.fitMs);
  const apart = Math.max(Math.abs(quality.auc - theirs.auc), Math.abs(quality.logLoss - theirs.logLoss));
  if (apart > 1e-9) throw new Error(`AUC or log loss of the same probabilities differ by ${apart} from scikit-learn's`);
  return quality;
}

function explanations(model: BoostedTrees, table: FeatureTable): Pick<PropensityReport, 'features' | 'explanationError'> {
  const rows = Array.from({ length: Math.min(EXPLAINED_ROWS, table.rows) }, (_, row) => tableRow(table, row));
  const errors = rows.map((row) => {
    const { expected, contributions } = explainRow(model, row);
    return Math.abs(contributions.reduce((sum, part) => sum + part, expected) - scoreRow(model, row));
  });
  const means = meanContributions(model, rows);
  const features = table.columns.map(({ name }, c) => ({ name, contribution: means[c]! })).sort((a, b) => b.contribution - a.contribution);
  return { features, explanationError: Math.max(...errors) };
}

async function compareWithGraph(model: BoostedTrees, table: FeatureTable): Promise<number> {
  const fields = { model: 'propensity', version: '0', trainedFromMs: 0, trainedUntilMs: 0, metrics: {}, licence: 'none', parameters: {} };
  const loaded = await loadOnnxModel(packModel({ graph: buildTreeEnsembleGraph(model), fields }));
  try {
    const features = { dtype: 'float32', shape: [table.rows, table.columns.length], data: tableToRows(table) } as const;
    const probabilities = (await loaded.run({ features }))['probability']!.data as Float32Array;
    return scoreTable(model, table).reduce((most, score, row) => Math.max(most, Math.abs(sigmoid(score) - probabilities[row]!)), 0);
  } finally {
    await loaded.close();
  }
}

function timed<T>(work: () => T): { readonly result: T; readonly ms: number } {
  const before = performance.now();
  const result = work();
  return { result, ms: performance.now() - before };
}
