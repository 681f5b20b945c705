import { sigmoid, scoreRow, type BoostedTrees } from '../boosting/boosted-trees';
import { explainRow, type Contributions } from '../boosting/tree-shap';
import type { PlattCalibration } from '../calibration/calibrate';
import { expectedOrders, probabilityOfOrder, timeToNextOrder, probabilityAlive } from '../lifetime/bg-nbd-predictions';
import { expectedAmount } from '../lifetime/gamma-gamma';
import { explainLogistic, type LogisticModel } from '../linear/logistic-regression';
import {
  lifetimeColumnNames,
  reader,
  rowOf,
  writeLifetimeColumns,
  type CustomerRows,
  type LifetimeModels,
  type LifetimeRow,
  type LifetimeSource,
} from './lifetime-columns';

/** Learners of a propensity. `lifetime` is BG/NBD, recalibrated by a logistic regression on what it says. */
export type PropensityKind = 'lifetime' | 'logistic' | 'boosted';

/** An order within a horizon: log-odds = slope · (the learner's) + intercept. Columns are those of a complete row. */
export type PropensityHead = { readonly calibration: PlattCalibration } & (
  { readonly kind: 'lifetime' | 'logistic'; readonly model: LogisticModel } | { readonly kind: 'boosted'; readonly model: BoostedTrees }
);

/**
 * A number expected within a horizon. `lifetime`: by BG/NBD (and Gamma-Gamma); `scaled`: that, times the propensity over BG/NBD's own
 * probability; `boosted`: learned.
 */
export type AmountHead = { readonly kind: 'lifetime' | 'scaled' } | { readonly kind: 'boosted'; readonly model: BoostedTrees };

export interface HorizonHeads {
  readonly days: number;
  readonly purchase: PropensityHead;
  /** Days with an order. */
  readonly orders: AmountHead;
  /** Amounts of orders; null without a model of amounts. */
  readonly value: AmountHead | null;
}

/** What is to be expected of a customer, JSON as it is. A complete row is a profile and what the lifetime models say of it. */
export interface CustomerPredictionModel {
  readonly profileColumns: readonly string[];
  readonly source: LifetimeSource;
  readonly lifetime: LifetimeModels;
  readonly horizons: readonly HorizonHeads[];
}

export interface HorizonPrediction {
  readonly days: number;
  /** Calibrated log-odds of an order, and its probability; churn is 1 minus that. */
  readonly score: number;
  readonly probability: number;
  readonly orders: number;
  readonly value: number | null;
}

export interface CustomerPrediction {
  readonly alive: number;
  /** Days until half of those like this customer, and not gone, have ordered. */
  readonly nextOrderDays: number;
  readonly horizons: readonly HorizonPrediction[];
}

/** Columns of a complete row. */
export function completeColumns(model: Pick<CustomerPredictionModel, 'profileColumns' | 'horizons'>): string[] {
  return [...model.profileColumns, ...lifetimeColumnNames(model.horizons.map(({ days }) => days))];
}

/** Profiles with the lifetime models' columns behind them. */
export function completeRows(
  profiles: CustomerRows,
  source: LifetimeSource,
  orders: LifetimeModels['orders'],
  horizonsDays: readonly number[],
): CustomerRows {
  const columns = [...profiles.columns, ...lifetimeColumnNames(horizonsDays)];
  const read = reader(profiles.columns, source);
  const data = new Float32Array(profiles.rows * columns.length);
  for (let row = 0; row < profiles.rows; row++) {
    const own = rowOf(profiles, row);
    data.set(own, row * columns.length);
    writeLifetimeColumns(orders, read(own), horizonsDays, data, row * columns.length + own.length);
  }
  return { columns, rows: profiles.rows, data };
}

/** A learner that a graph computes; its name says target and horizon, e.g. `purchase_30d`. */
export interface LearnedHead {
  readonly name: string;
  readonly learner:
    { readonly kind: 'logistic'; readonly model: LogisticModel } | { readonly kind: 'boosted'; readonly model: BoostedTrees };
}

