import fc from 'fast-check';
import { EventType, type Event } from '@tradewind/contracts';
import { anEvent, anOrder } from '@tradewind/testing';
import type { Feature } from '../feature';
import { activity } from './activity';
import { basket } from './basket';
import { decayedActivity } from './decayed-activity';
import { distinctProducts } from './distinct-products';
import { HISTORY_ITEMS, itemHistory } from './item-history';
import { monetary } from './monetary';
import { orders } from './orders';
import { sessions } from './sessions';
import { traits } from './traits';

const DAY = 86_400_000;
const MINUTE = 60_000;
const T0 = Date.UTC(2024, 0, 1);
const day = (n: number) => ({ occurredAtMs: T0 + n * DAY });
const refund = { name: 'Order Refunded' };

function fold<S>(feature: Feature<S>, events: readonly Event[]): S {
  const state = feature.initial();
  for (const event of events) feature.apply(state, event);
  return state;
}

function columns<S>(feature: Feature<S>, events: readonly Event[], asOfMs = T0): Record<string, number> {
  const state = fold(feature, events);
  return Object.fromEntries(feature.columns.map(({ name, read }) => [name, read(state, asOfMs)]));
}

describe('orders', () => {
  it('counts orders, repeat days and times in days', () => {
    const log = [anEvent(day(0)), anOrder([], day(2)), anOrder([], day(2.5)), anOrder([], day(7)), anEvent({ ...refund, ...day(8) })];
    expect(columns(orders, log, T0 + 10 * DAY)).toEqual({
      orders_count: 3,
      refunds_count: 1,
      frequency_count: 1,
      recency_days: 3,
      purchase_span_days: 5,
      customer_age_days: 8,
      tenure_days: 10,
    });
  });

  it('takes a late order without turning time back, and never gives a negative age', () => {
    const late = columns(orders, [anOrder([], day(5)), anOrder([], day(1))], T0 + 4 * DAY);
    expect(late).toMatchObject({ recency_days: 0, purchase_span_days: 4, customer_age_days: 3, tenure_days: 3, frequency_count: 1 });
  });

  it('gives who never bought the recency of who never bought since first seen', () => {
    expect(columns(orders, [anEvent(day(0))], T0 + 9 * DAY)).toMatchObject({ recency_days: 9, customer_age_days: 0, orders_count: 0 });
    expect(columns(orders, [])).toMatchObject({ recency_days: 0, tenure_days: 0 });
  });
});

describe('monetary', () => {
  it('takes refunds off, in one currency', () => {
    const log = [
      anOrder([['a', 2, 500]]),
      anOrder([['b', 1, 2000]]),
      anEvent({ ...refund, valueMinor: 600, currency: 'GBP' }),
      anOrder([['c', 1, 9]], { currency: 'EUR' }),
    ];
    expect(columns(monetary, log)).toEqual({ monetary_minor: 2400, average_order_minor: 1500, refund_ratio: 0.2 });
    expect(fold(monetary, log).otherCurrencyCount).toBe(1);
  });

  it('adds up the lines when the event carries no value', () => {
    expect(columns(monetary, [anOrder([['a', 3, 250]], { valueMinor: 0 })]).monetary_minor).toBe(750);
    expect(columns(monetary, [anOrder([['a', NaN, 250]], { valueMinor: 0 })]).monetary_minor).toBe(0);
  });
});

describe('basket', () => {
  it('averages lines and units over the orders that list products', () => {
    const log = [
      anOrder([
        ['a', 2, 1],
        ['b', 4, 1],
      ]),
      anOrder([
        ['a', 1, 1],
        ['c', 1, 1],
      ]),
      anOrder([]),
      anEvent(),
    ];
    expect(columns(basket, log)).toEqual({ basket_lines_mean: 2, basket_units_mean: 4 });
  });
});

describe('distinctProducts', () => {
  const bought = (count: number) => Array.from({ length: count }, (_, i) => anOrder([[`product-${i}`, 1, 1]]));

  it('is exact below 256, within 20 % far above, and does not count a product twice', () => {
    expect(columns(distinctProducts, [...bought(255), ...bought(255)]).distinct_products_count).toBe(255);
    const many = columns(distinctProducts, bought(5000)).distinct_products_count!;
    expect(Math.abs(many - 5000)).toBeLessThan(1000);
  });

  it('does not depend on the order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(bought(400), { minLength: 400 }), (shuffled) => {
        expect(fold(distinctProducts, shuffled)).toEqual(fold(distinctProducts, bought(400)));
      }),
      { numRuns: 10 },
    );
  });
});

