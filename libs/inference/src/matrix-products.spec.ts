import { createMatrixProducts } from './matrix-products';

/** Column-free definition of the product, for comparison. */
function naive(a: readonly number[][], b: readonly number[][]): number[] {
  return a.flatMap((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
}

const transposed = (matrix: readonly number[][]): number[][] => matrix[0]!.map((_, j) => matrix.map((row) => row[j]!));

describe('createMatrixProducts', () => {
  const [rows, inner, columns] = [3, 5, 4];
  const a = Array.from({ length: rows }, (_, i) => Array.from({ length: inner }, (__, k) => i - 2 * k + 0.5));
  const b = Array.from({ length: inner }, (_, k) => Array.from({ length: columns }, (__, j) => (k * j) / 4 - 1));

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('multiplies, transposed %s and %s, in both precisions', async (transposeA, transposeB) => {
    const products = createMatrixProducts();
    const [left, right] = [(transposeA ? transposed(a) : a).flat(), (transposeB ? transposed(b) : b).flat()];
    const shape = { rows, columns, inner, transposeA, transposeB };
    const wide = await products.multiply(Float64Array.from(left), Float64Array.from(right), shape);
    const narrow = await products.multiply(Float32Array.from(left), Float32Array.from(right), shape);
    await products.close();
    expect(wide).toBeInstanceOf(Float64Array);
    expect(narrow).toBeInstanceOf(Float32Array);
    naive(a, b).forEach((value, at) => {
      expect(wide[at]).toBeCloseTo(value, 12);
      expect(narrow[at]).toBeCloseTo(value, 5);
    });
  });
});
