import fc from 'fast-check';
import { madeUpTable } from '../../test/made-up-table';
import { fitBoostedTrees, scoreRow } from '../boosting/boosted-trees';
import { createFeatureTable, tableRow } from '../boosting/feature-table';
import { areaUnderRoc } from '../calibration/metrics';
import { fitLogistic, explainLogistic } from '../linear/logistic-regression';
import { createRandom } from '../random';
import { findLookalikes } from './lookalikes';
import { fitPercentiles, percentileOf, percentileRanks } from './percentiles';
import { findSmallestChanges, logisticCandidates, treeCandidates } from './smallest-change';

describe('percentiles', () => {
  it('rank among all, equal scores alike', () => {
    expect(Array.from(percentileRanks([5, 1, 5, 9]))).toEqual([0.5, 0.125, 0.5, 0.875]);
  });

  it('of a group rise with the score and come near the rank in it', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 200 }), (scores) => {
        const group = fitPercentiles(scores);
        const sorted = scores.toSorted((a, b) => a - b);
        const ranks = sorted.map((score) => percentileOf(group, score));
        ranks.forEach((rank, at) => expect(rank >= (ranks[at - 1] ?? 0) && rank <= 1).toBe(true));
        percentileRanks(sorted).forEach((rank, at) => expect(Math.abs(rank - ranks[at]!)).toBeLessThan(0.5 / sorted.length + 0.002));
      }),
    );
  });
});

describe('findLookalikes', () => {
  it('finds those whom the seed does not name', () => {
    const random = createRandom(3);
    const x = Float32Array.from({ length: 4000 }, () => random.normal());
    const isAlike = x.map((value) => Number(value > 1));
    const isSeed = isAlike.map((alike) => Number(alike === 1 && random.uniform() < 0.3));
    const found = findLookalikes(createFeatureTable([{ name: 'x', values: x }]), isSeed, { seed: 1 });
    const rest = Int32Array.from(isSeed.keys()).filter((row) => isSeed[row] === 0);
    expect(
      areaUnderRoc(
        rest.map((row) => isAlike[row]!),
        Float64Array.from(rest, (row) => found.scores[row]!),
      ),
    ).toBeGreaterThan(0.95);
    expect(found.labelledShare).toBeCloseTo(0.3, 1);
    expect(found.probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
    expect(() => findLookalikes(createFeatureTable([{ name: 'x', values: x }]), new Float64Array(4000), { seed: 1 })).toThrow(
      'a seed of 0',
    );
  });
});

describe('findSmallestChanges', () => {
  const { table, labels } = madeUpTable(1500, 2);

  it('of trees: crosses, and nothing nearer does', () => {
    const model = fitBoostedTrees(table, labels, { loss: 'log', seed: 1, maxTrees: 20, maxLeaves: 8 });
    const score = (values: ArrayLike<number>): number => scoreRow(model, values);
    const candidates = treeCandidates(model, [1, 1, 1, 1]);
    let found = 0;
    for (const at of [0, 1, 2, 3, 8]) {
      const row = tableRow(table, at);
      const changes = findSmallestChanges({ row, score, threshold: 0, candidates });
      found += changes.length;
      changes.forEach(({ column, from, to, score: after, distance }) => {
        expect(after >= 0).toBe(score(row) < 0);
        expect(score(row.with(column, to))).toBe(after);
        if (column === 2 || Number.isNaN(from)) return;
        for (const share of [0.2, 0.5, 0.9, 0.99]) expect(score(row.with(column, from + share * (to - from))) >= 0).toBe(score(row) >= 0);
        expect(distance).toBeCloseTo(Math.abs(to - from), 6);
      });
      expect(changes.map(({ distance }) => distance)).toEqual(changes.map(({ distance }) => distance).toSorted((a, b) => a - b));
    }
    expect(found).toBeGreaterThan(3);
  });

  it('of a linear model: lands on the threshold', () => {
    const model = fitLogistic(table, labels);
    const score = (values: ArrayLike<number>): number => {
      const { expected, contributions } = explainLogistic(model, values);
      return contributions.reduce((sum, part) => sum + part, expected);
    };
    const row = tableRow(table, 4);
    const candidates = logisticCandidates(model, row, [1, 1, 1, 1], 0.4 - score(row));
    const changes = findSmallestChanges({ row, score, threshold: 0.4, candidates });
    const ofNumbers = changes.filter(({ column }) => column !== 2);
    expect(ofNumbers.length).toBeGreaterThan(0);
    ofNumbers.forEach(({ score: after }) => expect(after).toBeCloseTo(0.4, 3));
  });
});
