import { createFeatureTable, type FeatureTable } from '../boosting/feature-table';
import { DAY_MS, type CustomerHistories } from './customer-log';

export interface CustomerFeatureOptions {
  /** Only what happened before this moment counts. */
  readonly cutoffMs: number;
  /** Windows that end at the cut-off. @default 30, 90, 180, 365 */
  readonly windowsDays?: readonly number[];
}

/** Customers with an event of any kind before the cut-off, and what is known of each; row r is customer `customers[r]`. */
export interface CustomerFeatures {
  readonly customers: Int32Array;
  readonly table: FeatureTable;
}

/** Events of one customer before the cut-off, by rising time; the columns of one kind of event. */
interface Events {
  readonly days: readonly number[];
  readonly amounts: readonly number[];
  readonly quantities: readonly number[];
}

type Row = Record<string, number>;

const DEFAULT_WINDOWS = [30, 90, 180, 365];

/**
 * What a customer's history says at a moment: for each kind of event count, active days, recency and counts in windows; for orders also
 * gaps between days with an order, amounts, and whether both grow. Days before the cut-off are the unit of time; NaN says that there is
 * nothing to measure (no second order, no gap). The same histories before the cut-off give the same row, whatever comes after.
 */
export function buildCustomerFeatures(histories: CustomerHistories, options: CustomerFeatureOptions): CustomerFeatures {
  const { log, offsets, events } = histories;
  const { cutoffMs, windowsDays = DEFAULT_WINDOWS } = options;
  const customers: number[] = [];
  const rows: Row[] = [];
  for (let customer = 0; customer < log.customerCount; customer++) {
    const own = log.kindNames.map((): { days: number[]; amounts: number[]; quantities: number[] } => ({
      days: [],
      amounts: [],
      quantities: [],
    }));
    let first = NaN;
    for (let at = offsets[customer]!; at < offsets[customer + 1]! && log.timesMs[events[at]!]! < cutoffMs; at++) {
      const event = events[at]!;
      const ofKind = own[log.kinds[event]!]!;
      ofKind.days.push((cutoffMs - log.timesMs[event]!) / DAY_MS);
      ofKind.amounts.push(log.amounts[event]!);
      ofKind.quantities.push(log.quantities[event]!);
      if (Number.isNaN(first)) first = ofKind.days[0]!;
    }
    if (Number.isNaN(first)) continue;
    customers.push(customer);
    const row: Row = { tenure_days: first };
    own.forEach((kind, k) => Object.assign(row, kindFeatures(log.kindNames[k]!, kind, windowsDays)));
    rows.push(Object.assign(row, orderFeatures(log.kindNames[log.orderKind]!, own[log.orderKind]!, windowsDays, first)));
  }
  return { customers: Int32Array.from(customers), table: toTable(rows) };
}

/** `days` are days before the cut-off, so they fall. */
function kindFeatures(name: string, { days }: Events, windows: readonly number[]): Row {
  const row: Row = {
    [`${name}_count`]: days.length,
    [`${name}_active_days`]: activeDays(days).length,
    [`${name}_recency_days`]: days.at(-1) ?? NaN,
  };
  for (const window of windows) row[`${name}_count_${window}d`] = countIf(days, (day) => day <= window);
  return row;
}

function orderFeatures(name: string, { days, amounts, quantities }: Events, windows: readonly number[], tenure: number): Row {
  const active = activeDays(days);
  const gaps = active.slice(1).map((day, at) => active[at]! - day);
  const meanGap = meanOf(gaps);
  const total = sumOf(amounts);
  const spent = amounts.filter((amount) => amount > 0);
  const recency = days.at(-1) ?? NaN;
  const row: Row = {
    [`${name}_gap_mean_days`]: meanGap,
    [`${name}_gap_std_days`]: Math.sqrt(meanOf(gaps.map((gap) => (gap - meanGap) ** 2))),
    [`${name}_gap_last_days`]: gaps.at(-1) ?? NaN,
    [`${name}_gap_longest_days`]: gaps.length === 0 ? NaN : Math.max(...gaps),
    // How long the present silence is, in mean gaps and in shares of the time as a customer.
    [`${name}_overdue_ratio`]: recency / Math.max(meanGap, 1),
    [`${name}_recency_share`]: recency / Math.max(tenure, 1),
    [`${name}_rate_per_30d`]: (30 * Math.max(0, active.length - 1)) / Math.max(tenure, 1),
    // Later against earlier half of the time as a customer; the first order, which everyone has, left out.
    [`${name}_trend`]: Math.log(
      (1 + countIf(active.slice(1), (day) => day <= tenure / 2)) / (1 + countIf(active.slice(1), (day) => day > tenure / 2)),
    ),
    [`${name}_amount_total`]: total,
    [`${name}_amount_mean`]: meanOf(spent),
    [`${name}_amount_largest`]: spent.length === 0 ? NaN : Math.max(...spent),
    [`${name}_amount_last`]: spent.at(-1) ?? NaN,
    [`${name}_amount_last_ratio`]: (spent.at(-1) ?? NaN) / meanOf(spent),
    [`${name}_quantity_mean`]: meanOf(quantities),
    [`${name}_quantity_total`]: sumOf(quantities),
  };
  for (const window of windows) row[`${name}_amount_${window}d`] = sumOf(amounts.filter((_, at) => days[at]! <= window));
  return row;
}

/** The first event of each calendar distance of a whole day. */
function activeDays(days: readonly number[]): number[] {
  return days.filter((day, at) => at === 0 || Math.ceil(day) !== Math.ceil(days[at - 1]!));
}

function toTable(rows: readonly Row[]): FeatureTable {
  const names = Object.keys(rows[0] ?? {});
  return createFeatureTable(names.map((name) => ({ name, values: Float32Array.from(rows, (row) => row[name]!) })));
}

function countIf(values: readonly number[], isCounted: (value: number) => boolean): number {
  return values.reduce((count, value) => count + Number(isCounted(value)), 0);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** NaN of nothing. */
function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}
