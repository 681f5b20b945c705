import type { PurchaseHistories } from '../lifetime/bg-nbd';
import { DAY_MS, type CustomerHistories } from './customer-log';

/** What lifetime models take of each customer; row r is customer `customers[r]`. Orders of one day count as one. Times in weeks. */
export interface PurchaseSummary extends PurchaseHistories {
  readonly customers: Int32Array;
  readonly frequency: Float64Array;
  readonly recency: Float64Array;
  readonly age: Float64Array;
  /** z̄: mean amount of a day with orders, the first one left out; NaN where there is no other. */
  readonly meanAmount: Float64Array;
}

export const WEEK_DAYS = 7;

/**
 * x, t_x, T and z̄ of every customer with an order before the cut-off. Days are whole days of UTC, as the published figures count;
 * T runs to the last day before the cut-off.
 */
export function summarisePurchases({ log, offsets, events }: CustomerHistories, cutoffMs: number): PurchaseSummary {
  const rows: { customer: number; x: number; tx: number; age: number; z: number }[] = [];
  const lastDay = Math.ceil(cutoffMs / DAY_MS) - 1;
  for (let customer = 0; customer < log.customerCount; customer++) {
    const days: number[] = [];
    let amount = 0;
    for (let at = offsets[customer]!; at < offsets[customer + 1]!; at++) {
      const event = events[at]!;
      if (log.kinds[event] !== log.orderKind || log.timesMs[event]! >= cutoffMs) continue;
      const day = Math.floor(log.timesMs[event]! / DAY_MS);
      if (day !== days.at(-1)) days.push(day);
      if (days.length > 1) amount += log.amounts[event]!;
    }
    if (days.length === 0) continue;
    const weeks = (day: number): number => (day - days[0]!) / WEEK_DAYS;
    const x = days.length - 1;
    rows.push({ customer, x, tx: weeks(days.at(-1)!), age: weeks(lastDay), z: x === 0 ? NaN : amount / x });
  }
  return {
    customers: Int32Array.from(rows, ({ customer }) => customer),
    frequency: Float64Array.from(rows, ({ x }) => x),
    recency: Float64Array.from(rows, ({ tx }) => tx),
    age: Float64Array.from(rows, ({ age }) => age),
    meanAmount: Float64Array.from(rows, ({ z }) => z),
  };
}
