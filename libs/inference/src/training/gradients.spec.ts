import * as ort from 'onnxruntime-node';
import { gradientError, type GradientCheck } from '../../test/gradient-check';
import { GraphBuilder } from '../onnx/graph-builder';
import { uniformAt } from './counter-random';
import { add, compare, div, exp, gelu, log, mul, neg, relu, scale, sigmoid, softplus, sqrt, sub, tanh, where } from './ops/elementwise';
import { concat, reduceMean, reduceSum, reshape, slice, split, toRows, transpose, transposeLast } from './ops/layout';
import { gather, gatherDistinct, pick } from './ops/lookup';
import { layerNorm, logSoftmax, softmax } from './ops/normalise';
import { gemm, matMul } from './ops/products';
import { tableCrossEntropy } from './ops/table-cross-entropy';
import { Tape, type Variable } from './tape';
import { trainingSessionOptions } from './training-session';

type Case = Omit<GradientCheck, 'shapes'> & { readonly name: string; readonly shapes: readonly (readonly number[])[] };

const ids = (tape: Tape, ...values: number[]): Variable => {
  const data = Int32Array.from(values);
  const value = tape.graph.constant(`ids${values.length}`, { dtype: 'int32', shape: [data.length], data });
  return { tape, value, shape: [data.length], dtype: 'int32', tracked: false };
};
const one = (name: string, op: (x: Variable) => Variable, options: Partial<GradientCheck> = {}): Case => ({
  name,
  shapes: [[3, 4]],
  forward: (_, [x]) => op(x!),
  ...options,
});
const two = (name: string, op: (a: Variable, b: Variable) => Variable, shapes: readonly (readonly number[])[], options = {}): Case => ({
  name,
  shapes,
  forward: (_, [a, b]) => op(a!, b!),
  ...options,
});
const POSITIVE = { range: [0.5, 2] } as const;

const CASES: readonly Case[] = [
  two('add', add, [
    [3, 4],
    [3, 4],
  ]),
  two('add of a row', add, [[2, 3, 4], [4]]),
  two('add of a scalar', add, [[2, 3], []]),
  two('sub of a column', sub, [
    [3, 4],
    [3, 1],
  ]),
  two('mul', mul, [
    [3, 4],
    [3, 4],
  ]),
  two('mul of a column from the left', mul, [
    [3, 1],
    [2, 3, 4],
  ]),
  two('div', div, [[3, 4], [4]], POSITIVE),
  one('a variable used twice', (x) => mul(x, add(x, x))),
  one('neg', neg),
  one('scale', (x) => scale(x, -2.5)),
  one('exp', exp),
  one('log', log, POSITIVE),
  one('sqrt', sqrt, POSITIVE),
  one('relu', relu),
  one('sigmoid', sigmoid),
  one('tanh', tanh),
  one('softplus', softplus, { real: 'float32', range: [-4, 4] }),
  one('gelu', gelu, { real: 'float32' }),
  {
    name: 'where',
    shapes: [
      [3, 4],
      [3, 1],
    ],
    forward: (tape, [a, b]) => where(compare('Less', ids(tape, 0, 5, 1, 7), ids(tape, 3)), a!, b!),
  },
  two('matMul', matMul, [
    [2, 3],
    [3, 4],
  ]),
  two('matMul of a batch', matMul, [
    [2, 3, 4],
    [2, 4, 5],
  ]),
  two('matMul by one matrix', matMul, [
    [2, 3, 4],
    [4, 5],
  ]),
  two('matMul, the left one repeated', matMul, [
    [1, 2, 4],
    [3, 4, 2],
  ]),
  ...[false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) =>
      two(`gemm ${transposeA} ${transposeB}`, (a, b) => gemm(a, b, { transposeA, transposeB }), [
        transposeA ? [3, 2] : [2, 3],
        transposeB ? [4, 3] : [3, 4],
      ]),
    ),
  ),
  one('transpose', (x) => transpose(x, [2, 0, 1]), { shapes: [[2, 3, 4]] }),
  one('transposeLast', transposeLast, { shapes: [[2, 3, 4]] }),
  one('reshape', (x) => reshape(x, [2, 6])),
  one('toRows', toRows, { shapes: [[2, 3, 4]] }),
  one('slice', (x) => slice(x, 1, 1, 3)),
  one('slice of the front', (x) => slice(x, 0, 0, 2)),
  two('concat', (a, b) => concat([a, b, a], -1), [
    [3, 2],
    [3, 4],
  ]),
  one('split', (x) => {
    const [a, , c] = split(x, 1, [1, 2, 1]);
    return mul(a!, c!);
  }),
  one('reduceSum of rows', (x) => reduceSum(x, [0])),
  one('reduceSum, kept', (x) => mul(x, reduceSum(x, [-1], { keep: true }))),
  one('reduceSum of all', (x) => reduceSum(x, [0, 1])),
  one('reduceMean', (x) => mul(x, reduceMean(x, [-1], { keep: true }))),
  one('softmax', softmax),
  one('logSoftmax', logSoftmax, { range: [-5, 5] }),
  { name: 'layerNorm', shapes: [[2, 3, 5], [5], [5]], forward: (_, [x, gain, shift]) => layerNorm(x!, gain!, shift!) },
  { name: 'gather with repeats', shapes: [[4, 3]], forward: (tape, [table]) => gather(table!, ids(tape, 2, 0, 2, 2, 3)) },
  { name: 'gatherDistinct', shapes: [[4, 3]], forward: (tape, [x]) => gatherDistinct(x!, ids(tape, 2, 0)) },
  { name: 'pick', shapes: [[3, 4]], forward: (tape, [x]) => pick(x!, ids(tape, 1, 3, 1)) },
  {
    name: 'tableCrossEntropy',
    shapes: [
      [3, 4],
      [5, 4],
    ],
    range: [-2, 2],
    forward: (tape, [hidden, table]) =>
      scale(
        tableCrossEntropy({ hidden: hidden!, table: table!, targets: ids(tape, 4, 0, 4), weights: tape.constant([0.5, 0.2, 0.3], [3]) }),
        3,
      ),
  },
];

