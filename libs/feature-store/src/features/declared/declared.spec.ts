import fc from 'fast-check';
import { EventType, type Event } from '@tradewind/contracts';
import { anEvent } from '@tradewind/testing';
import { START_MS, aVisitorLog, byTime, bytesOf, foldAll, foldState } from '../../../test/a-profile-log';
import { RecordWriter } from '../../codec/record-writer';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../units';
import { decayed } from './decayed';
import { distinctValues } from './distinct-values';
import { firstAndLast } from './first-and-last';
import { funnel } from './funnel';
import type { ProfileFeature } from './profile-feature';
import { rfm } from './rfm';
import { SHOP_PROFILE } from './shop-profile';
import type { Window } from './time-buckets';
import { topValues } from './top-values';
import { totals } from './totals';
import { visits } from './visits';

const WINDOWS = ['1h', '5h', '1d', '7d', '30d', '90d', '365d'] as const satisfies readonly Window[];
const SPAN_MS = [HOUR_MS, 5 * HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 90 * DAY_MS, 365 * DAY_MS];

const spent = totals({ name: 'spent', tag: 1, on: { name: 'Order Completed' }, of: 'valueMinor', windows: WINDOWS });
const products = distinctValues({ name: 'products', tag: 2, on: { type: 'any' }, of: 'productId', exactUpTo: 20 });
const category = firstAndLast({ name: 'category', tag: 3, on: { type: 'any' }, of: 'property:category' });
const frequent = topValues({ name: 'frequent', tag: 4, on: { type: 'any' }, of: 'property:category', capacity: 5 });
const affinity = topValues({ name: 'affinity', tag: 5, on: { type: 'any' }, of: 'property:category', capacity: 16, halfLifeDays: 30 });
const points = decayed({ name: 'engaged', tag: 6, on: { type: 'any' }, halfLifeDays: 7, points: { 'Order Completed': 10 } });
const visited = visits({ name: 'visits', tag: 7, on: { type: 'any' }, depthOf: { type: 'page' } });
const STEPS = ['Product Viewed', 'Product Added', 'Order Completed'] as const;
const bought = funnel({ name: 'bought', tag: 8, steps: STEPS.map((name) => ({ name })), withinHours: 24 });
const scored = rfm({
  name: 'rfm',
  tag: 9,
  on: { name: 'Order Completed' },
  recencyDays: [10, 20, 40, 80],
  orders: [2, 3, 4, 5],
  valueMinor: [100, 1_000, 10_000, 100_000],
});
const FEATURES: readonly ProfileFeature<unknown>[] = [spent, products, category, frequent, affinity, points, visited, bought, scored];
const isTrack = ({ type }: Event) => type === EventType.EVENT_TYPE_TRACK;
const named = (log: readonly Event[], name: string) => log.filter((event) => isTrack(event) && event.name === name);

function shown<S>(feature: ProfileFeature<S>, log: readonly Event[], asOfMs?: number): Record<string, unknown> {
  const latestMs = Math.max(0, ...log.map(({ occurredAtMs }) => occurredAtMs));
  return { ...feature.show(foldState(feature, log), asOfMs ?? latestMs) };
}

const arrivals = (maxLength: number) =>
  aVisitorLog(maxLength).chain((log) => fc.shuffledSubarray(log, { minLength: log.length }).map((shuffled) => ({ log, shuffled })));

