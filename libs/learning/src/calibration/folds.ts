import { pickTableRows, type FeatureTable } from '../boosting/feature-table';
import { createRandom } from '../random';

/** The fold of each row, 0 … folds − 1; each fold has an equal share of each label, as far as numbers allow. */
export function stratifiedFolds(labels: ArrayLike<number>, folds: number, seed: number): Uint8Array {
  const rows = createRandom(seed).shuffle(Int32Array.from({ length: labels.length }, (_, row) => row));
  const next = new Map<number, number>();
  const fold = new Uint8Array(labels.length);
  for (const row of rows) {
    const at = next.get(labels[row]!) ?? 0;
    fold[row] = at;
    next.set(labels[row]!, (at + 1) % folds);
  }
  return fold;
}

/** Rows in and outside a fold, both rising. */
export function foldRows(fold: Uint8Array, held: number): { readonly train: Int32Array; readonly test: Int32Array } {
  const all = Int32Array.from({ length: fold.length }, (_, row) => row);
  return { train: all.filter((row) => fold[row] !== held), test: all.filter((row) => fold[row] === held) };
}

/** Rows that are scored by models which have not seen them. */
export interface FoldedRows {
  readonly table: FeatureTable;
  readonly targets: ArrayLike<number>;
  /** The fold of each row, 0 and up without gaps. */
  readonly fold: Uint8Array;
}

/** Each row's score from the model of the other folds; `fitAndScore` learns from the first two and scores the third. */
export function outOfFold(
  { table, targets, fold }: FoldedRows,
  fitAndScore: (train: FeatureTable, targets: Float64Array, held: FeatureTable) => Float64Array,
): Float64Array {
  const scores = new Float64Array(table.rows);
  const folds = fold.reduce((most, one) => Math.max(most, one + 1), 0);
  for (let held = 0; held < folds; held++) {
    const { train, test } = foldRows(fold, held);
    const learned = Float64Array.from(train, (row) => targets[row]!);
    const own = fitAndScore(pickTableRows(table, train), learned, pickTableRows(table, test));
    test.forEach((row, at) => (scores[row] = own[at]!));
  }
  return scores;
}
