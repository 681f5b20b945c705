import { createFeatureTable, type FeatureTable } from '../boosting/feature-table';
import { fitBgNbd, type BgNbdModel } from '../lifetime/bg-nbd';
import { expectedOrders, probabilityAlive, probabilityOfOrder } from '../lifetime/bg-nbd-predictions';
import { buildCustomerFeatures } from './customer-features';
import { DAY_MS, ordersWithin, type CustomerHistories } from './customer-log';
import { summarisePurchases, WEEK_DAYS } from './purchase-histories';

/** How features and labels are made, at every moment alike. */
export interface SnapshotPlan {
  readonly learnedHorizonDays: number;
  readonly windowsDays: readonly number[];
}

/** What is known of customers at a moment, ready to be learned from or scored. */
export interface Snapshot {
  readonly customers: Int32Array;
  readonly table: FeatureTable;
  /** Log-odds of an order by the lifetime model within the learned horizon; NaN for those who never ordered. */
  readonly lifetimeLogOdds: Float64Array;
}

/** A snapshot whose outcome is known: 1 where an order came within the learned horizon. */
export interface Labelled extends Snapshot {
  readonly labels: Float64Array;
}

/** Columns of a snapshot that come from the lifetime model; they stand last. */
const LIFETIME_COLUMNS = 3;

/** Customers known before a moment: features, and what the lifetime model of that moment (or the given one) says. */
export function takeSnapshot(
  histories: CustomerHistories,
  plan: SnapshotPlan,
  { cutoffMs, lifetime }: { readonly cutoffMs: number; readonly lifetime?: BgNbdModel },
): Snapshot {
  const { customers, table } = buildCustomerFeatures(histories, { cutoffMs, windowsDays: plan.windowsDays });
  const purchases = summarisePurchases(histories, cutoffMs);
  const model = lifetime ?? fitBgNbd(purchases);
  const weeks = plan.learnedHorizonDays / WEEK_DAYS;
  const rowOf = new Map(Array.from(customers, (customer, row) => [customer, row] as const));
  const [lifetimeLogOdds, logExpected, alive] = [0, 1, 2].map(() => new Float64Array(customers.length).fill(NaN)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  purchases.customers.forEach((customer, i) => {
    const row = rowOf.get(customer)!;
    const history = { frequency: purchases.frequency[i]!, recency: purchases.recency[i]!, age: purchases.age[i]! };
    lifetimeLogOdds[row] = logOdds(probabilityOfOrder(model, history, weeks));
    logExpected[row] = Math.log(Math.max(1e-9, expectedOrders(model, history, weeks)));
    alive[row] = probabilityAlive(model, history);
  });
  const extra = { lifetime_log_odds: lifetimeLogOdds, lifetime_log_expected_orders: logExpected, lifetime_alive: alive };
  const columns = Object.entries(extra).map(([name, values]) => ({ name, values: Float32Array.from(values) }));
  return { customers, table: createFeatureTable([...table.columns, ...columns]), lifetimeLogOdds };
}

/** The snapshot of a moment and what came of it. */
export function labelledSnapshot(histories: CustomerHistories, plan: SnapshotPlan, cutoffMs: number): Labelled {
  const snapshot = takeSnapshot(histories, plan, { cutoffMs });
  const { counts } = ordersWithin(histories, snapshot.customers, {
    fromMs: cutoffMs,
    untilMs: cutoffMs + plan.learnedHorizonDays * DAY_MS,
  });
  return { ...snapshot, labels: counts.map((count) => Number(count > 0)) };
}

/** All rows of several moments; undefined of none. */
export function stackSnapshots(parts: readonly Labelled[]): Labelled | undefined {
  const first = parts[0];
  if (first === undefined) return undefined;
  const joined = (values: (part: Labelled) => Float64Array): Float64Array =>
    Float64Array.from(parts.flatMap((part) => Array.from(values(part))));
  const columns = first.table.columns.map((column, c) => ({
    ...column,
    values: Float32Array.from(parts.flatMap(({ table }) => Array.from(table.columns[c]!.values))),
  }));
  return {
    customers: Int32Array.from(parts.flatMap(({ customers }) => Array.from(customers))),
    table: createFeatureTable(columns),
    lifetimeLogOdds: joined((part) => part.lifetimeLogOdds),
    labels: joined((part) => part.labels),
  };
}

/** What the lifetime model says, without the features. */
export function lifetimeColumns({ rows, columns }: FeatureTable): FeatureTable {
  return { rows, columns: columns.slice(-LIFETIME_COLUMNS) };
}

/** ln(p / (1 − p)), held within ±14. */
export function logOdds(probability: number): number {
  const held = Math.min(1 - 1e-6, Math.max(1e-6, probability));
  return Math.log(held / (1 - held));
}
