import fc from 'fast-check';
import { matrixFromRows } from './matrix';
import { createRandom } from './random';
import { fitScaling, rescaleCentroids, scale } from './scaling';

describe('scaling', () => {
  it('gives every column mean 0 and spread 1, a constant one all zeros', () => {
    const random = createRandom(5);
    const matrix = matrixFromRows(Array.from({ length: 500 }, () => [random.normal() * 7 + 1000, Math.exp(2 * random.normal()), 42]));
    const scaling = fitScaling(matrix);
    expect(scaling.log1p).toEqual([false, true, false]);
    const scaled = scale(matrix, scaling);
    const again = fitScaling(scaled, { skewnessAbove: Infinity });
    for (const column of [0, 1]) {
      expect(again.mean[column]).toBeCloseTo(0, 4);
      expect(again.std[column]).toBeCloseTo(1, 4);
    }
    expect(scaled.data.filter((_, at) => at % 3 === 2).every((value) => value === 0)).toBe(true);
  });

  it('never takes the logarithm of a column with negative values, and reads later negatives as 0', () => {
    const skewed = [0, 1, 1, 2, 2, 3, 4, 50];
    expect(fitScaling(matrixFromRows(skewed.map((value) => [value - 1]))).log1p).toEqual([false]);
    const scaling = fitScaling(matrixFromRows(skewed.map((value) => [value])));
    expect(scaling.log1p).toEqual([true]);
    const [below, zero] = scale(matrixFromRows([[-3], [0]]), scaling).data;
    expect(below).toBe(zero);
  });

  it('moves centroids between scalings as it would move the rows', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { minLength: 4, maxLength: 20 }), (rows) => {
        const matrix = matrixFromRows(rows);
        const from = fitScaling(matrix);
        const to = { log1p: [false, true], mean: [3, 1], std: [2, 4] };
        const moved = rescaleCentroids(Float64Array.from(scale(matrix, from).data), from, to);
        scale(matrix, to).data.forEach((value, at) => expect(Math.abs(value - moved[at]!)).toBeLessThan(1e-3 * (1 + Math.abs(value))));
      }),
    );
  });

  it('refuses rows that are ragged or not finite, and a table without rows', () => {
    expect(() => matrixFromRows([[1, 2], [3]])).toThrow('row 1 has 1 columns');
    expect(() => matrixFromRows([[1], [Number.NaN]])).toThrow('row 1, column 0 is NaN');
    expect(() => fitScaling(matrixFromRows([]))).toThrow(RangeError);
  });
});
