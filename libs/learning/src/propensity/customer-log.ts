/** What customers did: columns of equal length, one entry an event, in any order. */
export interface CustomerLog {
  /** 0 … customerCount − 1 */
  readonly customers: Int32Array;
  readonly timesMs: Float64Array;
  /** Place in `kindNames`. */
  readonly kinds: Uint8Array;
  /** Money, in one currency; 0 where the event has none. */
  readonly amounts: Float64Array;
  /** Pieces; 0 where the event has none. */
  readonly quantities: Float64Array;
  readonly customerCount: number;
  /** E.g. `order`, `view`. */
  readonly kindNames: readonly string[];
  /** Which kind is an order: the one with amounts, gaps and lifetimes. */
  readonly orderKind: number;
}

/** The log by customer: the events of customer c, by rising time, are `events[offsets[c]] … events[offsets[c + 1] − 1]`. */
export interface CustomerHistories {
  readonly log: CustomerLog;
  readonly offsets: Int32Array;
  readonly events: Int32Array;
}

/** Sorts the log by customer and time; of equal times the earlier entry first. @throws RangeError when columns differ in length. */
export function toCustomerHistories(log: CustomerLog): CustomerHistories {
  const total = log.customers.length;
  for (const column of [log.timesMs, log.kinds, log.amounts, log.quantities]) {
    if (column.length !== total) throw new RangeError(`${total} events with a column of ${column.length}`);
  }
  const byTime = Int32Array.from({ length: total }, (_, event) => event).sort((a, b) => log.timesMs[a]! - log.timesMs[b]! || a - b);
  const offsets = new Int32Array(log.customerCount + 1);
  for (const customer of log.customers) offsets[customer + 1]!++;
  for (let customer = 0; customer < log.customerCount; customer++) offsets[customer + 1]! += offsets[customer]!;
  const next = offsets.slice();
  const events = new Int32Array(total);
  for (const event of byTime) events[next[log.customers[event]!]!++] = event;
  return { log, offsets, events };
}

/** What a customer does from a moment on, of one kind: events (or days with events) and their amounts. */
export interface Outcomes {
  readonly counts: Float64Array;
  readonly amounts: Float64Array;
}

/** Orders of each of these customers in [fromMs, untilMs): days with an order, or every order, and their amounts. */
export function ordersWithin(
  { log, offsets, events }: CustomerHistories,
  customers: ArrayLike<number>,
  window: { readonly fromMs: number; readonly untilMs: number; readonly by?: 'day' | 'order' },
): Outcomes {
  const [counts, amounts] = [new Float64Array(customers.length), new Float64Array(customers.length)];
  for (let row = 0; row < customers.length; row++) {
    let lastDay = NaN;
    for (let at = offsets[customers[row]!]!; at < offsets[customers[row]! + 1]!; at++) {
      const event = events[at]!;
      const time = log.timesMs[event]!;
      if (log.kinds[event] !== log.orderKind || time < window.fromMs || time >= window.untilMs) continue;
      const day = Math.floor(time / DAY_MS);
      if (window.by === 'order' || day !== lastDay) counts[row]!++;
      lastDay = day;
      amounts[row]! += log.amounts[event]!;
    }
  }
  return { counts, amounts };
}

export const DAY_MS = 86_400_000;