describe('every declared feature', () => {
  it('keeps the same bytes in whatever order events arrive, where that is promised', () => {
    fc.assert(
      fc.property(arrivals(60), ({ log, shuffled }) => {
        for (const feature of [spent, products, category, scored]) expect(bytesOf(feature, shuffled)).toBe(bytesOf(feature, byTime(log)));
      }),
    );
  });

  it('counts a repeated message once', () => {
    fc.assert(
      fc.property(aVisitorLog(25), fc.infiniteStream(fc.nat()), (log, places) => {
        const repeated = [...log];
        for (const event of log) repeated.splice(1 + repeated.indexOf(event) + (places.next().value! % 5), 0, event);
        for (const feature of FEATURES) expect(shown(feature, repeated)).toEqual(shown(feature, log));
      }),
      { numRuns: 30 },
    );
  });

  it('goes on from its record as if it had never been stored', () => {
    fc.assert(
      fc.property(aVisitorLog(40), (log) => {
        const kept = FEATURES.map((feature) => bytesOf(feature, log));
        const stored = foldAll(FEATURES, log);
        const rewritten = FEATURES.map((feature) => {
          const state = stored.of(feature);
          const writer = new RecordWriter();
          feature.encode(state, writer);
          expect(writer.length).toBeLessThanOrEqual(feature.maxBytes);
          return Buffer.from(writer.view(0, writer.length)).toString('hex');
        });
        rewritten.forEach((bytes, i) => expect(kept[i]).toContain(bytes));
      }),
      { numRuns: 50 },
    );
  });

  it('stays within its bytes for ever', () => {
    const names = ['Product Viewed', 'Product Added', 'Checkout Started', 'Order Completed', 'Order Refunded', 'Products Searched'];
    const log = Array.from({ length: 20_000 }, (_, i) => {
      const text = `${i}`.padEnd(64, '€');
      const properties = { category: text, brand: text };
      return anEvent({
        name: names[i % 6]!,
        occurredAtMs: START_MS + i * 31 * MINUTE_MS,
        valueMinor: 2 ** 45,
        items: [{ productId: `p${i}`, quantity: 1, priceMinor: 1 }],
        payloadJson: Buffer.from(JSON.stringify({ properties })),
      });
    });
    for (const feature of [...FEATURES, ...SHOP_PROFILE]) {
      const state = feature.initial();
      for (const event of log) feature.apply(state, event);
      const writer = new RecordWriter();
      feature.encode(state, writer);
      expect(writer.length).toBeLessThanOrEqual(feature.maxBytes);
    }
  });
});

