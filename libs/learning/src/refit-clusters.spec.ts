import fc from 'fast-check';
import { assignClusters, fitKMeans } from './kmeans';
import { matrixFromRows, type Matrix } from './matrix';
import { createRandom } from './random';
import { refitClusters } from './refit-clusters';

/** Four clouds at the corners of a square, `apart` deviations from each other. */
function clouds(seed: number, apart: number, moved = 0): Matrix {
  const random = createRandom(seed);
  return matrixFromRows(
    Array.from({ length: 400 }, (_, i) => [(i % 2) * apart + moved + random.normal(), (Math.floor(i / 2) % 2) * apart + random.normal()]),
  );
}

describe('refitClusters', () => {
  const seeds = fc.integer({ min: 1, max: 1e6 });

  it('keeps the live clusters when the rows are the same', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const rows = clouds(seed, 8);
        const live = fitKMeans(rows, { k: 4, seed, starts: 3 });
        const { accepted, clustering } = refitClusters(rows, live.centroids, { seed });
        expect(accepted).toBe(false);
        expect(clustering.labels).toEqual(live.labels);
      }),
      { numRuns: 20 },
    );
  });

  it('follows clusters that moved, each under its number, and is never worse than the live ones', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const live = fitKMeans(clouds(seed, 8), { k: 4, seed, starts: 3 });
        const rows = clouds(seed + 1, 8, 2);
        const { accepted, clustering } = refitClusters(rows, live.centroids, { seed });
        expect(accepted).toBe(true);
        expect(clustering.inertia).toBeLessThanOrEqual(assignClusters(rows, live.centroids).inertia);
        for (let c = 0; c < 4; c++) {
          expect(clustering.centroids[2 * c]! - live.centroids[2 * c]!).toBeCloseTo(2, 0);
          expect(clustering.centroids[2 * c + 1]! - live.centroids[2 * c + 1]!).toBeCloseTo(0, 0);
        }
      }),
      { numRuns: 20 },
    );
  });
});
