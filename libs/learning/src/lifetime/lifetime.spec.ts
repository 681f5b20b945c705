import fc from 'fast-check';
import { expectGradient } from '../../test/finite-differences';
import { readSharedRows } from '../../test/shared-data';
import { createRandom } from '../random';
import { bgNbdLogLikelihood, fitBgNbd, negativeLogLikelihood, type BgNbdModel } from './bg-nbd';
import { expectedOrders, probabilityAlive, probabilityOfOrder, timeToNextOrder } from './bg-nbd-predictions';
import { digamma, logGamma } from './gamma-function';
import { expectedAmount, fitGammaGamma, negativeSpendLogLikelihood } from './gamma-gamma';
import { lifetimeValue } from './lifetime-value';

const PUBLISHED: BgNbdModel = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
const rows = readSharedRows(process.env, 'cdnow/cdnow_customers_summary.csv.gz')?.map((cells) => cells.map(Number));

const parameter = fc.double({ min: -3, max: 3, noNaN: true });
const logs = fc.tuple(parameter, parameter, parameter, parameter);
const history = fc
  .tuple(fc.integer({ min: 0, max: 300 }), fc.double({ min: 0.01, max: 1, noNaN: true }), fc.double({ min: 0.5, max: 200, noNaN: true }))
  .map(([frequency, share, age]) => ({ frequency, recency: frequency === 0 ? 0 : share * age, age }));
const modelOf = ([r, alpha, a, b]: readonly number[]): BgNbdModel => ({
  r: Math.exp(r!),
  alpha: Math.exp(alpha!),
  a: Math.exp(a!),
  b: Math.exp(b!),
});

(rows === undefined ? describe.skip : describe)('on the 2,357 customers of CDNOW', () => {
  const column = (c: number): number[] => rows!.map((cells) => cells[c]!);
  const histories = rows && { frequency: column(1), recency: column(2), age: column(3) };

  it('BG/NBD has the published parameters and likelihood (Fader, Hardie and Lee 2005, table 2)', () => {
    const fit = fitBgNbd(histories!);
    const figures = [fit.r, fit.alpha, fit.a, fit.b].map((value) => Number(value.toFixed(3)));
    expect(figures).toEqual([0.243, expect.closeTo(4.414, 2), 0.793, 2.426]);
    expect(fit.logLikelihood).toBeCloseTo(-9582.4, 1);
    expect(fit.converged).toBe(true);
  });

  it('gamma-gamma has the published parameters (Fader and Hardie 2013)', () => {
    const again = rows!.filter((cells) => cells[1]! > 0);
    const fit = fitGammaGamma({ orders: again.map((cells) => cells[1]!), meanAmount: again.map((cells) => cells[4]!) });
    expect([fit.p, fit.q, fit.gamma]).toEqual([expect.closeTo(6.25, 1), expect.closeTo(3.74, 1), expect.closeTo(15.44, 1)]);
  });
});

describe('BG/NBD', () => {
  it("expects what the paper's spreadsheet does of customer 1", () => {
    expect(expectedOrders(PUBLISHED, { frequency: 2, recency: 30.43, age: 38.86 }, 39)).toBeCloseTo(1.226, 3);
  });

  it('finds the parameters that made the customers, in any unit of time', () => {
    const truth = { r: 0.8, alpha: 6, a: 0.6, b: 2.5 };
    const made = simulate(truth, { customers: 4000, age: 60, until: 60 });
    const fit = fitBgNbd(made);
    expect(fit.logLikelihood).toBeGreaterThanOrEqual(bgNbdLogLikelihood(truth, made));
    expect([fit.r, fit.alpha]).toEqual([expect.closeTo(0.8, 0), expect.closeTo(6, 0)]);
    const days = fitBgNbd({ frequency: made.frequency, recency: made.recency.map((t) => 7 * t), age: made.age.map((t) => 7 * t) });
    expect([days.r, days.alpha / 7, days.a, days.b]).toEqual(
      [fit.r, fit.alpha, fit.a, fit.b].map((value) => expect.closeTo(value, 3) as number),
    );
  });

  it('expects of groups what comes of them', () => {
    const truth = { r: 0.8, alpha: 6, a: 1, b: 2.5 };
    const made = simulate(truth, { customers: 8_000, age: 40, until: 80 });
    const sums = { expected: 0, came: 0, probability: 0, again: 0 };
    made.frequency.forEach((frequency, i) => {
      const own = { frequency, recency: made.recency[i]!, age: made.age[i]! };
      sums.expected += expectedOrders(truth, own, 40);
      sums.probability += probabilityOfOrder(truth, own, 40);
      sums.came += made.later[i]!;
      sums.again += Number(made.later[i]! > 0);
    });
    expect(Math.abs(sums.expected / sums.came - 1)).toBeLessThan(0.05);
    expect(Math.abs(sums.probability / sums.again - 1)).toBeLessThan(0.05);
  });

  it('has the gradient of its likelihood', () => {
    const histories = { frequency: [0, 1, 5, 40], recency: [0, 3, 20, 38], age: [39, 30, 25, 39] };
    fc.assert(
      fc.property(logs, (at) => expectGradient(negativeLogLikelihood(histories), Float64Array.from(at))),
      { numRuns: 50 },
    );
  });

  it('stays sensible for any parameters and histories', () => {
    fc.assert(
      fc.property(logs, history, fc.double({ min: 0.1, max: 260, noNaN: true }), (at, own, time) => {
        const model = modelOf(at);
        const [orders, later] = [expectedOrders(model, own, time), expectedOrders(model, own, 1.5 * time)];
        expect(Number.isFinite(orders) && orders >= 0 && later >= orders * (1 - 1e-9)).toBe(true);
        const [alive, some] = [probabilityAlive(model, own), probabilityOfOrder(model, own, time)];
        expect(some >= 0 && some <= alive && alive <= 1).toBe(true);
        expect(some).toBeLessThanOrEqual(orders * (1 + 1e-6) + 1e-12);
        const median = timeToNextOrder(model, own)!;
        if (alive > 1e-200) expect(probabilityOfOrder(model, own, median) / alive).toBeCloseTo(0.5, 6);
      }),
    );
  });

  it('counts thousands of orders, and customers who hardly ever leave', () => {
    const often = { frequency: 5000, recency: 100, age: 100 };
    const rate = 5000.243 / 104.414;
    expect(expectedOrders({ ...PUBLISHED, a: 1e-9 }, often, 50)).toBeCloseTo(50 * rate, 3);
    expect(expectedOrders({ ...PUBLISHED, a: 1e-3, b: 1e6 }, often, 50)).toBeCloseTo(50 * rate, 2);
    const few = expectedOrders({ ...PUBLISHED, a: 35_000, b: 160_000 }, { frequency: 3, recency: 20, age: 30 }, 1000);
    expect(few > 0.5 && few < 160 / 35).toBe(true);
  });

  it('has no gap at a = 1, and falls to what is certain', () => {
    const own = { frequency: 3, recency: 20, age: 30 };
    const at = (a: number): number => expectedOrders({ ...PUBLISHED, a }, own, 52);
    expect(at(1)).toBeCloseTo((at(1 - 1e-6) + at(1 + 1e-6)) / 2, 8);
    expect(expectedOrders(PUBLISHED, own, 0)).toBe(0);
    expect(timeToNextOrder(PUBLISHED, { frequency: 20, recency: 5, age: 200 }, { unconditional: true })).toBeNull();
  });

  it.each([
    [{ frequency: [], recency: [], age: [] }, 'at least one'],
    [{ frequency: [1], recency: [5], age: [4] }, 'customer 0 cannot be'],
    [{ frequency: [0], recency: [1], age: [4] }, 'customer 0 cannot be'],
  ])('refuses %j', (histories, message) => expect(() => fitBgNbd(histories)).toThrow(message));
});

