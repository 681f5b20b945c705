import type { BoostedTrees } from './boosted-trees';
import { goesLeft, type Tree } from './tree';

/** Why a score is what it is: score = expected + Σ contributions. */
export interface Contributions {
  /** The mean score of the training rows. */
  readonly expected: number;
  /** One a column, in units of the score (log-odds of the log loss). */
  readonly contributions: Float64Array;
}

/**
 * Exact Shapley values of one row, path-dependent: what is not known of a row follows the training rows (TreeSHAP, Lundberg et al. 2020,
 * "From local explanations to global understanding with explainable AI for trees", Algorithm 2). They sum to the score but for rounding.
 */
export function explainRow(model: BoostedTrees, row: ArrayLike<number>): Contributions {
  const contributions = new Float64Array(model.columns.length);
  let expected = model.baseline;
  for (const tree of model.trees) {
    expected += expectedValue(tree, 0);
    walk({ tree, row, contributions }, 0, emptyPath(), { zero: 1, one: 1, column: -1 });
  }
  return { expected, contributions };
}

/** Mean size of each column's contribution over some rows, a value a column: what the model leans on. */
export function meanContributions(model: BoostedTrees, rows: readonly ArrayLike<number>[]): Float64Array {
  const sums = new Float64Array(model.columns.length);
  for (const row of rows) explainRow(model, row).contributions.forEach((value, column) => (sums[column]! += Math.abs(value)));
  return sums.map((sum) => sum / Math.max(1, rows.length));
}

interface Explained {
  readonly tree: Tree;
  readonly row: ArrayLike<number>;
  readonly contributions: Float64Array;
}

/** Share of the training rows that take this branch while the column is unknown (zero), and whether the row takes it (one: 0 or 1). */
interface Branch {
  readonly zero: number;
  readonly one: number;
  readonly column: number;
}

/** The columns asked on the way to a node, each once, and for each number of known ones the weight of the sets with that many. */
interface Path {
  readonly column: number[];
  readonly zero: number[];
  readonly one: number[];
  readonly weight: number[];
}

function emptyPath(): Path {
  return { column: [], zero: [], one: [], weight: [] };
}

function walk(explained: Explained, node: number, parent: Path, branch: Branch): void {
  const { tree, row } = explained;
  const path = extended(parent, branch);
  const column = tree.column[node]!;
  if (column < 0) {
    credit(explained, path, tree.value[node]!);
    return;
  }
  const isLeft = goesLeft(tree, node, row[column]!);
  const [hot, cold] = isLeft ? [tree.left[node]!, tree.right[node]!] : [tree.right[node]!, tree.left[node]!];
  const asked = path.column.indexOf(column);
  const [zero, one] = asked < 0 ? [1, 1] : [path.zero[asked]!, path.one[asked]!];
  if (asked >= 0) unwind(path, asked);
  const share = (child: number): number => (zero * tree.cover[child]!) / tree.cover[node]!;
  walk(explained, hot, path, { zero: share(hot), one, column });
  walk(explained, cold, path, { zero: share(cold), one: 0, column });
}

function credit({ contributions }: Explained, path: Path, value: number): void {
  for (let at = 1; at < path.column.length; at++) {
    contributions[path.column[at]!]! += unwoundSum(path, at) * (path.one[at]! - path.zero[at]!) * value;
  }
}

/** A copy with one more column (EXTEND). */
function extended(path: Path, { zero, one, column }: Branch): Path {
  const depth = path.column.length;
  const weight = [...path.weight, depth === 0 ? 1 : 0];
  for (let at = depth - 1; at >= 0; at--) {
    weight[at + 1]! += (one * weight[at]! * (at + 1)) / (depth + 1);
    weight[at] = (zero * weight[at]! * (depth - at)) / (depth + 1);
  }
  return { column: [...path.column, column], zero: [...path.zero, zero], one: [...path.one, one], weight };
}

/** Takes the column at this place out again (UNWIND). */
function unwind(path: Path, place: number): void {
  const depth = path.column.length - 1;
  const [zero, one] = [path.zero[place]!, path.one[place]!];
  let next = path.weight[depth]!;
  for (let at = depth - 1; at >= 0; at--) {
    if (one === 0) {
      path.weight[at] = (path.weight[at]! * (depth + 1)) / (zero * (depth - at));
      continue;
    }
    const kept = path.weight[at]!;
    path.weight[at] = (next * (depth + 1)) / ((at + 1) * one);
    next = kept - (path.weight[at]! * zero * (depth - at)) / (depth + 1);
  }
  path.weight.pop();
  for (const values of [path.column, path.zero, path.one]) values.splice(place, 1);
}

/** The sum of the weights that `unwind` would leave. */
function unwoundSum({ zero: zeros, one: ones, weight }: Path, place: number): number {
  const depth = weight.length - 1;
  const [zero, one] = [zeros[place]!, ones[place]!];
  let next = weight[depth]!;
  let total = 0;
  for (let at = depth - 1; at >= 0; at--) {
    if (one === 0) {
      total += (weight[at]! * (depth + 1)) / (zero * (depth - at));
      continue;
    }
    const unwound = (next * (depth + 1)) / ((at + 1) * one);
    total += unwound;
    next = weight[at]! - (unwound * zero * (depth - at)) / (depth + 1);
  }
  return total;
}

function expectedValue(tree: Tree, node: number): number {
  if (tree.column[node]! < 0) return tree.value[node]!;
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  return (tree.cover[left]! * expectedValue(tree, left) + tree.cover[right]! * expectedValue(tree, right)) / tree.cover[node]!;
}
