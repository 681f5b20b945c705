import { fitBoostedTrees, scoreTable, sigmoid, type BoostedTrees } from '../boosting/boosted-trees';
import { areaUnderRoc, logLoss } from '../calibration/metrics';
import { fitBgNbd, type BgNbdFit } from '../lifetime/bg-nbd';
import { fitLogistic, scoreLogistic, type LogisticModel } from '../linear/logistic-regression';
import { DAY_MS, type CustomerHistories } from './customer-log';
import { summarisePurchases } from './purchase-histories';
import { labelledSnapshot, lifetimeColumns, logOdds, stackSnapshots, type Labelled, type Snapshot, type SnapshotPlan } from './snapshots';

export type Learner =
  /** Logistic regression on what the lifetime model says and nothing else; null takes its probability as it is. */
  | { readonly kind: 'lifetime'; readonly model: LogisticModel | null }
  | { readonly kind: 'logistic'; readonly model: LogisticModel }
  | { readonly kind: 'boosted'; readonly model: BoostedTrees };

/** Who orders again, learned from a log; JSON as it is. */
export interface PurchaseModel extends SnapshotPlan {
  /** What is predicted: an order within so many days of the moment. */
  readonly horizonDays: number;
  /** What the learner saw: shorter than the horizon where the log is short. The lifetime model bridges the difference. */
  readonly learnedHorizonDays: number;
  readonly windowsDays: readonly number[];
  readonly lifetime: BgNbdFit;
  /** Chosen by the log loss at the latest moment inside the log whose outcome is known, after learning from earlier ones. */
  readonly learner: Learner;
  /** What each learner did at that moment; empty where the log holds too few outcomes to choose by. */
  readonly validation: Readonly<Partial<Record<Learner['kind'], { readonly auc: number; readonly logLoss: number }>>>;
  /** Log-odds of an order within the learned horizon for someone who never ordered. */
  readonly neverOrderedLogOdds: number;
}

export interface PurchaseModelOptions {
  /** Nothing from this moment on is read. */
  readonly untilMs: number;
  readonly horizonDays: number;
  readonly seed: number;
  /** Windows of the features; those longer than the shortest history learned from are left out. @default 14, 28, 56, 112, 224, 365 */
  readonly windowsDays?: readonly number[];
}

const DEFAULT_WINDOWS = [14, 28, 56, 112, 224, 365];
/** Moments learned from, the learned horizon apart. */
const MOST_CUTOFFS = 3;
/** Fewer customers of either outcome teach nothing that holds (the bar of Twilio's Predictions). */
const LEAST_OUTCOMES = 100;

/**
 * Learns from up to three moments in the log, each with the features before it and the orders after it, and chooses between BG/NBD alone,
 * logistic regression and boosted trees on top of it. A horizon longer than a third of the log is learned over that third.
 * @throws RangeError when the log holds no order before `untilMs`.
 */
export function fitPurchaseModel(histories: CustomerHistories, options: PurchaseModelOptions): PurchaseModel {
  const { untilMs, horizonDays, seed } = options;
  const spanDays = (untilMs - firstOrderMs(histories)) / DAY_MS;
  const learnedHorizonDays = Math.max(1, Math.min(horizonDays, Math.floor(spanDays / 3)));
  const moments = Math.min(MOST_CUTOFFS, Math.floor(spanDays / learnedHorizonDays) - 1);
  const cutoffs = Array.from({ length: Math.max(0, moments) }, (_, back) => untilMs - (back + 1) * learnedHorizonDays * DAY_MS);
  const history = spanDays - moments * learnedHorizonDays;
  const windowsDays = (options.windowsDays ?? DEFAULT_WINDOWS).filter((days) => days <= history);
  const plan = { learnedHorizonDays, windowsDays };
  const parts = cutoffs.map((cutoffMs) => labelledSnapshot(histories, plan, cutoffMs));
  const lifetime = fitBgNbd(summarisePurchases(histories, untilMs));
  const all = stackSnapshots(parts);
  const base = { horizonDays, ...plan, lifetime, neverOrderedLogOdds: neverOrdered(all) };
  const [latest, earlier] = [parts[0], stackSnapshots(parts.slice(1))];
  if (!isTeaching(latest) || !isTeaching(earlier)) return { ...base, learner: { kind: 'lifetime', model: null }, validation: {} };
  const tried = learnersOf(earlier!, seed).map((learner) => ({ learner, ...measure(learner, latest!, neverOrdered(earlier)) }));
  const best = tried.reduce((least, one) => (one.logLoss < least.logLoss ? one : least)).learner.kind;
  const learner = learnersOf(all!, seed, best)[0]!;
  return {
    ...base,
    learner,
    validation: Object.fromEntries(tried.map((one) => [one.learner.kind, { auc: one.auc, logLoss: one.logLoss }])),
  };
}

