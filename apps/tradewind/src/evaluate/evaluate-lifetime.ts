import { AppError } from '@tradewind/contracts';
import {
  areaUnderRoc,
  calibrationError,
  expectedOrders,
  fitBgNbd,
  fitGammaGamma,
  fitPurchaseModel,
  meanAbsoluteError,
  ordersWithin,
  predictPurchases,
  summarisePurchases,
  toCustomerHistories,
  topShare,
  type BgNbdFit,
  type CustomerHistories,
  type GammaGammaFit,
  type PurchaseModel,
  type PurchaseSummary,
} from '@tradewind/learning';
import { cellsOf, readTextTable, type TextTable } from './mixed-table';

const DAY_MS = 86_400_000;

export interface LifetimeOptions {
  readonly orders: string;
  /** First day that is held out, e.g. 1997-10-01. */
  readonly until: string;
  readonly horizonDays: number;
  readonly customer: string;
  readonly date: string;
  readonly amount: string;
  readonly quantity?: string | undefined;
  readonly seed: number;
}

/** How a ranking or a count compares with the orders that came in the held-out days. */
export interface LifetimeQuality {
  /** Of ordering again. */
  readonly auc: number;
  /** Share of all orders made by the tenth that is ranked first. */
  readonly topDecileShare: number;
  /** Mean |expected − actual| orders of a customer; null for a ranking that expects no number. */
  readonly meanAbsoluteError: number | null;
  readonly predictedOrders: number | null;
}

/** JSON of `evaluate lifetime`. */
export interface LifetimeReport {
  readonly customers: number;
  readonly bgNbd: BgNbdFit & { readonly fitMs: number };
  /** Null where no customer has a second order with an amount. */
  readonly gammaGamma: GammaGammaFit | null;
  readonly heldOut: { readonly days: number; readonly orders: number; readonly rate: number } | null;
  /** Null where nothing is held out. */
  readonly models: Readonly<Record<'shipped' | 'bgNbd' | 'recency' | 'frequency', LifetimeQuality>> | null;
  readonly shipped:
    | (Pick<PurchaseModel, 'learnedHorizonDays' | 'windowsDays' | 'validation'> & {
        readonly learner: string;
        readonly calibrationError: number;
        readonly fitMs: number;
      })
    | null;
}

/**
 * Fits the lifetime models and the shipped purchase model to the orders before `until`, and holds them to the days after it, which nothing
 * is learned from. Orders of one customer on one day count once.
 * @throws FILE_INVALID
 */
export async function evaluateLifetime(options: LifetimeOptions): Promise<LifetimeReport> {
  const histories = readOrders(await readTextTable(options.orders), options);
  const untilMs = Date.parse(`${options.until}T00:00:00Z`);
  const before = performance.now();
  const purchases = summarisePurchases(histories, untilMs);
  if (purchases.customers.length === 0) throw new AppError('FILE_INVALID', `${options.orders} has no order before ${options.until}`);
  const fit = fitBgNbd(purchases);
  const bgNbd = { ...fit, fitMs: performance.now() - before };
  const held = { fromMs: untilMs, untilMs: untilMs + options.horizonDays * DAY_MS };
  const outcomes = ordersWithin(histories, purchases.customers, held).counts;
  const orders = outcomes.reduce((sum, count) => sum + count, 0);
  const base = { customers: purchases.customers.length, bgNbd, gammaGamma: fitSpend(purchases) };
  if (orders === 0) return { ...base, heldOut: null, models: null, shipped: null };
  const labels = outcomes.map((count) => Number(count > 0));
  const quality = (ranking: ArrayLike<number>, expected?: Float64Array): LifetimeQuality => ({
    auc: areaUnderRoc(labels, ranking),
    topDecileShare: topShare(outcomes, ranking),
    meanAbsoluteError: expected === undefined ? null : meanAbsoluteError(outcomes, expected),
    predictedOrders: expected === undefined ? null : expected.reduce((sum, count) => sum + count, 0),
  });
  const byBgNbd = purchases.frequency.map((frequency, i) =>
    expectedOrders(fit, { frequency, recency: purchases.recency[i]!, age: purchases.age[i]! }, options.horizonDays / 7),
  );
  const start = performance.now();
  const model = fitPurchaseModel(histories, { untilMs, horizonDays: options.horizonDays, seed: options.seed });
  const fitMs = performance.now() - start;
  const predicted = predictPurchases(model, histories, { cutoffMs: untilMs });
  return {
    ...base,
    heldOut: { days: options.horizonDays, orders, rate: labels.reduce((sum, label) => sum + label, 0) / labels.length },
    models: {
      shipped: quality(predicted.probabilities, predicted.orders),
      bgNbd: quality(byBgNbd, byBgNbd),
      recency: quality(purchases.recency.map((last, i) => last - purchases.age[i]!)),
      frequency: quality(purchases.frequency),
    },
    shipped: {
      learner: model.learner.kind,
      learnedHorizonDays: model.learnedHorizonDays,
      windowsDays: model.windowsDays,
      validation: model.validation,
      calibrationError: calibrationError(labels, predicted.probabilities),
      fitMs,
    },
  };
}

function readOrders(table: TextTable, { customer, date, amount, quantity }: LifetimeOptions): CustomerHistories {
  const names = new Map<string, number>();
  const customers = Int32Array.from(cellsOf(table, customer), (name) => names.get(name) ?? names.set(name, names.size).size - 1);
  const timesMs = Float64Array.from(cellsOf(table, date), (cell) => Date.parse(cell));
  const bad = timesMs.findIndex(Number.isNaN);
  if (bad >= 0)
    throw new AppError(
      'FILE_INVALID',
      `${table.path}, line ${bad + 2}: ${date} is ${JSON.stringify(table.rows[bad]![table.names.indexOf(date)])}, no date`,
    );
  const log = {
    customers,
    timesMs,
    kinds: new Uint8Array(customers.length),
    amounts: numbers(table, amount),
    quantities: quantity === undefined ? new Float64Array(customers.length).fill(1) : numbers(table, quantity),
    customerCount: names.size,
    kindNames: ['order'],
    orderKind: 0,
  };
  return toCustomerHistories(log);
}

function numbers(table: TextTable, name: string): Float64Array {
  const values = Float64Array.from(cellsOf(table, name), Number);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new AppError('FILE_INVALID', `${table.path}, line ${bad + 2}: ${name} is no number`);
  return values;
}

function fitSpend({ frequency, meanAmount }: PurchaseSummary): GammaGammaFit | null {
  const rows = Int32Array.from({ length: frequency.length }, (_, row) => row).filter((row) => meanAmount[row]! > 0);
  if (rows.length === 0) return null;
  return fitGammaGamma({ orders: Array.from(rows, (row) => frequency[row]!), meanAmount: Array.from(rows, (row) => meanAmount[row]!) });
}
