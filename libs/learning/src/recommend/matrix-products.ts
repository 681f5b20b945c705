import { invertPositiveDefinite, type ProgressListener } from '../positive-definite';

export type Floats = Float32Array | Float64Array;

export interface ProductShape {
  /** Rows of the result, columns of the result, and the length of the sums. */
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** Whether `a` lies as inner × rows, `b` as columns × inner. @default false */
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** Where large matrix products are computed: ONNX Runtime in the apps (`createMatrixProducts` of inference), plain loops here. */
export interface MatrixProducts {
  /** A·B, row-major, of the operands' own type; the operands stay as they are. */
  multiply<T extends Floats>(a: T, b: T, shape: ProductShape): Promise<T>;
}

/** Products in plain TypeScript: about 1 GFLOPS. For tests and small matrices. */
export const PLAIN_PRODUCTS: MatrixProducts = {
  multiply: <T extends Floats>(a: T, b: T, { rows, columns, inner, transposeA = false, transposeB = false }: ProductShape) => {
    const result = newFloats(a, rows * columns);
    const [rowStep, innerStepA] = transposeA ? [1, rows] : [inner, 1];
    const [innerStepB, columnStep] = transposeB ? [1, inner] : [columns, 1];
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < inner; k++) {
        const factor = a[i * rowStep + k * innerStepA]!;
        if (factor === 0) continue;
        for (let j = 0; j < columns; j++) result[i * columns + j]! += factor * b[k * innerStepB + j * columnStep]!;
      }
    }
    return Promise.resolve(result);
  },
};

/** Below this a matrix is inverted by `invertPositiveDefinite`. */
const LEAF = 640;

/**
 * The inverse of a symmetric positive definite n × n matrix, in place, by halves (Schur complement; Golub and Van Loan, 4th ed., §3.2.11):
 * with A = [A₁₁ A₁₂; A₂₁ A₂₂], R = A₁₁⁻¹, X = R·A₁₂, S = A₂₂ − A₂₁·X, Y = X·S⁻¹: A⁻¹ = [R + Y·Xᵀ, −Y; −Yᵀ, S⁻¹]. Four thirds of n³ flops,
 * all but the leaves in `products`; up to 2.5 times the matrix in memory. Float32 keeps about 7 − log₁₀(condition) digits.
 * @throws RangeError when the matrix is not positive definite
 */
export async function invertByHalves<T extends Floats>(
  a: T,
  n: number,
  products: MatrixProducts,
  onProgress?: ProgressListener,
): Promise<void> {
  let done = 0;
  const count = (size: number): void => onProgress?.(Math.min(1, (done += size ** 3 / n ** 3)));
  await invert(a, n, products, count);
  onProgress?.(1);
}

async function invert<T extends Floats>(a: T, n: number, products: MatrixProducts, count: (size: number) => void): Promise<void> {
  if (n <= LEAF) {
    const leaf = Float64Array.from(a);
    invertPositiveDefinite(leaf, n);
    a.set(leaf);
    count(n);
    return;
  }
  const head = n >>> 1;
  const tail = n - head;
  const r = readBlock(a, n, { row: 0, column: 0, rows: head, columns: head });
  await invert(r, head, products, count);
  const corner = readBlock(a, n, { row: 0, column: head, rows: head, columns: tail });
  const x = await products.multiply(r, corner, { rows: head, columns: tail, inner: head });
  const s = readBlock(a, n, { row: head, column: head, rows: tail, columns: tail });
  const lost = await products.multiply(corner, x, { rows: tail, columns: tail, inner: head, transposeA: true });
  for (let at = 0; at < s.length; at++) s[at]! -= lost[at]!;
  symmetrise(s, tail);
  await invert(s, tail, products, count);
  writeBlock(a, n, s, { row: head, column: head, rows: tail, columns: tail });
  const y = await products.multiply(x, s, { rows: head, columns: tail, inner: tail });
  const gained = await products.multiply(y, x, { rows: head, columns: head, inner: tail, transposeB: true });
  for (let at = 0; at < r.length; at++) r[at]! += gained[at]!;
  writeBlock(a, n, r, { row: 0, column: 0, rows: head, columns: head });
  for (let i = 0; i < head; i++) {
    for (let j = 0; j < tail; j++) a[i * n + head + j] = a[(head + j) * n + i] = -y[i * tail + j]!;
  }
  count(n / 1.3);
}

interface Block {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

function readBlock<T extends Floats>(a: T, n: number, { row, column, rows, columns }: Block): T {
  const block = newFloats(a, rows * columns);
  for (let i = 0; i < rows; i++) block.set(a.subarray((row + i) * n + column, (row + i) * n + column + columns), i * columns);
  return block;
}

function writeBlock<T extends Floats>(a: T, n: number, block: T, { row, column, rows, columns }: Block): void {
  for (let i = 0; i < rows; i++) a.set(block.subarray(i * columns, (i + 1) * columns), (row + i) * n + column);
}

/** Rounding of a product leaves two halves that differ in the last digit. */
function symmetrise(a: Floats, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) a[i * n + j] = a[j * n + i] = (a[i * n + j]! + a[j * n + i]!) / 2;
  }
}

function newFloats<T extends Floats>(like: T, length: number): T {
  return (like instanceof Float64Array ? new Float64Array(length) : new Float32Array(length)) as T;
}
