import type { SparseMatrix } from './interactions';
import { gramMatrix, type ItemItemMatrix } from './item-item';

export interface ItemKnnOptions {
  /** Most similar items kept for each item of a history. @default 50 */
  readonly neighbours?: number;
  /** Added to the denominator, so that pairs seen by few users count less. @default 10 */
  readonly shrinkage?: number;
  /** Share a of the history item's norm in the denominator, 0–1; 0.5 is the cosine. @default 0.5 */
  readonly asymmetry?: number;
}

/**
 * Item–item cosine neighbours (Deshpande and Karypis 2004, ACM TOIS 22(1), §4) with shrinkage (Bell and Koren 2007) and the
 * asymmetric cosine of Aiolli 2013 (RecSys '13, eq. 2): s_ij = G_ij / (G_ii^a · G_jj^(1−a) + shrinkage), G = XᵀX.
 */
export function fitItemKnn(x: SparseMatrix, options: ItemKnnOptions = {}): ItemItemMatrix {
  return itemKnnFromGram(gramMatrix(x), x.columns, options);
}

/** The same from G = XᵀX (n × n), which it leaves as it was. */
export function itemKnnFromGram(gram: Float64Array, n: number, options: ItemKnnOptions = {}): ItemItemMatrix {
  const { neighbours = 50, shrinkage = 10, asymmetry = 0.5 } = options;
  const fromNorm = Float64Array.from({ length: n }, (_, i) => gram[i * n + i]! ** asymmetry);
  const toNorm = Float64Array.from({ length: n }, (_, j) => gram[j * n + j]! ** (1 - asymmetry));
  const data = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = data.subarray(i * n, (i + 1) * n);
    for (let j = 0; j < n; j++) {
      const met = gram[i * n + j]!;
      row[j] = met === 0 || i === j ? 0 : met / (fromNorm[i]! * toNorm[j]! + shrinkage);
    }
    keepLargest(row, neighbours);
  }
  return { items: n, data };
}

/** Sets all but the `count` largest values to 0; of equal ones the first stay. */
function keepLargest(row: Float32Array, count: number): void {
  if (row.length <= count) return;
  const least = row.toSorted()[row.length - count]!;
  let above = 0;
  for (const value of row) if (value > least) above++;
  let ties = count - above;
  for (let j = 0; j < row.length; j++) if (row[j]! < least || (row[j] === least && ties-- <= 0)) row[j] = 0;
}
