import fc from 'fast-check';
import { readSharedRows } from '../../test/shared-data';
import { areaUnderRoc, calibrationError, meanAbsoluteError } from '../calibration/metrics';
import { expectedOrders } from '../lifetime/bg-nbd-predictions';
import { createRandom } from '../random';
import { buildCustomerFeatures } from './customer-features';
import { DAY_MS, ordersWithin, toCustomerHistories, type CustomerLog } from './customer-log';
import { explainPurchase, predictPurchases } from './predict-purchases';
import { summarisePurchases } from './purchase-histories';
import { fitPurchaseModel } from './purchase-model';

interface Happened {
  readonly customer: number;
  readonly day: number;
  readonly kind: number;
  readonly amount: number;
}

function logOf(events: readonly Happened[], customerCount: number): CustomerLog {
  return {
    customers: Int32Array.from(events, ({ customer }) => customer),
    timesMs: Float64Array.from(events, ({ day }) => day * DAY_MS),
    kinds: Uint8Array.from(events, ({ kind }) => kind),
    amounts: Float64Array.from(events, ({ amount }) => amount),
    quantities: Float64Array.from(events, ({ kind }) => 1 - kind),
    customerCount,
    kindNames: ['order', 'view'],
    orderKind: 0,
  };
}

const happened = fc.record({
  customer: fc.integer({ min: 0, max: 4 }),
  day: fc.double({ min: 0, max: 200, noNaN: true }),
  kind: fc.integer({ min: 0, max: 1 }),
  amount: fc.integer({ min: 0, max: 90 }),
});

describe('buildCustomerFeatures', () => {
  const column = ({ table }: ReturnType<typeof buildCustomerFeatures>, name: string): number[] =>
    Array.from(table.columns.find((own) => own.name === name)!.values);

  it('says what a history says', () => {
    const events = [
      { customer: 1, day: 0, kind: 0, amount: 10 },
      { customer: 1, day: 10.5, kind: 1, amount: 0 },
      { customer: 1, day: 20, kind: 0, amount: 30 },
      { customer: 1, day: 60, kind: 0, amount: 50 },
      { customer: 0, day: 95, kind: 1, amount: 0 },
      { customer: 2, day: 100, kind: 0, amount: 5 },
    ];
    const features = buildCustomerFeatures(toCustomerHistories(logOf(events, 3)), { cutoffMs: 100 * DAY_MS, windowsDays: [30, 90] });
    expect(Array.from(features.customers)).toEqual([0, 1]);
    expect(column(features, 'tenure_days')).toEqual([5, 100]);
    expect(column(features, 'order_count')).toEqual([0, 3]);
    expect(column(features, 'order_count_90d')).toEqual([0, 2]);
    expect(column(features, 'view_count_30d')).toEqual([1, 0]);
    expect(column(features, 'order_recency_days')).toEqual([NaN, 40]);
    expect(column(features, 'order_gap_mean_days')).toEqual([NaN, 30]);
    expect(column(features, 'order_gap_last_days')).toEqual([NaN, 40]);
    expect(column(features, 'order_amount_mean')).toEqual([NaN, 30]);
    expect(column(features, 'order_amount_90d')).toEqual([0, 80]);
    expect(column(features, 'order_overdue_ratio')[1]).toBeCloseTo(40 / 30, 6);
  });

  it('sees nothing from the cut-off on, and no order of the log', () => {
    fc.assert(
      fc.property(fc.array(happened, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 200 }), (events, cutoffDay) => {
        const cutoffMs = cutoffDay * DAY_MS;
        const build = (own: readonly Happened[]) => buildCustomerFeatures(toCustomerHistories(logOf(own, 5)), { cutoffMs });
        const whole = build(events);
        expect(build(events.filter(({ day }) => day * DAY_MS < cutoffMs))).toEqual(whole);
        expect(build(events.toReversed()).customers).toEqual(whole.customers);
      }),
    );
  });
});