/** All learners of the model: what is not among them BG/NBD and Gamma-Gamma say. */
export function learnedHeads({ horizons }: Pick<CustomerPredictionModel, 'horizons'>): LearnedHead[] {
  return horizons.flatMap(({ days, purchase, orders, value }) => [
    { name: `purchase_${days}d`, learner: learnerOf(purchase) },
    ...(['orders', 'value'] as const).flatMap((target) => {
      const head = target === 'orders' ? orders : value;
      return head?.kind === 'boosted' ? [{ name: `${target}_${days}d`, learner: { kind: 'boosted' as const, model: head.model } }] : [];
    }),
  ]);
}

/** A learner's score of one complete row. */
export function scoreLearner({ kind, model }: LearnedHead['learner'], row: ArrayLike<number>): number {
  if (kind === 'boosted') return scoreRow(model, row);
  const { expected, contributions } = explainLogistic(model, row);
  return contributions.reduce((sum, part) => sum + part, expected);
}

/** Everything expected of one customer. @param scores of `learnedHeads`, in their order; computed here when absent */
export function predictCustomer(model: CustomerPredictionModel, row: ArrayLike<number>, scores?: ArrayLike<number>): CustomerPrediction {
  const names = learnedHeads(model);
  const scoreOf = new Map(names.map(({ name, learner }, at) => [name, scores === undefined ? scoreLearner(learner, row) : scores[at]!]));
  const own = reader(model.profileColumns, model.source)(row);
  return {
    alive: probabilityAlive(model.lifetime.orders, own.history),
    nextOrderDays: timeToNextOrder(model.lifetime.orders, own.history)!,
    horizons: model.horizons.map((heads) => predictHorizon(model.lifetime, heads, own, scoreOf)),
  };
}

/** BG/NBD's and Gamma-Gamma's own answer. */
export function lifetimeAmounts(
  { orders, spend }: LifetimeModels,
  own: LifetimeRow,
  days: number,
): { orders: number; value: number | null } {
  const expected = expectedOrders(orders, own.history, days);
  const isKnown = own.amount > 0 && own.orders > 0;
  return {
    orders: expected,
    value: spend === null ? null : expected * expectedAmount(spend, isKnown ? own.orders : 0, isKnown ? own.amount : 0),
  };
}

/** Log-odds after calibration. */
export function calibratedScore({ calibration: { slope, intercept } }: PropensityHead, score: number): number {
  return slope * score + intercept;
}

function predictHorizon(
  lifetime: LifetimeModels,
  { days, purchase, orders, value }: HorizonHeads,
  own: LifetimeRow,
  scoreOf: ReadonlyMap<string, number>,
): HorizonPrediction {
  const score = calibratedScore(purchase, scoreOf.get(`purchase_${days}d`)!);
  const probability = sigmoid(score);
  const base = lifetimeAmounts(lifetime, own, days);
  const ratio = probability / Math.max(1e-9, probabilityOfOrder(lifetime.orders, own.history, days));
  const amountOf = (head: AmountHead, name: string, expected: number): number => {
    if (head.kind === 'boosted') return Math.max(0, scoreOf.get(name)!);
    return head.kind === 'scaled' ? expected * ratio : expected;
  };
  return {
    days,
    score,
    probability,
    orders: amountOf(orders, `orders_${days}d`, base.orders),
    value: value === null || base.value === null ? null : amountOf(value, `value_${days}d`, base.value),
  };
}

/** Why the calibrated log-odds are what they are: score = expected + Σ contributions, one a column of a complete row. */
export function explainPropensity(head: PropensityHead, row: ArrayLike<number>): Contributions {
  const { expected, contributions } = explainLearner(learnerOf(head), row);
  const { slope } = head.calibration;
  return { expected: calibratedScore(head, expected), contributions: contributions.map((part) => slope * part) };
}

/** Why a learned number is what it is, before it is held at 0. */
export function explainLearner({ kind, model }: LearnedHead['learner'], row: ArrayLike<number>): Contributions {
  return kind === 'boosted' ? explainRow(model, row) : explainLogistic(model, row);
}

function learnerOf(head: PropensityHead): LearnedHead['learner'] {
  return head.kind === 'boosted' ? { kind: 'boosted', model: head.model } : { kind: 'logistic', model: head.model };
}
