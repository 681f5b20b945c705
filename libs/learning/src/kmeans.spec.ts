import fc from 'fast-check';
import golden from '../test/kmeans.golden.json';
import { chooseK } from './choose-k';
import { adjustedRandIndex, daviesBouldin, silhouette } from './cluster-quality';
import { labelStability, matchClusters, renumberClusters } from './cluster-matching';
import { assignClusters, fitKMeans } from './kmeans';
import { matrixFromRows, type Matrix } from './matrix';
import { fitMiniBatchKMeans } from './mini-batch-kmeans';
import { createRandom } from './random';

const table = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 6, max: 40 }))
  .chain(([columns, rows]) =>
    fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
  )
  .map((rows) => matrixFromRows(rows));

describe('k-means', () => {
  it('equals scikit-learn from the same centroids on the same 100,000 rows', () => {
    const { matrix, truth } = goldenTable();
    const initialCentroids = Float64Array.from(matrix.data.subarray(0, golden.k * golden.columns));
    const fit = fitKMeans(matrix, { k: golden.k, seed: 0, initialCentroids });
    golden.centroids.flat().forEach((value, at) => expect(Math.abs(value - fit.centroids[at]!)).toBeLessThan(1e-4));
    expect(fit.converged).toBe(true);
    expect(fit.inertia / golden.inertia).toBeCloseTo(1, 9);
    expect(fit.labels.reduce((sum, label) => Math.imul(sum ^ label, 16777619), 2166136261 | 0) >>> 0).toBe(golden.labelChecksum);
    expect(adjustedRandIndex(truth, fit.labels)).toBeCloseTo(golden.adjustedRandIndex, 9);
    expect(daviesBouldin(matrix, fit.labels, fit.centroids)).toBeCloseTo(golden.daviesBouldin, 6);
    const head = { ...matrix, rows: 2000, data: matrix.data.subarray(0, 2000 * matrix.columns) };
    expect(silhouette(head, fit.labels.subarray(0, 2000), { seed: 1 })).toBeCloseTo(golden.silhouetteOfFirst2000, 6);
  });

  it('never raises the inertia from one iteration to the next, and stops where no row moves', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 6 }), fc.integer(), (matrix, k, seed) => {
        let previous = Infinity;
        for (let maxIterations = 0; maxIterations < 8; maxIterations++) {
          const { inertia } = fitKMeans(matrix, { k, seed, starts: 1, maxIterations });
          expect(inertia).toBeLessThanOrEqual(previous + 1e-9);
          previous = inertia;
        }
        const fit = fitKMeans(matrix, { k, seed });
        expect(fit.converged).toBe(true);
        expect(assignClusters(matrix, fit.centroids).labels).toEqual(fit.labels);
        expect(fitKMeans(matrix, { k, seed, initialCentroids: fit.centroids }).labels).toEqual(fit.labels);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same clusters for a seed', () => {
    fc.assert(
      fc.property(table, fc.integer(), (matrix, seed) => {
        expect(fitKMeans(matrix, { k: 3, seed })).toEqual(fitKMeans(matrix, { k: 3, seed }));
        expect(fitMiniBatchKMeans(matrix, { k: 3, seed })).toEqual(fitMiniBatchKMeans(matrix, { k: 3, seed }));
      }),
      { numRuns: 30 },
    );
  });

  it('finds well-kept blobs with several starts, by mini-batches too, and their number by silhouette', () => {
    const { matrix, truth } = blobs(4000, 5, 11);
    const fit = fitKMeans(matrix, { k: 5, seed: 2 });
    expect(adjustedRandIndex(truth, fit.labels)).toBe(1);
    const quick = fitMiniBatchKMeans(matrix, { k: 5, seed: 2, batchSize: 256 });
    expect(adjustedRandIndex(truth, quick.labels)).toBe(1);
    expect(quick.inertia / fit.inertia).toBeLessThan(1.02);
    const chosen = chooseK(matrix, { minK: 2, maxK: 8, seed: 2, starts: 3, sampleSize: 1000 });
    expect(chosen.best.k).toBe(5);
    expect(chosen.tried.map(({ k }) => k)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  it('keeps every cluster alive when centroids coincide', () => {
    const matrix = matrixFromRows([[0], [0], [1], [5], [9]]);
    const fit = fitKMeans(matrix, { k: 3, seed: 1, initialCentroids: new Float64Array(3) });
    expect(new Set(fit.labels).size).toBe(3);
    expect(fit.converged).toBe(true);
  });

  it('keeps names across a cold refit by matching, and needs no matching after a warm start', () => {
    const [before, after] = [blobs(4000, 5, 11), blobs(4000, 5, 12)];
    const old = fitKMeans(before.matrix, { k: 5, seed: 1 });
    const frozen = assignClusters(after.matrix, old.centroids).labels;
    const warm = fitKMeans(after.matrix, { k: 5, seed: 2, initialCentroids: old.centroids });
    expect(labelStability(frozen, warm.labels)).toBeGreaterThan(0.999);
    const cold = fitKMeans(after.matrix, { k: 5, seed: 9 });
    const named = renumberClusters(cold, matchClusters(old.centroids, cold.centroids, 3));
    expect(labelStability(frozen, named.labels)).toBeGreaterThan(0.999);
    expect(assignClusters(after.matrix, named.centroids).labels).toEqual(named.labels);
  });

  it('refuses a k that the rows cannot fill, and centroids of another shape', () => {
    const matrix = matrixFromRows([[1], [2]]);
    for (const k of [0, 3, 1.5]) expect(() => fitKMeans(matrix, { k, seed: 1 })).toThrow(RangeError);
    expect(() => fitKMeans(matrix, { k: 2, seed: 1, initialCentroids: new Float64Array(3) })).toThrow(RangeError);
    expect(() => chooseK(matrix, { minK: 2, maxK: 5, seed: 1 })).toThrow(RangeError);
  });
});

describe('cluster quality', () => {
  it('agrees with hand-worked values', () => {
    const matrix = matrixFromRows([[0], [1], [10], [11]]);
    const labels = Int32Array.of(0, 0, 1, 1);
    expect(silhouette(matrix, labels, { seed: 1 })).toBeCloseTo((1 - 1 / 10.5 + (1 - 1 / 9.5)) / 2, 12);
    expect(daviesBouldin(matrix, labels, Float64Array.of(0.5, 10.5))).toBeCloseTo(0.1, 12);
    expect(silhouette(matrix, new Int32Array(4), { seed: 1 })).toBe(0);
  });

  it('adjusted Rand index: 1 whatever the numbering, symmetric, at most 1', () => {
    expect(adjustedRandIndex([0, 0, 1, 2], [0, 0, 1, 1])).toBeCloseTo(4 / 7, 12);
    expect(adjustedRandIndex([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(-0.5, 12);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 2 }), (pairs) => {
        const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
        expect(adjustedRandIndex(a, b)).toBeLessThanOrEqual(1 + 1e-12);
        expect(adjustedRandIndex(a, b)).toBeCloseTo(adjustedRandIndex(b, a), 12);
        expect(
          adjustedRandIndex(
            a,
            a.map((label) => 7 - label),
          ),
        ).toBeCloseTo(1, 12);
      }),
    );
  });
});

function blobs(rows: number, k: number, seed: number): { matrix: Matrix; truth: number[] } {
  const random = createRandom(seed);
  const truth = Array.from({ length: rows }, () => random.integer(k));
  const matrix = matrixFromRows(truth.map((blob) => [blob * 10, (blob % 2) * 10, blob === 3 ? 10 : 0].map((at) => at + random.normal())));
  return { matrix, truth };
}

/** The rows of test/kmeans_golden.py. */
function goldenTable(): { matrix: Matrix; truth: Int32Array } {
  const { rows, columns, k } = golden;
  let state = 7;
  const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const centres = Float64Array.from({ length: k * columns }, () => 4 * uniform());
  const data = new Float32Array(rows * columns);
  const truth = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    truth[row] = Math.floor(uniform() * k);
    for (let c = 0; c < columns; c++) {
      data[row * columns + c] = centres[truth[row]! * columns + c]! + (uniform() + uniform() + uniform() + uniform() - 2);
    }
  }
  return { matrix: { rows, columns, data }, truth };
}
