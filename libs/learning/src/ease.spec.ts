import fc from 'fast-check';
import { fitEase } from './ease';
import type { SparseMatrix } from './interactions';
import { fitItemKnn } from './item-knn';
import { gramMatrix, mergeItemItem, scaleTargets } from './item-item';
import { invertPositiveDefinite } from './positive-definite';
import { createRandom } from './random';

const rowsOfItems = fc
  .integer({ min: 1, max: 8 })
  .chain((items) => fc.array(fc.array(fc.boolean(), { minLength: items, maxLength: items }), { minLength: 1, maxLength: 12 }));

describe('invertPositiveDefinite', () => {
  it.each([1, 2, 3, 95, 96, 97, 200, 301])('times the matrix is the identity: %i rows', (n) => {
    const random = createRandom(n);
    const a = gramOf(Float64Array.from({ length: n * n }, random.normal), n);
    for (let i = 0; i < n; i++) a[i * n + i]! += 1;
    const inverse = a.slice();
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) inverse[i * n + j] = Number.NaN; // the upper triangle is not read
    const heard: number[] = [];
    invertPositiveDefinite(inverse, n, (fraction) => heard.push(fraction));
    let worst = 0;
    let asymmetric = false;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = i === j ? -1 : 0;
        for (let k = 0; k < n; k++) sum += inverse[i * n + k]! * a[k * n + j]!;
        worst = Math.max(worst, Math.abs(sum));
        asymmetric ||= inverse[i * n + j] !== inverse[j * n + i];
      }
    }
    expect(worst).toBeLessThan(1e-9);
    expect(asymmetric).toBe(false);
    expect(heard).toEqual(heard.toSorted((x, y) => x - y));
    expect(heard.at(-1)).toBe(1);
  });

  it('refuses a matrix that is not positive definite, or not square', () => {
    expect(() => invertPositiveDefinite(Float64Array.of(1, 2, 2, 1), 2)).toThrow('not positive definite');
    expect(() => invertPositiveDefinite(Float64Array.of(Number.NaN), 1)).toThrow('not positive definite');
    expect(() => invertPositiveDefinite(new Float64Array(3), 2)).toThrow(RangeError);
  });
});

describe('EASE', () => {
  it('has a zero diagonal and equals the formula computed naively', () => {
    fc.assert(
      fc.property(rowsOfItems, fc.double({ min: 0.1, max: 50, noNaN: true }), (rows, lambda) => {
        const x = sparse(rows);
        const { items, data } = fitEase(x, { lambda });
        const expected = naiveEase(rows, lambda);
        for (let i = 0; i < items; i++) expect(data[i * items + i]).toBe(0);
        expected.forEach((value, at) => expect(data[at]).toBeCloseTo(value, 5));
      }),
    );
  });

  it('is the minimum of its own loss: no change of an entry off the diagonal lowers it', () => {
    const rows = [[1, 1, 0, 1], [1, 0, 1, 0], [0, 1, 1, 0], [1, 1, 0, 0]].map((row) => row.map(Boolean)); // prettier-ignore
    const lambda = 0.7;
    const b = Float64Array.from(fitEase(sparse(rows), { lambda }).data);
    const least = loss(rows, b, lambda);
    for (let at = 0; at < b.length; at++) {
      if (at % 5 === 0) continue;
      for (const step of [-1e-3, 1e-3]) expect(loss(rows, b.with(at, b[at]! + step), lambda)).toBeGreaterThan(least);
    }
  });

  it('refuses a penalty that is not above 0', () => {
    expect(() => fitEase(sparse([[true]]), { lambda: 0 })).toThrow('lambda must be above 0');
  });
});

describe('item–item matrices', () => {
  it('kNN is the shrunk cosine, keeps the nearest and no diagonal', () => {
    const x = sparse([[true, true, false], [true, true, true], [true, false, false]]); // prettier-ignore
    const all = fitItemKnn(x, { shrinkage: 0 });
    expect(all.data[1]).toBeCloseTo(2 / Math.sqrt(6), 6);
    expect(all.data[2]).toBeCloseTo(1 / Math.sqrt(3), 6);
    expect([all.data[0], all.data[4], all.data[8]]).toEqual([0, 0, 0]);
    expect([...fitItemKnn(x, { shrinkage: 0, neighbours: 1 }).data.subarray(0, 3)].map(Math.sign)).toEqual([0, 1, 0]);
    expect(fitItemKnn(x, { shrinkage: 1 }).data[1]).toBeCloseTo(2 / (Math.sqrt(6) + 1), 6);
  });

  it('merges as a weighted sum, and scales columns', () => {
    const a = { items: 2, data: Float32Array.of(0, 1, 2, 0) };
    const merged = mergeItemItem([
      { matrix: a, weight: 2 },
      { matrix: scaleTargets(a, [10, 100]), weight: 1 },
    ]);
    expect([...merged.data]).toEqual([0, 102, 24, 0]);
  });

  it('the Gram matrix is XᵀX', () => {
    fc.assert(
      fc.property(rowsOfItems, (rows) => {
        const dense = Float64Array.from(rows.flat(), Number);
        expect(gramMatrix(sparse(rows))).toEqual(gramOf(dense, rows[0]!.length));
      }),
    );
  });
});

function sparse(rows: readonly (readonly boolean[])[]): SparseMatrix {
  const taken = rows.map((row) => row.flatMap((has, item) => (has ? [item] : [])));
  const offsets = Int32Array.from([0, ...taken.map((_, row) => taken.slice(0, row + 1).flat().length)]);
  const indices = Int32Array.from(taken.flat());
  return { rows: rows.length, columns: rows[0]!.length, offsets, indices, values: new Float32Array(indices.length).fill(1) };
}

function gramOf(dense: Float64Array, columns: number): Float64Array {
  const gram = new Float64Array(columns * columns);
  for (let row = 0; row < dense.length; row += columns) {
    for (let i = 0; i < columns; i++) for (let j = 0; j < columns; j++) gram[i * columns + j]! += dense[row + i]! * dense[row + j]!;
  }
  return gram;
}

/** Gauss–Jordan on [G + λI | I], then −P_ij / P_jj. */
function naiveEase(rows: readonly (readonly boolean[])[], lambda: number): number[] {
  const n = rows[0]!.length;
  const gram = gramOf(Float64Array.from(rows.flat(), Number), n);
  const work = Array.from({ length: n }, (_, i) => [
    ...Array.from({ length: n }, (__, j) => gram[i * n + j]! + (i === j ? lambda : 0)),
    ...Array.from({ length: n }, (__, j) => (i === j ? 1 : 0)),
  ]);
  for (let pivot = 0; pivot < n; pivot++) {
    const divisor = work[pivot]![pivot]!;
    work[pivot] = work[pivot]!.map((value) => value / divisor);
    for (let row = 0; row < n; row++) {
      const factor = work[row]![pivot]!;
      if (row !== pivot) work[row] = work[row]!.map((value, at) => value - factor * work[pivot]![at]!);
    }
  }
  return work.flatMap((row, i) => row.slice(n).map((value, j) => (i === j ? 0 : -value / work[j]![n + j]!)));
}

function loss(rows: readonly (readonly boolean[])[], b: Float64Array, lambda: number): number {
  const n = rows[0]!.length;
  const penalty = lambda * b.reduce((sum, value) => sum + value * value, 0);
  return rows.reduce((total, row) => {
    const errors = row.map((has, j) => Number(has) - row.reduce((sum, own, i) => sum + (own ? b[i * n + j]! : 0), 0));
    return total + errors.reduce((sum, error) => sum + error * error, 0);
  }, penalty);
}
