import type { CustomerPrediction } from '@tradewind/learning';
import { Standings, namesOf } from './standings';

function predicted(probability: number): CustomerPrediction {
  return { alive: 1, nextOrderDays: 1, horizons: [{ days: 7, score: 0, probability, orders: probability * 2, value: null }] };
}

describe('standings', () => {
  const names = namesOf([7]);

  it('rank a number among those kept, and forget who left', () => {
    const standings = new Standings(names, 1_000);
    expect(standings.percentile('purchase_7d', 0.5, 0)).toBeNull();
    for (let i = 0; i < 100; i++) standings.set(`shop:${i}`, predicted(i / 100));
    expect(standings.percentile('purchase_7d', 0.755, 0)).toBeCloseTo(0.76, 2);
    expect(standings.percentile('orders_7d', 1.51, 0)).toBeCloseTo(0.76, 2);
    expect(standings.quantile('purchase_7d', 0.8, 0)).toBe(0.8);
    for (let i = 0; i < 100; i++) if (i < 50) standings.delete(`shop:${i}`);
    expect(standings.percentile('purchase_7d', 0.755, 9_999)).toBeCloseTo(0.76, 2); // made anew every ten seconds
    expect(standings.percentile('purchase_7d', 0.755, 10_000)).toBeCloseTo(0.52, 2);
    expect(standings.size).toBe(50);
  });

  it('keep a random share of too many, the same customers at any time', () => {
    const [standings, again] = [new Standings(names, 500), new Standings(names, 500)];
    for (let i = 0; i < 4_000; i++) standings.set(`shop:${i}`, predicted(i / 4_000));
    for (let i = 3_999; i >= 0; i--) again.set(`shop:${i}`, predicted(i / 4_000));
    expect(standings.size).toBeLessThanOrEqual(500);
    expect(standings.size).toBeGreaterThan(200);
    expect(again.size).toBe(standings.size);
    expect(standings.percentile('purchase_7d', 0.5, 0)).toBeCloseTo(0.5, 0.9);
    expect(Array.from({ length: 4_000 }, (_, i) => again.keeps(`shop:${i}`))).toEqual(
      Array.from({ length: 4_000 }, (_, i) => standings.keeps(`shop:${i}`)),
    );
  });
});
