import type { Feature } from '../feature';
import { EventKind, kindOf } from './event-kind';
import { DAY_MS, daysBetween } from './units';

export interface Orders {
  /** Orders completed. */
  count: number;
  refunds: number;
  /** Distinct UTC days with an order, in log order: a late order counts as a day of its own unless it falls on the latest order's day. */
  days: number;
  /** Epoch milliseconds UTC; 0 while `count` is 0. */
  firstAtMs: number;
  lastAtMs: number;
  /** Earliest event of any kind, epoch milliseconds UTC; 0 before any. */
  firstSeenAtMs: number;
  seen: boolean;
}

/**
 * How often and how recently a customer buys.
 *
 * `recency_days`: since the last order; for who never bought, since first seen (not buying for as long as known).
 * `frequency_count`: repeat purchase days, x of BG/NBD (Fader, Hardie & Lee 2005); `purchase_span_days`: first to last order, its t_x;
 * `customer_age_days`: since the first order, its T; 0 for who never bought. `tenure_days`: since first seen.
 */
export const orders: Feature<Orders> = {
  name: 'orders',
  tag: 1,
  initial: () => ({ count: 0, refunds: 0, days: 0, firstAtMs: 0, lastAtMs: 0, firstSeenAtMs: 0, seen: false }),
  apply(state, event) {
    const atMs = event.occurredAtMs;
    if (!state.seen || atMs < state.firstSeenAtMs) state.firstSeenAtMs = atMs;
    state.seen = true;
    const kind = kindOf(event);
    if (kind === EventKind.refund) state.refunds++;
    if (kind !== EventKind.order) return;
    if (state.count === 0 || Math.floor(atMs / DAY_MS) !== Math.floor(state.lastAtMs / DAY_MS)) state.days++;
    state.firstAtMs = state.count === 0 ? atMs : Math.min(state.firstAtMs, atMs);
    state.lastAtMs = state.count === 0 ? atMs : Math.max(state.lastAtMs, atMs);
    state.count++;
  },
  encode(state, writer) {
    writer.varint(state.seen ? 1 : 0);
    for (const value of [state.count, state.refunds, state.days, state.firstAtMs, state.lastAtMs, state.firstSeenAtMs])
      writer.number(value);
  },
  decode(reader) {
    const seen = reader.varint() === 1;
    return {
      seen,
      count: reader.number(),
      refunds: reader.number(),
      days: reader.number(),
      firstAtMs: reader.number(),
      lastAtMs: reader.number(),
      firstSeenAtMs: reader.number(),
    };
  },
  columns: [
    { name: 'orders_count', read: (s) => s.count },
    { name: 'refunds_count', read: (s) => s.refunds },
    { name: 'frequency_count', read: (s) => Math.max(0, s.days - 1) },
    { name: 'recency_days', read: (s, asOfMs) => (s.seen ? daysBetween(s.count > 0 ? s.lastAtMs : s.firstSeenAtMs, asOfMs) : 0) },
    { name: 'purchase_span_days', read: (s) => daysBetween(s.firstAtMs, s.lastAtMs) },
    { name: 'customer_age_days', read: (s, asOfMs) => (s.count > 0 ? daysBetween(s.firstAtMs, asOfMs) : 0) },
    { name: 'tenure_days', read: (s, asOfMs) => (s.seen ? daysBetween(s.firstSeenAtMs, asOfMs) : 0) },
  ],
};