/** Log-odds of an order within the learned horizon, a row a customer. */
export function scoreSnapshot(learner: Learner, { table, lifetimeLogOdds }: Snapshot, neverOrderedLogOdds: number): Float64Array {
  const offsets = withoutGaps(lifetimeLogOdds, neverOrderedLogOdds);
  if (learner.kind === 'boosted') return scoreTable(learner.model, table).map((score, row) => score + offsets[row]!);
  if (learner.model === null) return offsets;
  return scoreLogistic(learner.model, learner.kind === 'lifetime' ? lifetimeColumns(table) : table);
}

/** Every learner, or the one that is wanted, fitted to the rows. */
function learnersOf({ table, labels, lifetimeLogOdds, customers }: Labelled, seed: number, only?: Learner['kind']): Learner[] {
  const wants = (kind: Learner['kind']): boolean => only === undefined || only === kind;
  const learners: Learner[] = [];
  if (wants('lifetime')) learners.push({ kind: 'lifetime', model: fitLogistic(lifetimeColumns(table), labels) });
  if (wants('logistic')) learners.push({ kind: 'logistic', model: fitLogistic(table, labels) });
  if (wants('boosted')) {
    const offsets = withoutGaps(lifetimeLogOdds, neverOrdered({ labels, lifetimeLogOdds }));
    const shape = { maxLeaves: 8, minRowsPerLeaf: 100, learningRate: 0.05 };
    learners.push({ kind: 'boosted', model: fitBoostedTrees(table, labels, { loss: 'log', seed, offsets, groups: customers, ...shape }) });
  }
  return learners;
}

function measure(learner: Learner, latest: Labelled, neverOrderedLogOdds: number): { auc: number; logLoss: number } {
  const scores = scoreSnapshot(learner, latest, neverOrderedLogOdds);
  return { auc: areaUnderRoc(latest.labels, scores), logLoss: logLoss(latest.labels, scores.map(sigmoid)) };
}

function isTeaching(part: Labelled | undefined): boolean {
  if (part === undefined) return false;
  const positives = part.labels.reduce((sum, label) => sum + label, 0);
  return Math.min(positives, part.labels.length - positives) >= LEAST_OUTCOMES;
}

/** The rate, smoothed by one, of those without an order. */
function neverOrdered(part: Pick<Labelled, 'labels' | 'lifetimeLogOdds'> | undefined): number {
  let [rows, positives] = [0, 0];
  part?.lifetimeLogOdds.forEach((odds, row) => {
    if (!Number.isNaN(odds)) return;
    rows++;
    positives += part.labels[row]!;
  });
  return logOdds((positives + 1) / (rows + 20));
}

function withoutGaps(values: Float64Array, otherwise: number): Float64Array {
  return values.map((value) => (Number.isNaN(value) ? otherwise : value));
}

function firstOrderMs({ log }: CustomerHistories): number {
  let first = Infinity;
  log.timesMs.forEach((time, event) => {
    if (log.kinds[event] === log.orderKind && time < first) first = time;
  });
  return first;
}
