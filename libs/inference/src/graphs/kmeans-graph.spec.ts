import fc from 'fast-check';
import { loadGraph } from '../../test/load-graph';
import { float32Matrix } from '../tensor';
import { buildKMeansGraph, decodeClusters, scaleRow, type KMeansModel } from './kmeans-graph';

const value = fc.oneof(fc.double({ min: -1e4, max: 1e4, noNaN: true }), fc.constantFrom(0, -0, 1e-6, 1e9)).map(Math.fround);

const cases = fc.integer({ min: 1, max: 6 }).chain((features) => {
  const tuple = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(arbitrary, { minLength: features, maxLength: features });
  const moderate = fc.double({ min: -5, max: 5, noNaN: true }).map(Math.fround);
  return fc.record({
    model: fc.record({
      columns: tuple(fc.record({ mean: moderate, std: fc.double({ min: 0.1, max: 10, noNaN: true }).map(Math.fround), log: fc.boolean() })),
      centroids: fc.array(tuple(moderate), { minLength: 2, maxLength: 7 }),
    }) satisfies fc.Arbitrary<KMeansModel>,
    rows: fc.array(tuple(value), { minLength: 1, maxLength: 20 }),
  });
});

const sum = (values: Iterable<number>): number => Array.from(values).reduce((total, next) => total + next, 0);

describe('buildKMeansGraph', () => {
  it('computes what its formulas say', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ model, rows }) => {
        const loaded = await loadGraph(buildKMeansGraph(model));
        const assignments = decodeClusters(await loaded.run({ features: float32Matrix(rows, model.columns.length) }));
        await loaded.close();
        assignments.forEach(({ cluster, runnerUp, distances, contributions }, row) => {
          const z = scaleRow(model.columns, rows[row]!);
          const summands = model.centroids.map((centroid) => Array.from(z, (coordinate, column) => (coordinate - centroid[column]!) ** 2));
          const expected = summands.map(sum);
          // float32 against double: scaled values stay below 5 + 5, so a summand stays below 100.
          const tolerance = 1e-3;
          expected.forEach((distance, index) => expect(Math.abs(distances[index]! - distance)).toBeLessThan(tolerance));
          expect(expected[cluster]! - Math.min(...expected)).toBeLessThan(tolerance);
          expect(distances[cluster]).toBe(Math.min(...distances));
          contributions.forEach((part, column) => {
            expect(Math.abs(part - (summands[runnerUp]![column]! - summands[cluster]![column]!))).toBeLessThan(tolerance);
          });
          expect(Math.abs(sum(contributions) - (distances[runnerUp]! - distances[cluster]!))).toBeLessThan(tolerance);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('gives a batch of one the row of a batch of n', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ model, rows }) => {
        const loaded = await loadGraph(buildKMeansGraph(model));
        const run = async (batch: number[][]) => decodeClusters(await loaded.run({ features: float32Matrix(batch, model.columns.length) }));
        const together = await run(rows);
        const alone = (await Promise.all(rows.map((row) => run([row])))).flat();
        await loaded.close();
        expect(alone).toEqual(together); // to the bit, so that a decision does not depend on where a batch was cut
      }),
      { numRuns: 200 },
    );
  });

  it('adds up a row in one order wherever it stands in a batch', async () => {
    // Found by the property above: with ReduceSum, row 1 took the other of two equal centroids when it came alone.
    const columns = Array.from({ length: 6 }, (_, i) => ({ mean: i === 2 ? -0.483625590801239 : 0, std: Math.fround(0.1), log: false }));
    const loaded = await loadGraph(buildKMeansGraph({ columns, centroids: [0, 1, 2].map(() => new Array<number>(6).fill(0)) }));
    const rows = [new Array<number>(6).fill(0), [-0.2376469373703003, 0, 0, 0, 0, 0.00009765625873114914], new Array<number>(6).fill(0)];
    const run = async (batch: number[][]) => decodeClusters(await loaded.run({ features: float32Matrix(batch, 6) }));
    const [together, alone] = [await run(rows), await run([rows[1]!])];
    await loaded.close();
    expect(alone[0]).toEqual(together[1]);
    expect(alone[0]!.cluster).toBe(0);
  });

  it('takes the lower cluster at a tie and clips outliers', async () => {
    const columns = [{ mean: 0, std: 1, log: false }];
    const loaded = await loadGraph(buildKMeansGraph({ columns, centroids: [[4], [1], [-1], [-1]] }));
    const assignments = decodeClusters(await loaded.run({ features: float32Matrix([[0], [-1], [1e30]], 1) }));
    await loaded.close();
    expect(assignments.map(({ cluster, runnerUp }) => [cluster, runnerUp])).toEqual([
      [1, 2],
      [2, 3],
      [0, 1],
    ]);
    expect(assignments[2]!.distances[0]).toBe(1);
  });

  it.each([
    [{ columns: [], centroids: [[], []] }, 'at least one column'],
    [{ columns: [{ mean: 0, std: 1, log: false }], centroids: [[1]] }, 'two centroids or more'],
    [{ columns: [{ mean: 0, std: 0, log: false }], centroids: [[1], [2]] }, 'column 0: mean 0, std 0'],
    [{ columns: [{ mean: 0, std: 1, log: false }], centroids: [[1], [2, 3]] }, 'centroid 1 has 2 values for 1 columns'],
    [{ columns: [{ mean: 0, std: 1, log: false }], centroids: [[1], [NaN]] }, 'centroid 1 has a value that is not finite'],
  ])('refuses numbers that make no model (%#)', (model, message) => {
    expect(() => buildKMeansGraph(model)).toThrow(message);
  });
});