describe('the purchase model on customers who do what BG/NBD says', () => {
  const histories = toCustomerHistories(madeUpLog(1500));
  const cutoffMs = 300 * DAY_MS;
  const model = fitPurchaseModel(histories, { untilMs: cutoffMs, horizonDays: 60, seed: 1 });
  const predicted = predictPurchases(model, histories, { cutoffMs });
  const outcomes = ordersWithin(histories, predicted.customers, { fromMs: cutoffMs, untilMs: cutoffMs + 60 * DAY_MS });
  const labels = outcomes.counts.map((count) => Number(count > 0));

  it('is calibrated, in probabilities and in orders', () => {
    expect(calibrationError(labels, predicted.probabilities)).toBeLessThan(0.03);
    const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
    expect(Math.abs(sum(predicted.orders) / sum(outcomes.counts) - 1)).toBeLessThan(0.12);
  });

  it('takes each probability apart', () => {
    for (const row of [0, 5, 50]) {
      const { expected, parts } = explainPurchase(model, histories, { customer: predicted.customers[row]!, cutoffMs });
      const p = predicted.probabilities[row]!;
      expect(Object.values(parts).reduce((sum, part) => sum + part, expected)).toBeCloseTo(Math.log(p / (1 - p)), 8);
    }
  });

  it('learns nothing from what comes after, and survives JSON', () => {
    const before = histories.log.timesMs.map((time, event) => (time < cutoffMs ? event : -1)).filter((event) => event >= 0);
    const pick = <T extends Int32Array | Float64Array | Uint8Array>(values: T): T =>
      Reflect.construct(values.constructor, [Array.from(before, (event) => values[event]!)]) as T;
    const { log } = histories;
    const cut = toCustomerHistories({
      ...log,
      customers: pick(log.customers),
      timesMs: pick(log.timesMs),
      kinds: pick(log.kinds),
      amounts: pick(log.amounts),
      quantities: pick(log.quantities),
    });
    expect(fitPurchaseModel(cut, { untilMs: cutoffMs, horizonDays: 60, seed: 1 })).toEqual(model);
    const restored = JSON.parse(JSON.stringify(model)) as typeof model;
    expect(predictPurchases(restored, cut, { cutoffMs })).toEqual(predicted);
  });

  it('falls back on the lifetime model where there is little to learn from', () => {
    const few = toCustomerHistories(madeUpLog(60));
    const small = fitPurchaseModel(few, { untilMs: cutoffMs, horizonDays: 60, seed: 1 });
    expect([small.learner, small.validation]).toEqual([{ kind: 'lifetime', model: null }, {}]);
    const { probabilities } = predictPurchases(small, few, { cutoffMs });
    expect(probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
  });
});

const rows = readSharedRows(process.env, 'cdnow/cdnow_sample_2357.csv.gz');

// All 23,570 customers: `tradewind evaluate lifetime` (README).
(rows === undefined ? describe.skip : describe)("the purchase model on CDNOW's 2,357 customers, 39 weeks held out", () => {
  it('beats BG/NBD in order and in number', () => {
    const numbers = new Map<string, number>();
    const log: CustomerLog = {
      customers: Int32Array.from(rows!, ([id]) => numbers.get(id!) ?? numbers.set(id!, numbers.size).size - 1),
      timesMs: Float64Array.from(rows!, (cells) => Date.parse(cells[2]!)),
      kinds: new Uint8Array(rows!.length),
      amounts: Float64Array.from(rows!, (cells) => Number(cells[4])),
      quantities: Float64Array.from(rows!, (cells) => Number(cells[3])),
      customerCount: numbers.size,
      kindNames: ['order'],
      orderKind: 0,
    };
    const histories = toCustomerHistories(log);
    const cutoffMs = Date.parse('1997-10-01');
    const model = fitPurchaseModel(histories, { untilMs: cutoffMs, horizonDays: 273, seed: 1 });
    const { customers, probabilities, orders } = predictPurchases(model, histories, { cutoffMs });
    const { counts } = ordersWithin(histories, customers, { fromMs: cutoffMs, untilMs: cutoffMs + 273 * DAY_MS });
    const { frequency, recency, age } = summarisePurchases(histories, cutoffMs);
    const byBgNbd = frequency.map((x, i) => expectedOrders(model.lifetime, { frequency: x, recency: recency[i]!, age: age[i]! }, 39));
    const labels = counts.map((count) => Number(count > 0));
    expect(areaUnderRoc(labels, probabilities)).toBeGreaterThan(areaUnderRoc(labels, byBgNbd));
    expect(meanAbsoluteError(counts, orders)).toBeLessThan(meanAbsoluteError(counts, byBgNbd));
    expect(areaUnderRoc(labels, probabilities)).toBeGreaterThan(0.77);
  });
});

describe('summarisePurchases', () => {
  it('counts days, in weeks from the first', () => {
    const events = [0, 0.4, 7, 21].map((day, at) => ({ customer: 0, day, kind: 0, amount: 10 * (at + 1) }));
    const { frequency, recency, age, meanAmount } = summarisePurchases(toCustomerHistories(logOf(events, 1)), 29 * DAY_MS);
    expect([frequency[0], recency[0], age[0], meanAmount[0]]).toEqual([2, 3, 4, 35]);
  });
});

/** Customers who start over 100 days and order by a rate of their own until they leave, with views before some orders. */
function madeUpLog(customerCount: number): CustomerLog {
  const random = createRandom(8);
  const events: Happened[] = [];
  for (let customer = 0; customer < customerCount; customer++) {
    const gap = 10 + 60 * random.uniform() ** 2;
    const leaving = 0.05 + 0.3 * random.uniform();
    for (let day = 100 * random.uniform(); day < 400; day -= gap * Math.log(1 - random.uniform())) {
      if (random.uniform() < 0.5) events.push({ customer, day: Math.max(0, day - 1), kind: 1, amount: 0 });
      events.push({ customer, day, kind: 0, amount: 5 + 40 * random.uniform() });
      if (random.uniform() < leaving) break;
    }
  }
  return logOf(events, customerCount);
}
