import { createHash } from 'node:crypto';
import { MODELS } from '@tradewind/contracts';
import { buildHeadsGraph, compressJson, loadOnnxModel, packModel, parseManifest, type GraphHead } from '@tradewind/inference';
import { completeColumns, learnedHeads, scoreLearner, completeRows, type CustomerPredictionModel } from '@tradewind/learning';
import type { Platform } from '@tradewind/runtime';
import { measureFairness } from './fairness';
import type { HorizonTask, LearnedPredictions } from './learn-predictions';
import { measureLivePredictions, readLivePredictions, type LivePredictions } from './live-predictions';
import { takeMoments } from './moments';
import { flatMetrics, type PredictionReport, type PropensityFigures } from './prediction-report';
import { momentsOf, planHorizons, toHorizonTasks, type LeftOut } from './prediction-task';
import { publishRelease, releaseVersion } from './publish';
import type { TrainingReport } from './report';
import { PROFILE, type Snapshot } from './snapshot';
import { round, untrained, type TrainInput } from './train-clusters';

/** Customers whose scores by the graph are held against those of the learners. */
const VERIFIED_ROWS = 500;
/** Float32 against double precision, for scores of about 1; larger ones in proportion. */
const TOLERANCE = 1e-3;

/** What a release of predictions says beside its graph. */
export interface PredictionParameters {
  /** Inputs of the graph: the profile, then what the lifetime models say. */
  readonly columns: readonly string[];
  /** Outputs of the graph. */
  readonly heads: readonly string[];
  /** `compressJson` of a `CustomerPredictionModel`: BG/NBD, Gamma-Gamma, calibration, and the learners for explanations. */
  readonly model: string;
  readonly report: PredictionReport;
}

export interface TrainPredictionsInput extends TrainInput {
  /** Traits by which size and outcome are compared; none: no fairness check. */
  readonly sensitiveTraits: readonly string[];
}

export async function trainPredictions(input: TrainPredictionsInput): Promise<TrainingReport> {
  const { snapshot, platform, learner, onProgress, sensitiveTraits } = input;
  const model = MODELS.customerPredictions;
  const { plans, leftOut } = planHorizons(snapshot.fromMs, snapshot.untilMs);
  if (plans.length === 0) return untrained(model, reasonOf(leftOut));
  const live = await readLive(platform);
  if (live?.kind === 'comparable' && plans.every(({ heldOutMs }) => heldOutMs <= live.manifest.trainedUntilMs))
    return untrained(model, `too little new since the live model: ${plans[0]!.days} days must pass to measure it`);
  const moments = await takeMoments(platform.log, { atMs: momentsOf(plans), attributes: sensitiveTraits });
  const { horizons, leftOut: rare } = toHorizonTasks(plans, moments);
  const unlearned = [...leftOut, ...rare].sort((a, b) => a.days - b.days);
  if (horizons.length === 0) return untrained(model, reasonOf(unlearned));
  const learned = await learner({ kind: 'predictions', profileColumns: PROFILE.columns, now: snapshot.profiles, horizons }, onProgress);
  const before = live?.kind === 'comparable' ? await measureLivePredictions(live, horizons, platform.database) : null;
  const fairness = await measureFairness({
    attributes: moments.attributes,
    userKeys: moments.userKeys,
    horizons,
    learned,
    database: platform.database,
  });
  const report: PredictionReport = { horizons: learned.horizons.map(withoutRows), leftOut: unlearned, fairness };
  const candidate = pack(learned.model, report, snapshot);
  await verify(candidate, learned.model, horizons[0]!);
  const { promoted, reason } = decide(report, live, before);
  await publishRelease(candidate, promoted ? 'live' : 'shadow', platform);
  const kinds = Object.fromEntries(['lifetime', 'scaled', 'logistic', 'boosted'].map((kind) => [kind, flatMetrics(report.horizons, kind)]));
  return {
    model,
    version: candidate.manifest.version,
    promoted,
    reason,
    metrics: candidate.manifest.metrics,
    comparison: before ? { ...kinds, live: liveMetrics(before) } : kinds,
  };
}

type Figures = ReadonlyMap<number, PropensityFigures>;

