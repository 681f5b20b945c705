import type { Event } from '@tradewind/contracts';
import type { Feature } from '../feature';
import { EventKind, kindOf } from './event-kind';
import { ratio, unitsOf } from './units';

export interface Monetary {
  /** ISO 4217 of the first order or refund that named one; '' before. */
  currency: string;
  /** Orders in `currency` (or without a currency), minor units. */
  grossMinor: number;
  refundedMinor: number;
  /** Orders in `grossMinor`. */
  orders: number;
  /** Orders and refunds in another currency: counted, not summed, because there is no rate to convert them with. */
  otherCurrencyCount: number;
}

/**
 * What a customer is worth, in minor units of the first currency seen: `monetary_minor` is orders less refunds (may be
 * negative), `average_order_minor` is before refunds, `refund_ratio` is refunded over bought value (0–1).
 */
export const monetary: Feature<Monetary> = {
  name: 'monetary',
  tag: 2,
  initial: () => ({ currency: '', grossMinor: 0, refundedMinor: 0, orders: 0, otherCurrencyCount: 0 }),
  apply(state, event) {
    const kind = kindOf(event);
    if (kind !== EventKind.order && kind !== EventKind.refund) return;
    if (state.currency === '') state.currency = event.currency;
    else if (event.currency !== '' && event.currency !== state.currency) {
      state.otherCurrencyCount++;
      return;
    }
    const valueMinor = valueOf(event);
    if (kind === EventKind.refund) {
      state.refundedMinor += Math.abs(valueMinor);
    } else {
      state.grossMinor += valueMinor;
      state.orders++;
    }
  },
  encode(state, writer) {
    writer.text(state.currency);
    writer.number(state.grossMinor);
    writer.number(state.refundedMinor);
    writer.number(state.orders);
    writer.number(state.otherCurrencyCount);
  },
  decode: (reader) => ({
    currency: reader.text(),
    grossMinor: reader.number(),
    refundedMinor: reader.number(),
    orders: reader.number(),
    otherCurrencyCount: reader.number(),
  }),
  columns: [
    { name: 'monetary_minor', read: (s) => s.grossMinor - s.refundedMinor },
    { name: 'average_order_minor', read: (s) => ratio(s.grossMinor, s.orders) },
    { name: 'refund_ratio', read: (s) => Math.min(1, ratio(s.refundedMinor, s.grossMinor)) },
  ],
};

/** The event's value, or the sum of its lines when it carries none. */
function valueOf(event: Event): number {
  if (event.valueMinor !== 0) return event.valueMinor;
  let sum = 0;
  for (const item of event.items) sum += Math.round(unitsOf(item) * item.priceMinor);
  return sum;
}
