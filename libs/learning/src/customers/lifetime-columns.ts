import { fitBgNbd, type BgNbdModel, type PurchaseHistory } from '../lifetime/bg-nbd';
import { expectedOrders, probabilityAlive, probabilityOfOrder } from '../lifetime/bg-nbd-predictions';
import { fitGammaGamma, type GammaGammaModel } from '../lifetime/gamma-gamma';
import { logOdds } from '../propensity/snapshots';

/** Profiles of customers with an order: [rows, columns] float32, row-major. */
export interface CustomerRows {
  readonly columns: readonly string[];
  readonly rows: number;
  readonly data: Float32Array;
}

/** Names of the profile columns that the lifetime models read. Times in days. */
export interface LifetimeSource {
  /** x: days with an order after the first one. */
  readonly frequency: string;
  /** t_x: first to last order. */
  readonly span: string;
  /** T: first order to now. */
  readonly age: string;
  readonly orders: string;
  /** Mean amount of an order. */
  readonly amount: string;
}

/** BG/NBD in days, and Gamma-Gamma; JSON as they are. */
export interface LifetimeModels {
  readonly orders: BgNbdModel;
  /** Null where too few customers have an amount. */
  readonly spend: GammaGammaModel | null;
}

/** Customers with an amount that Gamma-Gamma asks for. */
const LEAST_SPENDERS = 20;

/** Both, over these customers. @throws RangeError without a customer */
export function fitLifetime(customers: CustomerRows, source: LifetimeSource): LifetimeModels {
  return { orders: fitOrders(customers, source), spend: fitSpend(customers, source) };
}

/** BG/NBD by maximum likelihood, times in whole days. @throws RangeError without a customer */
export function fitOrders(customers: CustomerRows, source: LifetimeSource): BgNbdModel {
  const histories = readAll(customers, source).map(({ history }) => history);
  const { r, alpha, a, b } = fitBgNbd({
    frequency: histories.map(({ frequency }) => frequency),
    recency: histories.map(({ recency }) => Math.round(recency)),
    age: histories.map(({ age }) => Math.round(age)),
  });
  return { r, alpha, a, b };
}

/** Gamma-Gamma by maximum likelihood, over customers with an amount. */
export function fitSpend(customers: CustomerRows, source: LifetimeSource): GammaGammaModel | null {
  const spenders = readAll(customers, source).filter(({ orders, amount }) => orders > 0 && amount > 0);
  if (spenders.length < LEAST_SPENDERS) return null;
  const { p, q, gamma } = fitGammaGamma({
    orders: spenders.map(({ orders }) => orders),
    meanAmount: spenders.map(({ amount }) => amount),
  });
  return { p, q, gamma };
}

function readAll(customers: CustomerRows, source: LifetimeSource): LifetimeRow[] {
  const read = reader(customers.columns, source);
  return Array.from({ length: customers.rows }, (_, row) => read(rowOf(customers, row)));
}

/** What the lifetime models read of a customer. */
export interface LifetimeRow {
  readonly history: PurchaseHistory;
  readonly orders: number;
  readonly amount: number;
}

/** Reads a row of these columns, of which only the named ones are looked at. @throws RangeError when one is not among them */
export function reader(columns: readonly string[], source: LifetimeSource): (row: ArrayLike<number>) => LifetimeRow {
  const place = (name: string): number => {
    const at = columns.indexOf(name);
    if (at < 0) throw new RangeError(`no column ${name}`);
    return at;
  };
  const [x, span, age, orders, amount] = [source.frequency, source.span, source.age, source.orders, source.amount].map(place) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return (row) => {
    const frequency = Math.max(0, Math.round(row[x]!));
    const recency = frequency === 0 ? 0 : Math.max(0, row[span]!); // several orders of one day are one
    return { history: { frequency, recency, age: Math.max(recency, row[age]!) }, orders: row[orders]!, amount: row[amount]! };
  };
}

/** Names of what the lifetime models add to a profile. */
export function lifetimeColumnNames(horizonsDays: readonly number[]): string[] {
  return ['lifetime_alive', ...horizonsDays.flatMap((days) => [`lifetime_log_odds_${days}d`, `lifetime_log_orders_${days}d`])];
}

/** Writes the values of `lifetimeColumnNames` behind the profile, from `at` on. */
export function writeLifetimeColumns(
  model: BgNbdModel,
  { history }: LifetimeRow,
  horizonsDays: readonly number[],
  out: Float32Array,
  at: number,
): void {
  out[at] = probabilityAlive(model, history);
  horizonsDays.forEach((days, i) => {
    out[at + 1 + 2 * i] = logOdds(probabilityOfOrder(model, history, days));
    out[at + 2 + 2 * i] = Math.log(Math.max(1e-9, expectedOrders(model, history, days)));
  });
}

/** One row, a view. */
export function rowOf({ columns, data }: CustomerRows, row: number): Float32Array {
  return data.subarray(row * columns.length, (row + 1) * columns.length);
}
