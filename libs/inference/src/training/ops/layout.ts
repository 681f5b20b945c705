import { fixedShape, frontAxis, type Dimension, type Variable } from '../tape';

/** The same numbers in row-major order under another shape; at most one size may be free, besides those that keep their place. */
export function reshape(x: Variable, shape: readonly Dimension[]): Variable {
  const free = shape.filter((size, at) => typeof size === 'string' && x.shape[at] !== size);
  if (free.length > 1) throw new Error(`[${shape.join(', ')}] has more than one free size that moves`);
  const target = shape.map((size, at) => (typeof size === 'number' ? size : x.shape[at] === size ? 0 : -1));
  return x.tape.op('Reshape', [x, x.tape.ints(target)], shape, [(dy) => reshape(dy, x.shape)]);
}

/** Everything but the last axis as rows: [..., d] → [rows, d]. */
export function toRows(x: Variable): Variable {
  const lead = x.shape.slice(0, -1);
  const rows = lead.every((size) => typeof size === 'number') ? lead.reduce<number>((product, size) => product * Number(size), 1) : 'rows';
  const last = x.shape.at(-1)!;
  if (x.shape.length === 2) return x;
  const target = x.tape.ints([-1, Number(last)]);
  return x.tape.op('Reshape', [x, target], [rows, last], [(dy) => reshape(dy, x.shape)]);
}

/** Axis `at` of the result is axis `permutation[at]` of x. */
export function transpose(x: Variable, permutation: readonly number[]): Variable {
  const inverse = permutation.map((_, at) => permutation.indexOf(at));
  const shape = permutation.map((from) => x.shape[from]!);
  return x.tape.op('Transpose', [x], shape, [(dy) => transpose(dy, inverse)], { attributes: { perm: { ints: permutation } } });
}

/** The last two axes exchanged. */
export function transposeLast(x: Variable): Variable {
  const rank = x.shape.length;
  return transpose(x, [...Array.from({ length: rank - 2 }, (_, at) => at), rank - 1, rank - 2]);
}

/** Places `from` up to, not with, `to` of a fixed axis. */
export function slice(x: Variable, axis: number, from: number, to: number): Variable {
  const { tape } = x;
  const at = frontAxis(x.shape, axis);
  const size = x.shape[at]!;
  const shape = x.shape.map((old, place) => (place === at ? to - from : old));
  const rule = (dy: Variable): Variable => {
    const ends = (amount: number): number[] => x.shape.map((_, place) => (place === at ? amount : 0));
    return tape.op('Pad', [dy, tape.ints([...ends(from), ...ends(Number(size) - to)])], x.shape);
  };
  return tape.op('Slice', [x, tape.ints([from]), tape.ints([to]), tape.ints([at])], shape, [rule]);
}

/** One after another along a fixed axis. */
export function concat(parts: readonly Variable[], axis: number): Variable {
  const { tape, shape: first } = parts[0]!;
  const at = frontAxis(first, axis);
  const sizes = parts.map((part) => Number(part.shape[at]));
  const shape = first.map((old, place) => (place === at ? sizes.reduce((sum, size) => sum + size, 0) : old));
  const value = tape.graph.op(
    'Concat',
    parts.map((part) => part.value),
    { axis: { int: at } },
  );
  const y = tape.output(value, shape, parts);
  tape.record([y], parts, ([dy]) => split(dy!, at, sizes));
  return y;
}

/** Parts of the given sizes along a fixed axis; the gradient is put together once, however many parts there are. */
export function split(x: Variable, axis: number, sizes: readonly number[]): Variable[] {
  const { tape } = x;
  const at = frontAxis(x.shape, axis);
  const names = sizes.map((_, part) => `part_${part}`);
  const values = Object.values(tape.graph.opMany('Split', [x.value, tape.ints(sizes).value], names, { axis: { int: at } }));
  const shapes = sizes.map((size) => x.shape.map((old, place) => (place === at ? size : old)));
  const parts = values.map((value, part) => tape.output(value, shapes[part]!, [x]));
  const zeros = (shape: readonly Dimension[]): Variable =>
    tape.op('Expand', [tape.scalar(0), tape.ints(fixedShape({ shape, value: x.value }))], shape);
  tape.record(parts, [x], (dys) => [
    concat(
      dys.map((dy, part) => dy ?? zeros(shapes[part]!)),
      at,
    ),
  ]);
  return parts;
}

/** Sum over `axes`, which stay as size 1 with `keep`. */
export function reduceSum(x: Variable, axes: readonly number[], { keep = false } = {}): Variable {
  const { tape } = x;
  const fronts = axes.map((axis) => frontAxis(x.shape, axis));
  const kept = x.shape.map((size, at) => (fronts.includes(at) ? 1 : size));
  const shape = keep ? kept : x.shape.filter((_, at) => !fronts.includes(at));
  const rule = (dy: Variable): Variable => {
    const column = keep ? dy : tape.op('Reshape', [dy, tape.ints(keptTarget(kept))], kept);
    return tape.op('Expand', [column, tape.op('Shape', [x], [x.shape.length], [], { dtype: 'int64' })], x.shape);
  };
  return tape.op('ReduceSum', [x, tape.ints(fronts)], shape, [rule], { attributes: { keepdims: { int: Number(keep) } } });
}

/** Mean over fixed `axes`, which stay as size 1 with `keep`. */
export function reduceMean(x: Variable, axes: readonly number[], options: { readonly keep?: boolean } = {}): Variable {
  const { tape } = x;
  const count = axes.reduce((product, axis) => product * fixedShape(x)[frontAxis(x.shape, axis)]!, 1);
  const sum = reduceSum(x, axes, options);
  const factor = tape.scalar(1 / count);
  return tape.op('Mul', [sum, factor], sum.shape, [(dy) => tape.op('Mul', [dy, factor], sum.shape)]);
}

function keptTarget(kept: readonly Dimension[]): number[] {
  return kept.map((size) => (typeof size === 'string' ? -1 : size));
}
