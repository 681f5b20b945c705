import fc from 'fast-check';
import { createRandom } from '../random';
import { binOf, countBins, fitDistribution, populationStability, sharesOf, stabilityNoise } from './population-stability';

describe('populationStability', () => {
  it('gives the values of a worked example', () => {
    // geeksforgeeks.org, "Population Stability Index (PSI)": incomes of 2020 and 2021 in three bins, 0.0067 + 0.0091 + 0.0288.
    expect(populationStability([0.4, 0.3, 0.3], [0.35, 0.25, 0.4])).toBeCloseTo(0.00668 + 0.00912 + 0.02877, 4);
  });

  it('is 0 for the same shares, never negative, and the same both ways', () => {
    const someShares = fc.array(fc.nat(1_000), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(someShares, fc.infiniteStream(fc.nat(1_000)), (counts, more) => {
        const expected = sharesOf(counts);
        const actual = sharesOf(counts.map(() => more.next().value!));
        expect(populationStability(expected, expected)).toBe(0);
        expect(populationStability(expected, actual)).toBeGreaterThanOrEqual(0);
        expect(populationStability(actual, expected)).toBeCloseTo(populationStability(expected, actual), 12);
      }),
    );
  });

  it('stays below its noise for samples of the same population, and is above 0.25 for a shifted one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.integer({ min: 200, max: 5_000 }), (seed, rows) => {
        const random = createRandom(seed);
        const sample = (shift: number) => Array.from({ length: rows }, () => -Math.log(1 - random.uniform()) + shift);
        const { edges, shares } = fitDistribution(sample(0));
        const psi = (values: number[]) => populationStability(shares, sharesOf(countBins(values, edges)));
        const noise = stabilityNoise({ bins: shares.length, expectedRows: rows, actualRows: rows });
        expect(psi(sample(0))).toBeLessThan(noise);
        expect(psi(sample(1))).toBeGreaterThan(0.25);
      }),
      { numRuns: 100 },
    );
  });
});

describe('fitDistribution', () => {
  it('puts the same number into each bin where there are no ties', () => {
    const { edges, shares } = fitDistribution(Array.from({ length: 1_000 }, (_, i) => i));
    expect(edges).toEqual([99, 199, 299, 399, 499, 599, 699, 799, 899]);
    for (const share of shares) expect(share).toBeCloseTo(0.1, 12);
  });

  it('gives a value that is everywhere a bin of its own', () => {
    const { edges, shares } = fitDistribution([...new Array<number>(90).fill(0), ...new Array<number>(10).fill(0.5)]);
    expect(shares[binOf(edges, 0)]).toBeCloseTo(0.9, 12);
    expect(binOf(edges, -1)).toBe(0);
    expect(binOf(edges, 0.01)).toBeGreaterThan(binOf(edges, 0));
    expect(binOf(fitDistribution([7]).edges, 6.9)).toBe(0);
  });

  it('has shares that sum to 1 and edges that ascend', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(5), fc.double({ noNaN: true, min: -1e6, max: 1e6 })), { minLength: 1, maxLength: 200 }),
        (values) => {
          const { edges, shares } = fitDistribution(values);
          expect(shares).toHaveLength(edges.length + 1);
          expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
          for (let i = 1; i < edges.length; i++) expect(edges[i]!).toBeGreaterThan(edges[i - 1]!);
        },
      ),
    );
    expect(() => fitDistribution([])).toThrow(RangeError);
  });
});