describe('gradients', () => {
  it.each(CASES)('$name is what differences give', async (check) => {
    expect(await gradientError(check)).toBeLessThan(check.real === 'float32' ? 5e-3 : 1e-6);
  });

  it('adds the gradients of repeated rows once each, on several threads, too', async () => {
    const [rows, width, count] = [50, 64, 8_000];
    const tape = new Tape(new GraphBuilder('repeats'));
    const table = tape.parameter('table', [rows, width]);
    const repeated = Array.from({ length: count }, (_, at) => Math.floor(rows * uniformAt(1, at) ** 3));
    const [gradient] = tape.gradients(reduceSum(gather(table, ids(tape, ...repeated)), [0, 1]), [table]);
    tape.graph.output(gradient!.value, 'gradient', 'float32', [rows, width]);
    const session = await ort.InferenceSession.create(tape.graph.finish().bytes, trainingSessionOptions(2));
    const feeds = { table: new ort.Tensor('float32', new Float32Array(rows * width), [rows, width]) };
    const sums = (await session.run(feeds))['gradient']!.data as Float32Array;
    const counts = Array.from({ length: rows }, (_, row) => repeated.filter((one) => one === row).length);
    const expected = Array.from({ length: rows * width }, (_, at) => counts[Math.floor(at / width)]!);
    expect(Array.from(sums)).toEqual(expected);
    await session.release();
  });

  it('refuses a loss with sizes, and a parameter that it does not depend on', () => {
    const tape = new Tape(new GraphBuilder('g'));
    const [a, b] = [tape.parameter('a', [2]), tape.parameter('b', [2])];
    expect(() => tape.gradients(a, [a])).toThrow('a loss is a scalar, got [2]');
    expect(() => tape.gradients(reduceSum(a, [0]), [b])).toThrow('the loss does not depend on b');
  });

  it('refuses shapes that do not fit', () => {
    const tape = new Tape(new GraphBuilder('g'));
    expect(() => add(tape.parameter('a', [2]), tape.parameter('b', [3]))).toThrow('[2] and [3] do not broadcast');
    expect(() => matMul(tape.parameter('c', [2, 3]), tape.parameter('d', [2, 3]))).toThrow('the inner sizes differ');
  });
});
