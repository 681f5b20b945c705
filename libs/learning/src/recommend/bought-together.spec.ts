import fc from 'fast-check';
import { decayedPopularity, trendingScores } from './trending';
import { fitBoughtTogether, gSquared } from './bought-together';
import { sequencesFrom, toItemMatrix } from './sequences';

describe('bought together', () => {
  it('counts, lift and G² are those of the 2 × 2 table, counted over all baskets', () => {
    const baskets = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 6 }), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(baskets, (lists) => {
        const model = fitBoughtTogether(toItemMatrix(sequencesFrom(lists, 6)));
        for (const { item, baskets: both, lift, confidence, logLikelihoodRatio } of model.of(0, {
          minLogLikelihoodRatio: 0,
          minBaskets: 1,
        })) {
          const having = (...wanted: number[]): number => lists.filter((list) => wanted.every((one) => list.includes(one))).length;
          expect(both).toBe(having(0, item));
          expect(confidence).toBeCloseTo(both / having(0), 10);
          expect(lift).toBeCloseTo((both / having(0) / having(item)) * lists.length, 10);
          expect(lift).toBeGreaterThan(1);
          expect(logLikelihoodRatio).toBeCloseTo(gSquared(both, having(0), having(item), lists.length), 10);
        }
      }),
    );
  });

  it('G² is 0 for independence, and as scipy’s chi2_contingency(lambda_="log-likelihood", correction=False) otherwise', () => {
    expect(gSquared(10, 100, 100, 1000)).toBeCloseTo(0, 10);
    expect(gSquared(30, 100, 50, 1000)).toBeCloseTo(83.03890039, 7);
  });

  it('keeps what chance does not explain, the strongest first', () => {
    const lists = [...Array.from({ length: 40 }, () => [0, 1]), ...Array.from({ length: 5 }, () => [0, 2, 1]), ...Array.from({ length: 300 }, () => [3])]; // prettier-ignore
    lists.push([0, 3]);
    expect(fitBoughtTogether(toItemMatrix(sequencesFrom(lists, 4))).of(0).map(({ item }) => item)).toEqual([1, 2]); // prettier-ignore
  });
});

describe('popularity in time', () => {
  const day = 86_400_000;
  const log = {
    users: Int32Array.of(0, 1, 2, 3, 4, 5),
    items: Int32Array.of(0, 0, 0, 1, 1, 0),
    timesMs: Float64Array.of(0, 0, day, 9 * day, 10 * day, 12 * day),
    weights: Float64Array.of(1, 2, 1, 1, 1, 1),
    userCount: 6,
    itemCount: 3,
  };

  it('halves with each half-life and does not see the future', () => {
    const [first, second, none] = decayedPopularity(log, { halfLifeMs: day, asOfMs: 10 * day });
    expect(first).toBeCloseTo(3 * 2 ** -10 + 2 ** -9, 7);
    expect(second).toBeCloseTo(1.5, 6);
    expect(none).toBe(0);
  });

  it('trends are what rises against its own past', () => {
    const scores = trendingScores(log, { windowMs: 3 * day, baselineMs: 10 * day, asOfMs: 10 * day });
    expect(scores[0]).toBe(0);
    expect(scores[1]).toBeGreaterThan(0);
    expect(scores[2]).toBe(0);
  });
});
