import { sigmoid } from '../boosting/boosted-trees';
import { tableRow } from '../boosting/feature-table';
import { explainRow, type Contributions } from '../boosting/tree-shap';
import { expectedOrders, probabilityAlive, probabilityOfOrder, timeToNextOrder } from '../lifetime/bg-nbd-predictions';
import { expectedAmount, type GammaGammaModel } from '../lifetime/gamma-gamma';
import { lifetimeValue } from '../lifetime/lifetime-value';
import { explainLogistic } from '../linear/logistic-regression';
import { DAY_MS, type CustomerHistories } from './customer-log';
import { logOdds, scoreSnapshot, takeSnapshot, type PurchaseModel } from './purchase-model';
import { summarisePurchases, WEEK_DAYS } from './purchase-histories';

/** What is to be expected of each customer known at a moment; entry r is customer `customers[r]`. */
export interface PurchasePredictions {
  readonly customers: Int32Array;
  /** Of an order within the horizon; churn is 1 minus this. */
  readonly probabilities: Float64Array;
  /** Days with an order within the horizon. */
  readonly orders: Float64Array;
  /** Not gone for good; NaN for those who never ordered. */
  readonly alive: Float64Array;
  /** When half of those who are like this customer and not gone have ordered, in ms; NaN for those who never ordered. */
  readonly nextOrderMs: Float64Array;
  /** Of orders within the horizon, undiscounted and at full margin unless asked otherwise; NaN without a model of amounts. */
  readonly values: Float64Array;
}

export interface PredictOptions {
  /** Features up to here, predictions from here. */
  readonly cutoffMs: number;
  /** Of amounts, for `values`. */
  readonly spend?: GammaGammaModel;
  readonly margin?: number;
  /** A week. @default 0 */
  readonly discountRate?: number;
}

/** Why a probability is what it is: ln(p / (1 − p)) = expected + Σ parts. */
export interface PurchaseExplanation {
  readonly expected: number;
  /** By feature; `lifetime_model` is what BG/NBD brings beside the features. */
  readonly parts: Readonly<Record<string, number>>;
}

/**
 * The learner's probability within the learned horizon, moved to the whole horizon by the difference of the lifetime model's log-odds;
 * expected orders are the lifetime model's times the ratio of the two probabilities.
 */
export function predictPurchases(model: PurchaseModel, histories: CustomerHistories, options: PredictOptions): PurchasePredictions {
  const { cutoffMs, spend, margin, discountRate } = options;
  const snapshot = takeSnapshot(histories, model, { cutoffMs, lifetime: model.lifetime });
  const scores = scoreSnapshot(model.learner, snapshot, model.neverOrderedLogOdds);
  const probabilities = scores.map((score) => sigmoid(score + neverOrderedShift(model)));
  const { customers } = snapshot;
  const [alive, nextOrderMs, values] = [0, 1, 2].map(() => new Float64Array(customers.length).fill(NaN)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const orders = probabilities.slice();
  const rowOf = new Map(Array.from(customers, (customer, row) => [customer, row] as const));
  const purchases = summarisePurchases(histories, cutoffMs);
  const horizon = model.horizonDays / WEEK_DAYS;
  purchases.customers.forEach((customer, i) => {
    const row = rowOf.get(customer)!;
    const history = { frequency: purchases.frequency[i]!, recency: purchases.recency[i]!, age: purchases.age[i]! };
    const byLifetime = probabilityOfOrder(model.lifetime, history, horizon);
    probabilities[row] = sigmoid(scores[row]! + logOdds(byLifetime) - snapshot.lifetimeLogOdds[row]!);
    const ratio = probabilities[row]! / Math.max(byLifetime, 1e-9);
    orders[row] = expectedOrders(model.lifetime, history, horizon) * ratio;
    alive[row] = probabilityAlive(model.lifetime, history);
    nextOrderMs[row] = cutoffMs + timeToNextOrder(model.lifetime, history)! * WEEK_DAYS * DAY_MS;
    if (spend === undefined) return;
    const amount = expectedAmount(spend, history.frequency, history.frequency === 0 ? 0 : purchases.meanAmount[i]!);
    values[row] = ratio * lifetimeValue(model.lifetime, history, { amount, horizon, margin, discountRate });
  });
  return { customers, probabilities, orders, alive, nextOrderMs, values };
}

/** Takes one customer's probability apart. @throws RangeError when the customer is not known at that moment. */
export function explainPurchase(
  model: PurchaseModel,
  histories: CustomerHistories,
  options: { readonly customer: number; readonly cutoffMs: number },
): PurchaseExplanation {
  const snapshot = takeSnapshot(histories, model, { cutoffMs: options.cutoffMs, lifetime: model.lifetime });
  const row = snapshot.customers.indexOf(options.customer);
  if (row < 0) throw new RangeError(`customer ${options.customer} did nothing before ${new Date(options.cutoffMs).toISOString()}`);
  const odds = snapshot.lifetimeLogOdds[row]!;
  const purchases = summarisePurchases(histories, options.cutoffMs);
  const at = purchases.customers.indexOf(options.customer);
  const history = { frequency: purchases.frequency[at]!, recency: purchases.recency[at]!, age: purchases.age[at]! };
  const shift =
    at < 0 ? neverOrderedShift(model) : logOdds(probabilityOfOrder(model.lifetime, history, model.horizonDays / WEEK_DAYS)) - odds;
  const offset = model.learner.kind === 'logistic' ? 0 : Number.isNaN(odds) ? model.neverOrderedLogOdds : odds;
  const { expected, contributions } = learnedParts(model, tableRow(snapshot.table, row));
  const named = snapshot.table.columns.map(({ name }, c) => [name, contributions[c] ?? 0] as const);
  return { expected, parts: { ...Object.fromEntries(named), lifetime_model: offset + shift } };
}

function learnedParts({ learner }: PurchaseModel, row: Float32Array): Contributions {
  if (learner.kind === 'lifetime') return { expected: 0, contributions: new Float64Array(row.length) };
  return learner.kind === 'logistic' ? explainLogistic(learner.model, row) : explainRow(learner.model, row);
}

/** From the learned horizon to the whole one at a constant hazard. */
function neverOrderedShift({ neverOrderedLogOdds, horizonDays, learnedHorizonDays }: PurchaseModel): number {
  const none = Math.log1p(-sigmoid(neverOrderedLogOdds)) * (horizonDays / learnedHorizonDays);
  return logOdds(-Math.expm1(none)) - neverOrderedLogOdds;
}
