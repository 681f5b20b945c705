import { madeUpTable } from '../../test/made-up-table';
import { fitBoostedTrees, scoreRow, type BoostedTrees } from './boosted-trees';
import { tableRow } from './feature-table';
import { goesLeft, type Tree } from './tree';
import { explainRow } from './tree-shap';

const { table, labels } = madeUpTable(2000, 9);
const model = fitBoostedTrees(table, labels, { loss: 'log', seed: 1, maxTrees: 15, maxLeaves: 12 });

/** The tree's mean over the training rows where only the columns of `known` are known (Lundberg et al. 2020, Algorithm 1). */
function expectedOf(tree: Tree, row: ArrayLike<number>, known: ReadonlySet<number>, node = 0): number {
  const column = tree.column[node]!;
  if (column < 0) return tree.value[node]!;
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  if (known.has(column)) return expectedOf(tree, row, known, goesLeft(tree, node, row[column]!) ? left : right);
  const of = (child: number): number => (tree.cover[child]! / tree.cover[node]!) * expectedOf(tree, row, known, child);
  return of(left) + of(right);
}

/** Shapley's formula over all sets of columns. */
function shapley({ columns, trees }: BoostedTrees, row: ArrayLike<number>, column: number): number {
  const others = columns.map((_, c) => c).filter((c) => c !== column);
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  let sum = 0;
  for (let bits = 0; bits < 2 ** others.length; bits++) {
    const known = others.filter((_, at) => bits & (1 << at));
    const weight = (factorial(known.length) * factorial(others.length - known.length)) / factorial(columns.length);
    const gained = (tree: Tree): number => expectedOf(tree, row, new Set([...known, column])) - expectedOf(tree, row, new Set(known));
    sum += weight * trees.reduce((total, tree) => total + gained(tree), 0);
  }
  return sum;
}

describe('explainRow', () => {
  it('gives the Shapley values of the formula over all sets of columns', () => {
    for (const row of [0, 1, 2, 3, 4]) {
      const values = tableRow(table, row);
      const { contributions } = explainRow(model, values);
      contributions.forEach((part, column) => expect(part).toBeCloseTo(shapley(model, values, column), 10));
    }
  });

  it('sums to the score', () => {
    for (let row = 0; row < 200; row++) {
      const values = tableRow(table, row);
      const { expected, contributions } = explainRow(model, values);
      expect(contributions.reduce((sum, part) => sum + part, expected)).toBeCloseTo(scoreRow(model, values), 10);
    }
  });
});
