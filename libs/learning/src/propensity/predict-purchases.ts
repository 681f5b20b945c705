import { sigmoid } from '../boosting/boosted-trees';
import { tableRow, type FeatureTable } from '../boosting/feature-table';
import { explainRow, type Contributions } from '../boosting/tree-shap';
import type { PurchaseHistory } from '../lifetime/bg-nbd';
import { expectedOrders, probabilityAlive, probabilityOfOrder, timeToNextOrder } from '../lifetime/bg-nbd-predictions';
import { expectedAmount, type GammaGammaModel } from '../lifetime/gamma-gamma';
import { lifetimeValue } from '../lifetime/lifetime-value';
import { explainLogistic } from '../linear/logistic-regression';
import { DAY_MS, type CustomerHistories } from './customer-log';
import { scoreSnapshot, type PurchaseModel } from './purchase-model';
import { summarisePurchases, WEEK_DAYS, type PurchaseSummary } from './purchase-histories';
import { lifetimeColumns, logOdds, takeSnapshot } from './snapshots';

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
  const probabilities = scores.map((score) => sigmoid(score + horizonShift(model, null, NaN)));
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
    const history = historyAt(purchases, i)!;
    probabilities[row] = sigmoid(scores[row]! + horizonShift(model, history, snapshot.lifetimeLogOdds[row]!));
    const ratio = probabilities[row]! / Math.max(1e-9, probabilityOfOrder(model.lifetime, history, horizon));
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
  { customer, cutoffMs }: { readonly customer: number; readonly cutoffMs: number },
): PurchaseExplanation {
  const own = onlyCustomer(histories, customer);
  const { table, customers, lifetimeLogOdds } = takeSnapshot(own, model, { cutoffMs, lifetime: model.lifetime });
  if (customers.length === 0) throw new RangeError(`customer ${customer} did nothing before ${new Date(cutoffMs).toISOString()}`);
  const odds = lifetimeLogOdds[0]!;
  const history = historyAt(summarisePurchases(own, cutoffMs), 0);
  const isOnTop = model.learner.kind === 'boosted' || model.learner.model === null;
  const offset = isOnTop ? (history === null ? model.neverOrderedLogOdds : odds) : 0;
  const { expected, contributions, columns } = learnedParts(model, table);
  const named = columns.map(({ name }, c) => [name, contributions[c]!] as const);
  return { expected, parts: { ...Object.fromEntries(named), lifetime_model: offset + horizonShift(model, history, odds) } };
}

/** The histories as if there were no one else; the customer becomes number 0. */
function onlyCustomer({ log, offsets, events }: CustomerHistories, customer: number): CustomerHistories {
  const own = events.slice(offsets[customer], offsets[customer + 1]);
  return { log: { ...log, customerCount: 1 }, offsets: Int32Array.of(0, own.length), events: own };
}

function historyAt({ customers, frequency, recency, age }: PurchaseSummary, i: number): PurchaseHistory | null {
  return i < customers.length ? { frequency: frequency[i]!, recency: recency[i]!, age: age[i]! } : null;
}

function learnedParts({ learner }: PurchaseModel, table: FeatureTable): Contributions & Pick<FeatureTable, 'columns'> {
  const { columns, rows } = learner.kind === 'lifetime' ? lifetimeColumns(table) : table;
  const row = tableRow({ columns, rows }, 0);
  if (learner.kind === 'boosted') return { columns, ...explainRow(learner.model, row) };
  if (learner.model === null) return { columns: [], expected: 0, contributions: new Float64Array(0) };
  return { columns, ...explainLogistic(learner.model, row) };
}

/** What the rest of the horizon adds to the log-odds: the lifetime model's difference, a constant hazard for those who never ordered. */
function horizonShift(model: PurchaseModel, history: PurchaseHistory | null, lifetimeLogOdds: number): number {
  if (history !== null) return logOdds(probabilityOfOrder(model.lifetime, history, model.horizonDays / WEEK_DAYS)) - lifetimeLogOdds;
  const none = Math.log1p(-sigmoid(model.neverOrderedLogOdds)) * (model.horizonDays / model.learnedHorizonDays);
  return logOdds(-Math.expm1(none)) - model.neverOrderedLogOdds;
}
