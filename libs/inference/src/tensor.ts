import type { Tensor, TensorSpec } from './model';

/** Number of values of a shape; 1 for a scalar's empty shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Rows of equal length as one float32 tensor [rows, columns]. @throws RangeError when a row has another length. */
export function float32Matrix(rows: readonly ArrayLike<number>[], columns: number): Tensor {
  const data = new Float32Array(rows.length * columns);
  rows.forEach((row, index) => {
    if (row.length !== columns) throw new RangeError(`row ${index} has ${row.length} values, expected ${columns}`);
    data.set(row, index * columns);
  });
  return { dtype: 'float32', shape: [rows.length, columns], data };
}

/** What tensor data looks like in messages: `float32 [n, 8]`. */
export function describeTensor(dtype: string, shape: readonly (number | string)[]): string {
  return `${dtype} [${shape.map((size) => (size === '' ? '?' : size)).join(', ')}]`;
}

/**
 * Why `tensors` are not what `specs` promise, or `null` when they are: each named tensor present, none else, right type and rank,
 * fixed sizes equal, data as long as the shape says, and a free dimension the same size wherever its name stands. Sizes of free
 * dimensions are read from and added to `sizes`, so that outputs can be checked against inputs.
 */
export function findMisfit(
  specs: readonly TensorSpec[],
  tensors: Readonly<Record<string, Tensor>>,
  sizes: Map<string, number>,
): string | null {
  for (const spec of specs) {
    const tensor = tensors[spec.name];
    const misfit = tensor === undefined ? 'is missing' : findTensorMisfit(spec, tensor, sizes);
    if (misfit !== null) return `${spec.name} ${misfit}`;
  }
  if (Object.keys(tensors).length === specs.length) return null;
  const known = new Set(specs.map((spec) => spec.name));
  const extra = Object.keys(tensors).find((name) => !known.has(name));
  return `${extra} is not in the manifest`;
}

function findTensorMisfit(spec: TensorSpec, tensor: Tensor, sizes: Map<string, number>): string | null {
  const expected = describeTensor(spec.dtype, spec.shape);
  const actual = describeTensor(tensor.dtype, tensor.shape);
  if (tensor.dtype !== spec.dtype || tensor.shape.length !== spec.shape.length) return `must be ${expected}, got ${actual}`;
  for (const [axis, promised] of spec.shape.entries()) {
    const size = tensor.shape[axis]!;
    const required = typeof promised === 'number' ? promised : (sizes.get(promised) ?? size);
    if (size !== required) {
      const free = typeof promised === 'string' ? ` where ${promised} is ${required}` : '';
      return `must be ${expected}${free}, got ${actual}`;
    }
    if (typeof promised === 'string') sizes.set(promised, size);
  }
  if (tensor.data.length !== elementCount(tensor.shape)) return `is ${actual} but holds ${tensor.data.length} values`;
  return null;
}
