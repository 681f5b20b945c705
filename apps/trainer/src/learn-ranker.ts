import {
  constantScorer,
  evaluateRanking,
  fadeHistories,
  fitEase,
  fitHybrid,
  fitItemKnn,
  linearScorer,
  newPairs,
  popularity,
  splitByTime,
  toHistories,
  toSparse,
  filterLog,
  tuneHybrid,
  type BatchScorer,
  type Histories,
  type HybridRanker,
  type HybridSettings,
  type InteractionLog,
  type SparseMatrix,
} from '@tradewind/learning';

/** Share of the log's time that is held out. */
const HELD_OUT_RATIO = 0.2;

export interface RankerTask {
  readonly log: InteractionLog;
  /** Everything from here on is held out; the default is the last fifth of the time. Epoch milliseconds UTC. */
  readonly cutMs: number | null;
  /** Null searches them on a validation part of the training part, which takes four more inversions. */
  readonly settings: HybridSettings | null;
}

/** Means over the users with something to find; names as in the command line's JSON (DESIGN §6). */
export type RankerMetrics = Readonly<Record<'hr10' | 'ndcg10' | 'hr20' | 'recall20' | 'ndcg20' | 'mrr20' | 'coverage', number>>;

export interface LearnedRanker {
  /** Fitted on all of the log. */
  readonly ranker: HybridRanker;
  /** Users with something new in the held-out part. */
  readonly users: number;
  readonly cutMs: number;
  /** On held-out data, fitted before it: `popularity`, `itemKnn`, `ease` (only with a search), `hybrid`. */
  readonly models: Readonly<Record<string, RankerMetrics>>;
}

/** Evaluates on the held-out end of the log, then fits on all of it. Pure; minutes for thousands of items. */
export function learnRanker(task: RankerTask, onProgress: (done: number) => void = () => undefined): LearnedRanker {
  const { settings } = task;
  const { train, heldOut, cutMs } = split(task);
  const test = prepare(train, heldOut);
  const searched =
    settings === null
      ? tuneHybrid(train, { onProgress: (done) => onProgress(done * 0.7) })
      : fitHybrid(train, settings, (done) => onProgress(done * 0.5));
  const models: Record<string, RankerMetrics> = {
    popularity: evaluate(test, constantScorer(popularity(train))),
    itemKnn: evaluate(test, linearScorer({ matrix: fitItemKnn(test.owned), histories: test.owned })),
    hybrid: evaluate(test, hybridScorer(test, searched)),
  };
  if (settings === null) models['ease'] = evaluate(test, easeScorer(test, searched.settings.lambda));
  onProgress(0.8);
  const ranker = fitHybrid(task.log, searched.settings, (done) => onProgress(0.8 + done * 0.2));
  return { ranker, users: test.users, cutMs, models };
}

/** What is compared: users' histories before the cut and what they bought for the first time after it. */
export interface HeldOutTest {
  readonly histories: Histories;
  readonly owned: SparseMatrix;
  readonly truth: SparseMatrix;
  /** Users with a truth. */
  readonly users: number;
}

export function split({ log, cutMs }: Pick<RankerTask, 'log' | 'cutMs'>): {
  train: InteractionLog;
  heldOut: InteractionLog;
  cutMs: number;
} {
  if (cutMs === null) return splitByTime(log, HELD_OUT_RATIO);
  return { train: filterLog(log, (at) => log.timesMs[at]! < cutMs), heldOut: filterLog(log, (at) => log.timesMs[at]! >= cutMs), cutMs };
}

/** Every item of the log is a candidate, also one nobody bought before the cut: nobody can find that one, and it counts. */
export function prepare(train: InteractionLog, heldOut: InteractionLog): HeldOutTest {
  const histories = toHistories(train);
  const truth = newPairs(toHistories(heldOut), histories);
  let users = 0;
  for (let user = 0; user < truth.rows; user++) if (truth.offsets[user + 1]! > truth.offsets[user]!) users++;
  return { histories, owned: toSparse(histories), truth, users };
}

function easeScorer({ owned }: HeldOutTest, lambda: number): BatchScorer {
  return linearScorer({ matrix: fitEase(owned, { lambda }), histories: owned });
}

function hybridScorer({ histories }: HeldOutTest, { matrix, bias, halfLifeMs }: HybridRanker): BatchScorer {
  return linearScorer({ matrix, bias, histories: fadeHistories(histories, halfLifeMs) });
}

function evaluate({ owned, truth }: HeldOutTest, score: BatchScorer): RankerMetrics {
  const [at10, at20] = evaluateRanking({ train: owned, heldOut: truth, score, cutoffs: [10, 20] }).at;
  const { hitRate: hr20, recall: recall20, ndcg: ndcg20, mrr: mrr20, coverage } = at20!;
  return { hr10: at10!.hitRate, ndcg10: at10!.ndcg, hr20, recall20, ndcg20, mrr20, coverage };
}
