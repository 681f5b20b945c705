import { EventType, userKey, type Event } from '@tradewind/contracts';
import { anEvent, anOrder } from './builders';

/** When `aLivelyShop` begins, epoch milliseconds UTC. */
export const LIVELY_SHOP_OPENS_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

export interface LivelyShopOptions {
  /** @default 550 */
  readonly customers?: number;
  /** @default 130 */
  readonly days?: number;
  /** @default 1 */
  readonly seed?: number;
  /** Every customer says to which of two equally large groups they belong (trait `group`), of which B orders less than half as often. @default false */
  readonly groups?: boolean;
}

/**
 * Customers who order at rates of their own until they leave, and who look at products before they order. Orders are in time order; the same options
 * give the same events.
 */
export function aLivelyShop({ customers = 550, days = 130, seed = 1, groups = false }: LivelyShopOptions = {}): Event[] {
  const uniform = mulberry32(seed);
  const events: Event[] = [];
  for (let customer = 0; customer < customers; customer++) {
    const userId = `user-${customer}`;
    const ids = { userId, userKey: userKey('shop', userId) };
    const group = customer % 2 === 0 ? 'A' : 'B';
    const perDay = (0.25 * uniform() ** 2 + 0.02) * (groups && group === 'B' ? 0.4 : 1);
    const priceMinor = 500 + Math.floor(4_500 * uniform());
    const from = uniform() * days * 0.4;
    const leaves = Math.min(days, from - 120 * Math.log(1 - uniform()));
    if (groups) {
      const payloadJson = Buffer.from(JSON.stringify({ traits: { group } }));
      events.push(anEvent({ ...ids, type: EventType.EVENT_TYPE_IDENTIFY, name: '', payloadJson, ...at(from, `i-${customer}`) }));
    }
    let day = from;
    for (let order = 0; day < leaves; order++) {
      const id = `${seed}-${customer}-${order}`;
      if (day > 0.02) events.push(anEvent({ ...ids, ...at(day - 0.01, `view-${id}`) }));
      events.push(
        anOrder([['cup', 1, Math.round(priceMinor * (0.7 + 0.6 * uniform()))]], { ...ids, orderId: id, ...at(day, `order-${id}`) }),
      );
      day -= Math.log(1 - uniform()) / perDay;
    }
  }
  return events.sort((a, b) => a.occurredAtMs - b.occurredAtMs);
}

function at(day: number, messageId: string): Pick<Event, 'messageId' | 'occurredAtMs' | 'receivedAtMs'> {
  const occurredAtMs = LIVELY_SHOP_OPENS_MS + Math.floor(day * DAY_MS);
  return { messageId, occurredAtMs, receivedAtMs: occurredAtMs };
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