describe('activity', () => {
  it('counts events by what they mean', () => {
    const names = ['Product Viewed', 'Product Viewed', 'Product Added', 'Products Searched', 'Checkout Started', 'Product Removed', 'Wish'];
    const log = [...names.map((name) => anEvent({ name })), anEvent({ type: EventType.EVENT_TYPE_PAGE, name: 'Order Completed' })];
    expect(columns(activity, log)).toEqual({
      page_views_count: 1,
      product_views_count: 2,
      adds_to_cart_count: 1,
      searches_count: 1,
      checkouts_started_count: 1,
      other_events_count: 2,
    });
  });
});

describe('sessions', () => {
  const at = (...minutes: number[]) => minutes.map((m) => anEvent({ occurredAtMs: T0 + m * MINUTE }));

  it('parts visits by 30 minutes of silence', () => {
    expect(columns(sessions, at(0, 10, 40, 71, 75), T0 + 75 * MINUTE + DAY)).toEqual({
      sessions_count: 2,
      session_minutes_mean: 22,
      idle_days: 1,
    });
  });

  it('widens the latest session by a late event and leaves older ones alone', () => {
    expect(fold(sessions, at(100, 110, 80, 5))).toMatchObject({ count: 1, startedAtMs: T0 + 80 * MINUTE, lastAtMs: T0 + 110 * MINUTE });
  });
});

describe('decayedActivity', () => {
  it('halves in 30 days', () => {
    expect(columns(decayedActivity, [anOrder([], day(0))], T0 + 30 * DAY).decayed_activity_points).toBeCloseTo(5);
    expect(columns(decayedActivity, [anEvent(day(0)), anEvent(day(30))], T0 + 60 * DAY).decayed_activity_points).toBeCloseTo(0.75);
  });

  it('does not depend on the order but for rounding', () => {
    const log = [anOrder([], day(0)), anEvent(day(11)), anEvent({ name: 'Product Added', ...day(40) }), anEvent(day(41))];
    const forth = columns(decayedActivity, log, T0 + 50 * DAY).decayed_activity_points!;
    const back = columns(decayedActivity, [...log].reverse(), T0 + 50 * DAY).decayed_activity_points!;
    expect(back).toBeCloseTo(forth, 9);
  });
});

describe('traits', () => {
  const identify = (payload: string, n: number) =>
    anEvent({ type: EventType.EVENT_TYPE_IDENTIFY, payloadJson: Buffer.from(payload), ...day(n) });

  it('keeps the country of the latest identify call that names one', () => {
    const log = [
      identify('{"traits":{"country":"France"}}', 5),
      identify('{"traits":{"address":{"country":"Spain"}}}', 3),
      identify('{"traits":{}}', 9),
    ];
    expect(fold(traits, log).country).toBe('France');
    expect(fold(traits, [log[1]!, log[0]!]).country).toBe('France');
  });

  it.each(['no JSON', '[]', 'null', '{"traits":null}', '{"traits":{"country":5}}'])('takes %s for silence', (payload) => {
    expect(fold(traits, [identify(payload, 0)]).country).toBe('');
  });
});

describe('itemHistory', () => {
  it('keeps what was bought less what came back, most recent last', () => {
    const history = fold(itemHistory, [
      anOrder(
        [
          ['a', 2, 1],
          ['b', 1, 1],
        ],
        day(0),
      ),
      anOrder([['c', 1, 1]], day(1)),
      anOrder([['a', 1, 1]], day(2)),
      anOrder([['b', 1, 1]], { ...refund, ...day(3) }),
      anOrder(
        [
          ['a', 1, 1],
          ['never bought', 1, 1],
        ],
        { ...refund, ...day(3) },
      ),
    ]);
    expect([...history]).toEqual([
      ['c', { quantity: 1, lastAtMs: T0 + DAY }],
      ['a', { quantity: 2, lastAtMs: T0 + 2 * DAY }],
    ]);
  });

  it('holds the last 256 distinct items', () => {
    const history = fold(
      itemHistory,
      Array.from({ length: 300 }, (_, i) =>
        anOrder([
          [`i${i}`, 1, 1],
          ['always', 1, 1],
        ]),
      ),
    );
    expect(history.size).toBe(HISTORY_ITEMS);
    expect(history.get('always')!.quantity).toBe(300);
    expect(history.has('i44')).toBe(false);
    expect(history.has('i45')).toBe(true);
  });
});
