import { frontAxis, type Dimension, type Variable } from '../tape';
import { broadcast } from './elementwise';
import { reduceSum, reshape, toRows, transposeLast } from './layout';

/**
 * a·b of the last two axes; the axes before them broadcast. A matrix b is shared by all of a's rows, whose gradient is then one product
 * over the rows of the whole batch.
 */
export function matMul(a: Variable, b: Variable): Variable {
  const [inner, columns] = [a.shape.at(-1)!, b.shape.at(-1)!];
  if (inner !== b.shape.at(-2)) throw new Error(`[${a.shape.join(', ')}]·[${b.shape.join(', ')}]: the inner sizes differ`);
  const shape = [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)), a.shape.at(-2)!, columns];
  const gradientOfB = (dy: Variable): Variable =>
    b.shape.length === 2 ? gemm(toRows(a), toRows(dy), { transposeA: true }) : sumBatch(matMul(transposeLast(a), dy), b.shape);
  return a.tape.op('MatMul', [a, b], shape, [(dy) => sumBatch(matMul(dy, transposeLast(b)), a.shape), gradientOfB]);
}

export interface GemmOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** A·B of two matrices, each transposed on request (Gemm without its third term). */
export function gemm(a: Variable, b: Variable, { transposeA = false, transposeB = false }: GemmOptions = {}): Variable {
  const rows = a.shape[transposeA ? 1 : 0]!;
  const columns = b.shape[transposeB ? 0 : 1]!;
  const attributes = { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } };
  const ofA = (dy: Variable): Variable =>
    transposeA ? gemm(b, dy, { transposeA: transposeB, transposeB: true }) : gemm(dy, b, { transposeB: !transposeB });
  const ofB = (dy: Variable): Variable =>
    transposeB ? gemm(dy, a, { transposeA: true, transposeB: transposeA }) : gemm(a, dy, { transposeA: !transposeA });
  return a.tape.op('Gemm', [a, b], [rows, columns], [ofA, ofB], { attributes });
}

/** The gradient of broadcast axes before the last two. */
function sumBatch(gradient: Variable, shape: readonly Dimension[]): Variable {
  const lead = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((size, at) =>
    at < lead || (shape[at - lead] === 1 && size !== 1) ? [frontAxis(gradient.shape, at)] : [],
  );
  return axes.length === 0 ? gradient : reshape(reduceSum(gradient, axes, { keep: true }), shape);
}
