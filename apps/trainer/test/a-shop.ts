import { userKey, type Event } from '@tradewind/contracts';
import { anOrder } from '@tradewind/testing';

const DAY_MS = 86_400_000;
export const SHOP_OPENS_MS = Date.UTC(2024, 0, 1);

export interface ShopOptions {
  /** @default 160 */
  readonly customers?: number;
  /** First day of the orders, counted from the shop's opening. @default 0 */
  readonly fromDay?: number;
  /** @default 100 */
  readonly days?: number;
  /** @default 1 */
  readonly seed?: number;
}

/**
 * Orders of customers with one of two tastes (items a0 … a9, b0 … b9), from one order to eight, in time order. The same options give the
 * same events.
 */
export function aShop({ customers = 160, fromDay = 0, days = 100, seed = 1 }: ShopOptions = {}): Event[] {
  const random = mulberry32(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const events = Array.from({ length: customers }, (_, customer) => {
    const taste = customer % 2 === 0 ? 'a' : 'b';
    const userId = `user-${customer}`;
    return Array.from({ length: 1 + (customer % 8) }, (__, order): Event => {
      const lines = Array.from({ length: 1 + below(3) }, (): [string, number, number] => [
        `${taste}${below(10)}`,
        1 + below(3),
        100 + below(900),
      ]);
      const occurredAtMs = SHOP_OPENS_MS + Math.floor((fromDay + random() * days) * DAY_MS);
      const messageId = `m-${seed}-${customer}-${order}`;
      return anOrder(lines, { messageId, orderId: messageId, userId, userKey: userKey('shop', userId), occurredAtMs });
    });
  }).flat();
  return events.sort((a, b) => a.occurredAtMs - b.occurredAtMs);
}

/** Customers of two kinds and nothing between: four clusters or more part what belongs together. */
export function twoKindsOfCustomers(): Event[] {
  const one = (userId: string, order: number, day: number, priceMinor: number) => {
    const ids = { userId, userKey: `shop:${userId}`, messageId: `${userId}-${order}`, orderId: `${userId}-${order}` };
    return anOrder([['cup', 1, priceMinor]], { ...ids, occurredAtMs: SHOP_OPENS_MS + day * DAY_MS });
  };
  return Array.from({ length: 120 }, (_, i) =>
    i % 2 === 0
      ? [one(`u${i}`, 0, 1, 100 + (i % 7))]
      : Array.from({ length: 10 }, (__, order) => one(`u${i}`, order, 80 + order, 9_000 + (i % 7))),
  ).flat();
}

/** On the shop's last days, 60 customers buy an item that nobody had bought before. */
export function aNovelty(): Event[] {
  return Array.from({ length: 60 }, (_, i) => {
    const ids = { userId: `user-${i}`, userKey: `shop:user-${i}`, messageId: `novelty-${i}`, orderId: `novelty-${i}` };
    return anOrder([['novelty', 1, 500]], { ...ids, occurredAtMs: SHOP_OPENS_MS + (99 + i / 100) * DAY_MS });
  });
}

/** Tommy Ettinger's mulberry32: numbers in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
