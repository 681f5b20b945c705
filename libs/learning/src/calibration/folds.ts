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
