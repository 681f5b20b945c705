import type { FeatureTable } from './feature-table';

/** A binary tree as plain arrays, one entry a node, node 0 the root; JSON as it is. */
export interface Tree {
  /** The column that a node asks for; −1 at a leaf. */
  readonly column: readonly number[];
  /** Of a number: x ≤ threshold goes left. A float32 value. */
  readonly threshold: readonly number[];
  /** Of a category: the codes that go left; null for numbers and leaves. */
  readonly members: readonly (readonly number[] | null)[];
  /** Where a missing value, or an unknown category, goes. */
  readonly missingLeft: readonly boolean[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** What a leaf adds to the score, a float32 value; 0 elsewhere. */
  readonly value: readonly number[];
  /** Training rows that came through the node. */
  readonly cover: readonly number[];
}

/** Whether a value goes left at a node that is no leaf. */
export function goesLeft(tree: Tree, node: number, value: number): boolean {
  const members = tree.members[node]!;
  if (members === null) return Number.isNaN(value) ? tree.missingLeft[node]! : value <= tree.threshold[node]!;
  return members.includes(value) || (Number.isNaN(value) && tree.missingLeft[node]!);
}

/** What the tree adds for one row. */
export function treeValue(tree: Tree, row: ArrayLike<number>): number {
  let node = 0;
  for (let column = tree.column[0]!; column >= 0; column = tree.column[node]!) {
    node = goesLeft(tree, node, row[column]!) ? tree.left[node]! : tree.right[node]!;
  }
  return tree.value[node]!;
}

/** Adds what the tree gives to each row's score. */
export function addTreeValues(tree: Tree, { columns }: FeatureTable, scores: Float64Array): void {
  for (let row = 0; row < scores.length; row++) {
    let node = 0;
    for (let column = tree.column[0]!; column >= 0; column = tree.column[node]!) {
      node = goesLeft(tree, node, columns[column]!.values[row]!) ? tree.left[node]! : tree.right[node]!;
    }
    scores[row]! += tree.value[node]!;
  }
}