describe('gamma-gamma and lifetime value', () => {
  const spend = { orders: [1, 2, 7], meanAmount: [10, 35.5, 22] };

  it('has the gradient of its likelihood', () => {
    const three = fc.tuple(parameter, parameter, parameter);
    fc.assert(
      fc.property(three, (at) => expectGradient(negativeSpendLogLikelihood(spend), Float64Array.from(at))),
      { numRuns: 50 },
    );
  });

  it('draws a mean towards everyone, the less the more orders there are', () => {
    const model = { p: 6.25, q: 3.74, gamma: 15.44 };
    const everyone = (6.25 * 15.44) / 2.74;
    expect(expectedAmount(model, 0, 0)).toBeCloseTo(everyone, 10);
    const [one, ten] = [expectedAmount(model, 1, 100), expectedAmount(model, 10, 100)];
    expect(everyone < one && one < ten && ten < 100).toBe(true);
  });

  it('discounts what comes later', () => {
    const own = { frequency: 3, recency: 20, age: 30 };
    const flat = lifetimeValue(PUBLISHED, own, { amount: 30, horizon: 52, margin: 0.5 });
    expect(flat).toBeCloseTo(15 * expectedOrders(PUBLISHED, own, 52), 10);
    const discounted = lifetimeValue(PUBLISHED, own, { amount: 30, horizon: 52, margin: 0.5, discountRate: 0.01 });
    expect(discounted / flat).toBeGreaterThan(1.01 ** -52);
    expect(discounted).toBeLessThan(flat);
    expect(lifetimeValue(PUBLISHED, own, { amount: 30, horizon: 52, margin: 0.5, discountRate: 1e-9 })).toBeCloseTo(flat, 5);
  });

  it('knows the gamma function', () => {
    expect(Math.exp(logGamma(6))).toBeCloseTo(120, 9);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 13);
    expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 13);
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e5, noNaN: true }), (x) => {
        expect(logGamma(x + 1) - logGamma(x) - Math.log(x)).toBeCloseTo(0, 8);
        expect((digamma(x + 1) - digamma(x)) * x).toBeCloseTo(1, 6);
      }),
    );
  });
});

/** Customers who do what the model says; `later` counts orders between `age` and `until`. */
function simulate({ r, alpha, a, b }: BgNbdModel, { customers, age, until }: { customers: number; age: number; until: number }) {
  const random = createRandom(4);
  const exponential = (): number => -Math.log(1 - random.uniform());
  const made = { frequency: [] as number[], recency: [] as number[], age: [] as number[], later: [] as number[] };
  for (let customer = 0; customer < customers; customer++) {
    const rate = gamma(random, r) / alpha;
    const [one, other] = [gamma(random, a), gamma(random, b)];
    const leaving = one / (one + other);
    let [x, last, later] = [0, 0, 0];
    for (let t = exponential() / rate; t < until; t += exponential() / rate) {
      if (t < age) [x, last] = [x + 1, t];
      else later++;
      if (random.uniform() < leaving) break;
    }
    made.frequency.push(x);
    made.recency.push(last);
    made.age.push(age);
    made.later.push(later);
  }
  return made;
}

/** Marsaglia and Tsang (2000); below shape 1 by the power of a uniform. */
function gamma(random: ReturnType<typeof createRandom>, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * random.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = random.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < x * x * 0.5 + d - d * v + d * Math.log(v)) return d * v;
  }
}
