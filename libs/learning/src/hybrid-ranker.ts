import { fitEase } from './ease';
import {
  newPairs,
  splitByTime,
  timeRange,
  toHistories,
  toSparse,
  type Histories,
  type InteractionLog,
  type SparseMatrix,
} from './interactions';
import { scaleTargets, type ItemItemMatrix } from './item-item';
import { popularity } from './popularity';
import type { ProgressListener } from './positive-definite';
import { evaluateRanking, type RankingMetrics } from './ranking-metrics';
import { linearScorer } from './scorers';
import { fadeHistories, trendFactors } from './trend';

/** What the search chooses. Times are shares of the training span, so that they fit any data set. */
export interface HybridSettings {
  readonly lambda: number;
  /** How far each item's score follows its trend, 0–1. */
  readonly trendExponent: number;
  /** The recent window of trend and popularity. */
  readonly windowShare: number;
  /** Half-life of history items; Infinity weighs all alike. */
  readonly halfLifeShare: number;
  /** Weight of recent popularity. Above 0, so that a user without history gets the popular items. */
  readonly popularityWeight: number;
}

/** score_j = Σ_{l in history} w_l · matrix[l, j] + bias_j with w_l = historyWeight(last, user's latest, halfLifeMs). */
export interface HybridRanker {
  readonly matrix: ItemItemMatrix;
  /** One value an item. */
  readonly bias: Float32Array;
  readonly halfLifeMs: number;
  readonly settings: HybridSettings;
  /** At k = 20 on the last fifth of the log, which the search used: optimistic, not for promotion. Absent without a search. */
  readonly validation?: RankingMetrics;
}

export interface HybridOptions {
  /** Penalties to try; each costs one inversion, as does the final fit. @default [100, 300, 1000] */
  readonly lambdas?: readonly number[];
  /** Share of the log's time that validates. @default 0.2 */
  readonly validationRatio?: number;
  readonly onProgress?: ProgressListener;
}

export const DEFAULT_HYBRID_SETTINGS: HybridSettings = {
  lambda: 300,
  trendExponent: 0.75,
  windowShare: 0.125,
  halfLifeShare: 0.5,
  popularityWeight: 0.001,
};

/** What is tried after λ, one setting after the other, each with the best of those before. */
const SEARCH: readonly (readonly Partial<HybridSettings>[])[] = [
  [0, 0.25, 0.5, 1].flatMap((trendExponent) => [0.0625, 0.125].map((windowShare) => ({ trendExponent, windowShare }))),
  [0.25, 1, Infinity].map((halfLifeShare) => ({ halfLifeShare })),
  [0.02, 0.05, 0.1].map((popularityWeight) => ({ popularityWeight })),
];

/** EASE whose columns follow the items' trend, whose history fades, on a floor of recent popularity; with the given settings. */
export function fitHybrid(log: InteractionLog, settings: HybridSettings, onProgress?: ProgressListener): HybridRanker {
  const ease = fitEase(toSparse(toHistories(log)), { lambda: settings.lambda, onProgress });
  return { ...shapeHybrid(log, ease, settings), settings };
}

/**
 * The same with settings that rank best (NDCG@20 of new items) on the last part of the log, then fitted on all of it. A log too
 * short to validate on gets DEFAULT_HYBRID_SETTINGS. Nothing is random.
 */
export function tuneHybrid(log: InteractionLog, options: HybridOptions = {}): HybridRanker {
  const { lambdas = [100, 300, 1000], validationRatio = 0.2, onProgress } = options;
  const steps = lambdas.length + 1;
  const part = (step: number) => onProgress && ((fraction: number) => onProgress((step + fraction) / steps));
  const best = searchSettings(log, validationRatio, lambdas, part);
  return { ...fitHybrid(log, best?.settings ?? DEFAULT_HYBRID_SETTINGS, part(lambdas.length)), ...(best && { validation: best.metrics }) };
}

interface Trial {
  readonly settings: HybridSettings;
  readonly metrics: RankingMetrics;
}

type ProgressPart = (step: number) => ProgressListener | undefined;

function searchSettings(log: InteractionLog, ratio: number, lambdas: readonly number[], part: ProgressPart): Trial | undefined {
  if (log.users.length === 0) return undefined;
  const { train, heldOut } = splitByTime(log, ratio);
  if (train.users.length === 0) return undefined;
  const histories = toHistories(train);
  const owned = toSparse(histories);
  const known = new Set(histories.indices);
  const truth = newPairs(toHistories(heldOut), histories, (item) => known.has(item));
  if (truth.indices.length === 0) return undefined;
  const tryOut = (ease: ItemItemMatrix, settings: HybridSettings): Trial => ({
    settings,
    metrics: measure({ histories, owned, truth, ranker: shapeHybrid(train, ease, settings) }),
  });
  const fits = lambdas.map((lambda, step) => {
    const ease = fitEase(owned, { lambda, onProgress: part(step) });
    return { ease, trial: tryOut(ease, { ...DEFAULT_HYBRID_SETTINGS, lambda }) };
  });
  const first = fits.reduce((a, b) => (b.trial.metrics.ndcg > a.trial.metrics.ndcg ? b : a));
  return SEARCH.reduce(
    (best, changes) =>
      changes
        .map((change) => tryOut(first.ease, { ...best.settings, ...change }))
        .reduce((a, b) => (b.metrics.ndcg > a.metrics.ndcg ? b : a), best),
    first.trial,
  );
}

function shapeHybrid(log: InteractionLog, ease: ItemItemMatrix, settings: HybridSettings): Omit<HybridRanker, 'settings'> {
  const { firstMs, lastMs } = timeRange(log);
  const spanMs = Math.max(1, lastMs - firstMs);
  const windowMs = settings.windowShare * spanMs;
  const trend = trendFactors(log, { windowMs, exponent: settings.trendExponent });
  const bias = popularity(log, { windowMs }).map((share) => settings.popularityWeight * share);
  return { matrix: scaleTargets(ease, trend), bias, halfLifeMs: settings.halfLifeShare * spanMs };
}

interface Measurement {
  readonly histories: Histories;
  readonly owned: SparseMatrix;
  readonly truth: SparseMatrix;
  readonly ranker: Omit<HybridRanker, 'settings'>;
}

function measure({ histories, owned, truth, ranker }: Measurement): RankingMetrics {
  const faded = fadeHistories(histories, ranker.halfLifeMs);
  const score = linearScorer({ matrix: ranker.matrix, histories: faded, bias: ranker.bias });
  return evaluateRanking({ train: owned, heldOut: truth, score, cutoffs: [20] }).at[0]!;
}