/** Live unless the live model does better on customers' future that neither has seen. */
function decide(
  { horizons }: PredictionReport,
  live: LivePredictions | null,
  before: Figures | null,
): { promoted: boolean; reason: string } {
  if (live === null) return { promoted: true, reason: 'the first release' };
  if (live.kind === 'incomparable') return { promoted: true, reason: `the live model cannot be measured: ${live.reason}` };
  const compared = horizons.filter(({ days }) => before!.has(days));
  if (compared.length === 0)
    return { promoted: false, reason: 'too little new since the live model: no horizon that both predict has passed' };
  const mean = (losses: readonly number[]) => losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const now = mean(compared.map(lossOfWinner));
  const then = mean(compared.map(({ days }) => before!.get(days)!.logLoss));
  const where = `over horizons of ${compared.map(({ days }) => days).join(', ')} days`;
  return { promoted: now <= then, reason: `held-out log loss ${round(now)} against ${round(then)} of the live model ${where}` };
}

function lossOfWinner({ purchase }: PredictionReport['horizons'][number]): number {
  return purchase.models[purchase.winner]!.logLoss;
}

function liveMetrics(before: Figures): Record<string, number> {
  const metrics = [...before].map(([days, { auc, logLoss, calibrationError }]) => ({
    [`auc_${days}d`]: auc,
    [`log_loss_${days}d`]: logLoss,
    [`calibration_error_${days}d`]: calibrationError,
  }));
  return Object.assign({}, ...metrics) as Record<string, number>;
}

function pack(model: CustomerPredictionModel, report: PredictionReport, { fromMs, untilMs, userKeys, events }: Snapshot) {
  const columns = completeColumns(model);
  const heads = learnedHeads(model);
  const graph = buildHeadsGraph(
    columns.length,
    heads.map(({ name, learner }): GraphHead => {
      if (learner.kind === 'boosted') return { name, model: { kind: 'trees', ...learner.model } };
      return { name, model: { kind: 'logistic', ...learner.model } };
    }),
  );
  // BG/NBD is not in the graph, and must make another version all the same.
  const compressed = compressJson(model);
  const fingerprint = createHash('sha256').update(graph.bytes).update(compressed).digest('hex');
  const parameters: PredictionParameters & { events: number } = {
    columns,
    heads: heads.map(({ name }) => name),
    model: compressed,
    report,
    events,
  };
  return packModel({
    graph,
    fields: {
      model: MODELS.customerPredictions,
      version: releaseVersion(untilMs, fingerprint),
      trainedFromMs: fromMs,
      trainedUntilMs: untilMs,
      metrics: { customers: userKeys.length, ...flatMetrics(report.horizons) },
      licence: 'Apache-2.0',
      parameters: { ...parameters },
    },
  });
}

/** The file says what the learners say. @throws Error when it does not: a bug in a graph */
async function verify(candidate: ReturnType<typeof pack>, model: CustomerPredictionModel, { heldOut }: HorizonTask): Promise<void> {
  const rows = Math.min(VERIFIED_ROWS, heldOut.customers.length);
  const profiles = { columns: model.profileColumns, rows, data: heldOut.profiles.subarray(0, rows * model.profileColumns.length) };
  const { columns, data } = completeRows(
    profiles,
    model.source,
    model.lifetime.orders,
    model.horizons.map(({ days }) => days),
  );
  const loaded = await loadOnnxModel(candidate);
  try {
    const outputs = await loaded.run({ features: { dtype: 'float32', shape: [rows, columns.length], data } });
    for (const { name, learner } of learnedHeads(model)) {
      for (let row = 0; row < rows; row++) {
        const [graph, own] = [
          Number(outputs[name]!.data[row]),
          scoreLearner(learner, data.subarray(row * columns.length, (row + 1) * columns.length)),
        ];
        if (!(Math.abs(graph - own) <= TOLERANCE * Math.max(1, Math.abs(own))))
          throw new Error(`${name} is ${graph} by the graph and ${own} by its learner`);
      }
    }
  } finally {
    await loaded.close();
  }
}

function withoutRows({ probabilities: _, ...report }: LearnedPredictions['horizons'][number]): PredictionReport['horizons'][number] {
  return report;
}

function reasonOf(leftOut: readonly LeftOut[]): string {
  return leftOut.map(({ days, reason }) => `${days} days: ${reason}`).join('; ');
}

async function readLive({ database }: Platform): Promise<LivePredictions | null> {
  const live = await database.releases.live(MODELS.customerPredictions);
  return live && readLivePredictions(parseManifest(live.manifest));
}
