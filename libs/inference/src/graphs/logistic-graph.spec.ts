import fc from 'fast-check';
import { loadGraph } from '../../test/load-graph';
import { float32Matrix } from '../tensor';
import { buildHeadsGraph } from './heads-graph';
import { buildLogisticGraph, type LogisticGraphModel, type LogisticTerm } from './logistic-graph';

const COLUMNS = [{ name: 'age' }, { name: 'channel' }, { name: 'spend' }];
const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map(Math.fround);

const term: fc.Arbitrary<LogisticTerm> = fc
  .record({ place: fc.constantFrom(0, 2), kind: fc.constantFrom('number', 'log', 'category', 'missing'), code: fc.nat(2) })
  .chain(({ place, kind, code }) =>
    fc.record({ mean: finite(-2, 2), std: finite(0.25, 4) }).map((moments): LogisticTerm => {
      if (kind === 'category') return { column: 1, kind, code, ...moments };
      return { column: place, kind: kind as LogisticTerm['kind'], ...moments };
    }),
  );
const model: fc.Arbitrary<LogisticGraphModel> = fc.array(fc.tuple(term, finite(-2, 2)), { maxLength: 8 }).chain((terms) =>
  finite(-2, 2).map((intercept) => ({
    design: { columns: COLUMNS, terms: terms.map(([one]) => one) },
    intercept,
    weights: terms.map(([, weight]) => weight),
  })),
);
const number = fc.oneof(fc.constant(NaN), finite(-50, 50));
const row = fc.tuple(number, fc.oneof(fc.constant(NaN), fc.constantFrom(0, 1, 2)), number);

/** The documented formula. */
function scoreOf({ design, intercept, weights }: LogisticGraphModel, values: readonly number[]): number {
  return design.terms.reduce((sum, { column, kind, code, mean, std }, t) => {
    const x = values[column]!;
    if (Number.isNaN(x) && (kind === 'number' || kind === 'log')) return sum;
    const value = {
      number: x,
      log: Math.sign(x) * Math.log1p(Math.abs(x)),
      category: Number(x === code),
      missing: Number(Number.isNaN(x)),
    };
    return sum + (weights[t]! * (value[kind] - mean)) / std;
  }, intercept);
}

describe('buildLogisticGraph', () => {
  it('computes its formula, for missing values and categories too, and a batch of one as a batch of n', async () => {
    await fc.assert(
      fc.asyncProperty(model, fc.array(row, { minLength: 1, maxLength: 20 }), async (own, rows) => {
        const loaded = await loadGraph(buildLogisticGraph(own));
        const run = async (batch: number[][]) => {
          const { score, probability } = await loaded.run({ features: float32Matrix(batch, 3) });
          return { score: score!.data as Float32Array, probability: probability!.data as Float32Array };
        };
        const [together, alone] = [await run(rows), await run([rows[0]!])];
        await loaded.close();
        rows.forEach((values, at) => {
          const expected = scoreOf(own, values);
          const tolerance = 1e-5 * (1 + own.weights.reduce((sum, weight) => sum + Math.abs(weight) * 400, 0)) * 0.1;
          expect(Math.abs(together.score[at]! - expected)).toBeLessThan(tolerance);
          expect(Math.abs(together.probability[at]! - 1 / (1 + Math.exp(-expected)))).toBeLessThan(tolerance);
        });
        expect(Math.abs(alone.score[0]! - together.score[0]!)).toBeLessThan(1e-4);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses what makes no model', () => {
    const design = { columns: COLUMNS, terms: [{ column: 0, kind: 'number' as const, mean: 0, std: 0 }] };
    expect(() => buildLogisticGraph({ design, intercept: 0, weights: [1] })).toThrow('not above zero');
    expect(() => buildLogisticGraph({ design: { columns: [], terms: [] }, intercept: 0, weights: [] })).toThrow('at least one column');
  });
});

describe('buildHeadsGraph', () => {
  it('gives each head the score of its own model', async () => {
    const design = { columns: COLUMNS, terms: [{ column: 2, kind: 'number' as const, mean: 1, std: 2 }] };
    const tree = {
      column: [0, -1, -1],
      threshold: [3, 0, 0],
      members: [null, null, null],
      missingLeft: [true, false, false],
      left: [1, -1, -1],
      right: [2, -1, -1],
      value: [0, 10, 20],
    };
    const graph = buildHeadsGraph(3, [
      { name: 'linear', model: { kind: 'logistic', design, intercept: 1, weights: [4] } },
      { name: 'trees', model: { kind: 'trees', columns: COLUMNS, baseline: 0.5, trees: [tree], loss: 'squared' } },
      { name: 'more_trees', model: { kind: 'trees', columns: COLUMNS, baseline: -0.5, trees: [tree, tree], loss: 'squared' } },
    ]);
    const loaded = await loadGraph(graph);
    const rows = float32Matrix(
      [
        [1, 0, 5],
        [4, 0, NaN],
      ],
      3,
    );
    const outputs = await loaded.run({ features: rows });
    await loaded.close();
    const numbers = Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data as Float32Array)]));
    expect(numbers).toEqual({ linear: [9, 1], trees: [10.5, 20.5], more_trees: [19.5, 39.5] });
    expect(() => buildHeadsGraph(3, [])).toThrow('at least one head');
  });
});
