import type { SparseMatrix } from './interactions';
import { gramMatrix, type ItemItemMatrix } from './item-item';
import { invertPositiveDefinite, type ProgressListener } from './positive-definite';

export interface EaseOptions {
  /** L2 penalty λ > 0, in units of squared entries of X: for 0/1 data comparable to users of an item. @default 100 */
  readonly lambda?: number;
  readonly onProgress?: ProgressListener;
}

/**
 * EASEᴿ (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW '19, eq. 8): the B that minimises
 * ‖X − X·B‖² + λ‖B‖² with a zero diagonal. With P = (XᵀX + λI)⁻¹, B_ij = −P_ij / P_jj for i ≠ j.
 * Takes n³ flops and 12 bytes · n² for n items.
 */
export function fitEase(x: SparseMatrix, options: EaseOptions = {}): ItemItemMatrix {
  return easeFromGram(gramMatrix(x), x.columns, options);
}

/** The same from G = XᵀX (n × n), or from a weighted sum of such matrices; spoils `gram`. @throws RangeError when λ ≤ 0. */
export function easeFromGram(gram: Float64Array, n: number, { lambda = 100, onProgress }: EaseOptions = {}): ItemItemMatrix {
  if (!(lambda > 0)) throw new RangeError(`lambda must be above 0, not ${lambda}`);
  for (let i = 0; i < n; i++) gram[i * n + i]! += lambda;
  invertPositiveDefinite(gram, n, onProgress);
  const negativeDiagonal = Float64Array.from({ length: n }, (_, j) => -gram[j * n + j]!);
  const data = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) data[i * n + j] = gram[i * n + j]! / negativeDiagonal[j]!;
    data[i * n + i] = 0;
  }
  return { items: n, data };
}
