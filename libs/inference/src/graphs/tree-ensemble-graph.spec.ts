import fc from 'fast-check';
import { loadGraph } from '../../test/load-graph';
import { float32Matrix } from '../tensor';
import { buildTreeEnsembleGraph, type EnsembleTree, type TreeEnsembleModel } from './tree-ensemble-graph';

const COLUMNS = [{ name: 'age' }, { name: 'channel', categories: ['web', 'shop', 'phone'] }, { name: 'spend' }];

/** Random trees over the three columns, some of them a single leaf. */
const tree: fc.Arbitrary<EnsembleTree> = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })).map((numbers) => {
  const next = (): number => numbers.next().value;
  const out = {
    column: [] as number[],
    threshold: [] as number[],
    members: [] as (number[] | null)[],
    missingLeft: [] as boolean[],
    left: [] as number[],
    right: [] as number[],
    value: [] as number[],
  };
  const grow = (depth: number): number => {
    const node = out.column.length;
    const column = depth === 4 || next() < 0.2 ? -1 : Math.floor(next() * 3);
    out.column.push(column);
    out.threshold.push(column === 0 || column === 2 ? Math.fround(Math.round(next() * 8 - 4)) : 0);
    out.members.push(column === 1 ? [0, 1, 2].filter(() => next() < 0.5) : null);
    out.missingLeft.push(column >= 0 && next() < 0.5);
    out.value.push(column < 0 ? Math.fround(next() - 0.5) : 0);
    for (const side of [out.left, out.right]) side.push(-1);
    if (column >= 0) {
      out.left[node] = grow(depth + 1);
      out.right[node] = grow(depth + 1);
    }
    return node;
  };
  grow(0);
  return out;
});

const number = fc.oneof(fc.constant(NaN), fc.integer({ min: -5, max: 5 }), fc.double({ min: -5, max: 5, noNaN: true }).map(Math.fround));
const row = fc.tuple(number, fc.oneof(fc.constant(NaN), fc.constantFrom(0, 1, 2)), number);

function scoreOf({ trees, baseline }: TreeEnsembleModel, values: readonly number[]): number {
  return trees.reduce((sum, { column, members, missingLeft, threshold, left, right, value }) => {
    let node = 0;
    while (column[node]! >= 0) {
      const x = values[column[node]!]!;
      const isLeft = Number.isNaN(x) ? missingLeft[node]! : (members[node]?.includes(x) ?? x <= threshold[node]!);
      node = isLeft ? left[node]! : right[node]!;
    }
    return sum + value[node]!;
  }, baseline);
}

describe('buildTreeEnsembleGraph', () => {
  it('computes what the trees say, for missing values and categories too, and a batch of one as a batch of n', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { maxLength: 20 }), fc.array(row, { minLength: 1, maxLength: 20 }), async (trees, rows) => {
        const model: TreeEnsembleModel = { columns: COLUMNS, baseline: -0.25, trees, loss: 'log' };
        const loaded = await loadGraph(buildTreeEnsembleGraph(model));
        const run = async (batch: number[][]) => {
          const { score, probability } = await loaded.run({ features: float32Matrix(batch, 3) });
          return { score: score!.data as Float32Array, probability: probability!.data as Float32Array };
        };
        const together = await run(rows);
        const alone = await run([rows[0]!]);
        await loaded.close();
        rows.forEach((values, at) => {
          const expected = scoreOf(model, values);
          expect(Math.abs(together.score[at]! - expected)).toBeLessThan(2e-6);
          expect(Math.abs(together.probability[at]! - 1 / (1 + Math.exp(-expected)))).toBeLessThan(1e-6);
        });
        expect(alone.score[0]).toBe(together.score[0]);
      }),
      { numRuns: 60 },
    );
  });

  it('takes a code that it does not know as missing', async () => {
    const split: EnsembleTree = {
      column: [1, -1, -1],
      threshold: [0, 0, 0],
      members: [[0], null, null],
      missingLeft: [true, false, false],
      left: [1, -1, -1],
      right: [2, -1, -1],
      value: [0, 1, 2],
    };
    const loaded = await loadGraph(buildTreeEnsembleGraph({ columns: COLUMNS, baseline: 0, trees: [split], loss: 'squared' }));
    const { score } = await loaded.run({
      features: float32Matrix(
        [0, 1, NaN, -1, 3, 1e30].map((code) => [0, code, 0]),
        3,
      ),
    });
    await loaded.close();
    expect(Array.from(score!.data as Float32Array)).toEqual([1, 2, 1, 1, 1, 1]);
  });

  it('refuses what makes no model', () => {
    expect(() => buildTreeEnsembleGraph({ columns: [], baseline: 0, trees: [], loss: 'log' })).toThrow('at least one column');
    expect(() =>
      buildTreeEnsembleGraph({
        columns: COLUMNS,
        baseline: NaN,
        trees: [{ column: [-1], threshold: [0], members: [null], missingLeft: [false], left: [-1], right: [-1], value: [0] }],
        loss: 'log',
      }),
    ).toThrow('not finite');
  });
});