describe('totals', () => {
  it('count and sum what happened, in windows at most 1/24 too long, in any order', () => {
    fc.assert(
      fc.property(arrivals(80), fc.nat(40 * DAY_MS), ({ log, shuffled }, laterMs) => {
        const orders = named(log, 'Order Completed');
        const asOfMs = Math.max(START_MS, ...orders.map(({ occurredAtMs }) => occurredAtMs)) + laterMs;
        const found = shown(spent, shuffled, asOfMs);
        expect(found).toMatchObject({
          spent_count: orders.length,
          spent_minor: orders.reduce((sum, { valueMinor }) => sum + valueMinor, 0),
        });
        WINDOWS.forEach((window, i) => {
          const within = (spanMs: number) => orders.filter(({ occurredAtMs }) => occurredAtMs > asOfMs - spanMs).length;
          expect(found[`spent_count_${window}`]).toBeGreaterThanOrEqual(within(SPAN_MS[i]!));
          expect(found[`spent_count_${window}`]).toBeLessThanOrEqual(within(SPAN_MS[i]! * (1 + 1 / 24)));
        });
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a window that is too short or too long', () => {
    for (const window of ['0h', '366d', '1.5h', 'd'] as Window[])
      expect(() => totals({ name: 'x', tag: 1, on: {}, windows: [window] })).toThrow('1h to 365d');
  });
});

describe('distinctValues', () => {
  const seen = (count: number) =>
    Array.from({ length: count }, (_, i) => anEvent({ items: [{ productId: `item-${i}`, quantity: 1, priceMinor: 1 }] }));

  it('is exact up to its bound', () => {
    fc.assert(
      fc.property(aVisitorLog(40), (log) => {
        const truth = new Set(log.map(({ items }) => items[0]!.productId)).size;
        if (truth <= 20) expect(shown(products, log)).toEqual({ products_distinct_count: truth });
      }),
    );
  });

  it.each([21, 50, 200, 1_000, 10_000])('estimates %i within three standard errors', (count) => {
    const state = products.initial();
    for (const event of seen(count)) products.apply(state, event);
    const estimate = products.columns[0]!.read(state, 0);
    expect(Math.abs(estimate - count) / count).toBeLessThan(3 * 0.065);
  });
});

describe('firstAndLast', () => {
  it('are those of the sorted log', () => {
    fc.assert(
      fc.property(arrivals(30), ({ log, shuffled }) => {
        const said = log
          .map((event) => [
            event.occurredAtMs,
            (JSON.parse(event.payloadJson.toString()) as { properties: { category?: string } }).properties.category,
          ])
          .filter((pair): pair is [number, string] => pair[1] !== undefined)
          .sort(([a, x], [b, y]) => a - b || (x < y ? -1 : 1));
        expect(shown(category, shuffled)).toEqual({ category_first: said[0]?.[1] ?? null, category_last: said.at(-1)?.[1] ?? null });
      }),
    );
  });
});

describe('topValues', () => {
  const categories = (log: readonly Event[]) =>
    log.flatMap((event) => (JSON.parse(event.payloadJson.toString()) as { properties: { category?: string } }).properties.category ?? []);

  it('never counts too little, and at most total / capacity too much', () => {
    fc.assert(
      fc.property(aVisitorLog(100), (log) => {
        const state = frequent.initial();
        for (const event of log) frequent.apply(state, event);
        const truth = new Map<string, number>();
        for (const each of categories(log)) truth.set(each, (truth.get(each) ?? 0) + 1);
        for (const { value, weight } of state.entries) {
          expect(weight).toBeGreaterThanOrEqual(truth.get(value)!);
          expect(weight).toBeLessThanOrEqual(truth.get(value)! + state.total / 5);
        }
        for (const [value, count] of truth) if (count > state.total / 5) expect(state.entries.map((entry) => entry.value)).toContain(value);
        if (truth.size <= 5) expect(new Map(state.entries.map(({ value, weight }) => [value, weight]))).toEqual(truth);
      }),
    );
  });

  it('fade with event time, in any order but for rounding', () => {
    fc.assert(
      fc.property(arrivals(60), ({ log, shuffled }) => {
        const asOfMs = Math.max(0, ...log.map(({ occurredAtMs }) => occurredAtMs));
        const truth = new Map<string, number>();
        for (const event of log)
          for (const each of categories([event]))
            truth.set(each, (truth.get(each) ?? 0) + 2 ** ((event.occurredAtMs - asOfMs) / (30 * DAY_MS)));
        const total = [...truth.values()].reduce((sum, weight) => sum + weight, 0);
        const state = affinity.initial();
        for (const event of shuffled) affinity.apply(state, event);
        expect(state.entries).toHaveLength(truth.size);
        for (const { value, weight } of state.entries) expect(weight / state.total).toBeCloseTo(truth.get(value)! / total, 9);
      }),
    );
  });
});

describe('decayed', () => {
  it('is the sum of what is left, in any order but for rounding', () => {
    fc.assert(
      fc.property(arrivals(60), fc.nat(90), ({ log, shuffled }, days) => {
        const asOfMs = Math.max(START_MS, ...log.map(({ occurredAtMs }) => occurredAtMs)) + days * DAY_MS;
        const truth = log.reduce(
          (sum, { name, occurredAtMs }) => sum + (name === 'Order Completed' ? 10 : 1) * 2 ** ((occurredAtMs - asOfMs) / (7 * DAY_MS)),
          0,
        );
        expect(shown(points, shuffled, asOfMs)['engaged_points']).toBeCloseTo(truth, 9);
      }),
    );
  });
});

describe('visits', () => {
  function truthOf(log: readonly Event[]) {
    const found: { startMs: number; endMs: number; depth: number }[] = [];
    for (const { occurredAtMs: atMs, type } of byTime(log)) {
      const depth = type === EventType.EVENT_TYPE_PAGE ? 1 : 0;
      const last = found.at(-1);
      if (last === undefined || atMs > last.endMs + 30 * MINUTE_MS) found.push({ startMs: atMs, endMs: atMs, depth });
      else Object.assign(last, { endMs: atMs, depth: last.depth + depth });
    }
    const mean = (of: (visit: (typeof found)[number]) => number) =>
      found.length === 0 ? 0 : found.reduce((sum, visit) => sum + of(visit), 0) / found.length;
    return {
      visits_count: found.length,
      visits_minutes_mean: mean(({ startMs, endMs }) => (endMs - startMs) / MINUTE_MS),
      visits_depth_mean: mean(({ depth }) => depth),
      visits_bounce_ratio: mean(({ depth }) => (depth <= 1 ? 1 : 0)),
    };
  }

  function expectTruth(arrived: readonly Event[]) {
    const found = shown(visited, arrived);
    for (const [name, value] of Object.entries(truthOf(arrived))) expect(found[name]).toBeCloseTo(value, 9);
  }

  it('are those of the log in the order of time', () => {
    fc.assert(fc.property(aVisitorLog(80), (log) => expectTruth(byTime(log))));
  });

  it('are those of the sorted log for late events among the latest six', () => {
    fc.assert(
      fc.property(arrivals(40), ({ log, shuffled }) => {
        fc.pre(log.length <= 6);
        expectTruth(shuffled);
      }),
    );
    const near = (minutes: readonly number[]) => minutes.map((minute) => anEvent({ occurredAtMs: START_MS + minute * MINUTE_MS }));
    fc.assert(fc.property(fc.array(fc.nat(170), { maxLength: 40 }), (minutes) => expectTruth(near(minutes))));
  });
});

describe('funnel', () => {
  function truthOf(log: readonly Event[]) {
    const withinMs = DAY_MS;
    let starts: (readonly [atMs: number, startMs: number])[] = named(log, STEPS[0]).map(({ occurredAtMs }) => [occurredAtMs, occurredAtMs]);
    let reached = starts.length > 0 ? 1 : 0;
    let completed: typeof starts = [];
    for (const [step, name] of STEPS.entries()) {
      if (step === 0) continue;
      starts = named(log, name).map(({ occurredAtMs: atMs }) => [
        atMs,
        Math.max(-Infinity, ...starts.filter(([beforeMs]) => beforeMs < atMs).map(([, startMs]) => startMs)),
      ]);
      completed = starts.filter(([atMs, startMs]) => atMs - startMs <= withinMs);
      if (completed.length > 0) reached = Math.max(reached, step + 1);
    }
    const last = completed.reduce((latest, each) => (each[0] >= latest[0] ? each : latest), [0, 0] as const);
    return {
      bought_reached_steps: reached,
      bought_completions_count: completed.length,
      bought_last_minutes: (last[0] - last[1]) / MINUTE_MS,
    };
  }

  it('is exact in the order of time', () => {
    fc.assert(
      fc.property(aVisitorLog(120), (log) => expect(shown(bought, byTime(log))).toEqual(truthOf(log))),
      { numRuns: 300 },
    );
  });

  it('is exact in any order within eight times of a step', () => {
    fc.assert(
      fc.property(arrivals(24), ({ log, shuffled }) => {
        fc.pre(STEPS.every((name) => new Set(named(log, name).map(({ occurredAtMs }) => occurredAtMs)).size <= 8));
        expect(shown(bought, shuffled)).toEqual(truthOf(log));
      }),
      { numRuns: 300 },
    );
  });
});

describe('rfm', () => {
  it('scores by the declared bounds and names the group', () => {
    const orders = (...days: number[]) =>
      days.map((day) => anEvent({ name: 'Order Completed', valueMinor: 30_000, occurredAtMs: START_MS + day * DAY_MS }));
    const asOf = (day: number) => START_MS + day * DAY_MS;
    expect(shown(scored, [])).toEqual({ rfm_recency_score: 0, rfm_frequency_score: 0, rfm_monetary_score: 0, rfm_group: null });
    expect(shown(scored, orders(0, 1, 2, 3, 4), asOf(4))).toEqual({
      rfm_recency_score: 5,
      rfm_frequency_score: 5,
      rfm_monetary_score: 5,
      rfm_group: 'Champions',
    });
    expect(shown(scored, orders(0), asOf(5))).toMatchObject({ rfm_frequency_score: 1, rfm_monetary_score: 4, rfm_group: 'Recent' });
    expect(shown(scored, orders(0, 1, 2), asOf(60))).toMatchObject({ rfm_recency_score: 2, rfm_group: 'At risk' });
    expect(shown(scored, orders(0), asOf(500))).toMatchObject({ rfm_recency_score: 1, rfm_frequency_score: 1, rfm_group: 'Inactive' });
  });
});
