import { createRandom } from '@tradewind/learning';
import { learnClusters, type ClusterParameters } from './learn-clusters';
import { nameSegments } from './segment-names';

/** Centres of kinds of customers: recency, orders, money, basket, returns. */
const KINDS = [
  [5, 40, 400_000, 10_000, 0.05],
  [10, 12, 30_000, 2_500, 0.05],
  [15, 2, 40_000, 20_000, 0.05],
  [200, 2, 3_000, 1_500, 0.05],
  [300, 10, 90_000, 9_000, 0.05],
  [100, 6, 12_000, 2_000, 0.7],
] as const;

/** 100 customers of each kind, a tenth around its centre. */
function customers(kinds: readonly (readonly number[])[], seed: number) {
  const random = createRandom(seed);
  const rows = kinds.length * 100;
  const data = Float32Array.from({ length: rows * 5 }, (_, at) => {
    const centre = kinds[Math.floor(at / 5) % kinds.length]![at % 5]!;
    return centre * (1 + 0.1 * random.normal());
  });
  return { rows, data };
}

const first = learnClusters({ ...customers(KINDS, 1), live: null });

/** The segment of a customer at this centre. */
function segmentAt({ scaling, centroids, segments }: ClusterParameters, centre: readonly number[]) {
  const distances = centroids.map((centroid) =>
    centroid.reduce((sum, value, at) => {
      const { mean, std, log } = scaling[at]!;
      const x = log ? Math.sign(centre[at]!) * Math.log1p(Math.abs(centre[at]!)) : centre[at]!;
      return sum + (Math.max(-5, Math.min(5, (x - mean) / std)) - value) ** 2;
    }, 0),
  );
  return segments[distances.indexOf(Math.min(...distances))]!;
}

describe('learnClusters', () => {
  it('finds the kinds, and names each by what deviates', () => {
    expect(first).toMatchObject({ how: 'fresh', isBetter: true, metrics: { k: 6 } });
    const names = KINDS.map((centre) => segmentAt(first.parameters, centre).name);
    expect(new Set(names).size).toBe(6);
    expect(names[0]).toMatch(/frequent|high spend/i);
    expect(names[2]).toMatch(/large baskets/i);
    expect(names[4]).toMatch(/long silent/i);
    expect(names[5]).toMatch(/many returns/i);
  });

  it('makes no version of the noise of another day', () => {
    const again = learnClusters({ ...customers(KINDS, 2), live: first.parameters });
    expect(again.isBetter).toBe(false);
  });

  it('refits when a kind of customers has moved: everyone keeps the id, and the name where it still says what they are', () => {
    const moved = KINDS.map((centre, kind) => (kind === 1 ? [70, 8, 14_000, 1_800, 0.35] : centre));
    const refitted = learnClusters({ ...customers(moved, 3), live: first.parameters });
    expect(refitted.isBetter).toBe(true);
    const before = KINDS.map((centre) => segmentAt(first.parameters, centre));
    const after = moved.map((centre) => segmentAt(refitted.parameters, centre));
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    for (const kind of [0, 2, 3, 4]) expect(after[kind]).toEqual(before[kind]);
  });

  it('opens a new segment for a new kind of customers', () => {
    const more = [...KINDS, [3, 1, 600, 600, 0.05]];
    const found = learnClusters({ ...customers(more, 4), live: first.parameters });
    expect(found).toMatchObject({ isBetter: true, how: 'fresh', metrics: { k: 7 } });
    const before = KINDS.map((centre) => segmentAt(first.parameters, centre).id);
    expect(KINDS.map((centre) => segmentAt(found.parameters, centre).id)).toEqual(before);
    expect(before).not.toContain(segmentAt(found.parameters, more[6]!).id);
  });
});

describe('nameSegments', () => {
  it('gives every cluster another name, the strongest deviations first', () => {
    const columns = ['recency_days', 'orders_count'];
    expect(
      nameSegments(
        [
          [-0.6, 1.7],
          [0.1, -0.2],
          [-0.7, 1.6],
          [-0.8, 2],
        ],
        columns,
        ['Very frequent, recent'],
      ),
    ).toEqual(['Very frequent, recent 2', 'Average', 'Very frequent, recent 3', 'Very frequent, recent 4']);
  });
});
