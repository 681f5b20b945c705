import { fixedShape, type Dimension, type Variable } from '../tape';
import { reshape } from './layout';

/**
 * Rows of a matrix by int32 number: ids [...] → [..., d]. The gradient adds each row's share to its row, one after another
 * (ScatterElements): ScatterND with reduction "add", which is faster, loses shares of repeated rows when ONNX Runtime 1.30 runs it on
 * more than one thread (ADR 10).
 */
export function gather(table: Variable, ids: Variable): Variable {
  const { tape } = table;
  const [rows, width] = fixedShape(table);
  const shape = [...ids.shape, width!];
  const rule = (dy: Variable): Variable => {
    const flat = tape.op('Reshape', [ids, tape.ints([-1, 1])], ['ids', 1], [], { dtype: 'int32' });
    const shares = tape.op('Reshape', [dy, tape.ints([-1, width!])], ['ids', width!]);
    const index = tape.op('Expand', [flat, tape.ints([1, width!])], ['ids', width!], [], { dtype: 'int32' });
    return addInto(zeros(table, [rows!, width!]), index, shares, 0);
  };
  return tape.op('Gather', [table, ids], shape, [rule], { attributes: { axis: { int: 0 } } });
}

/** Rows of a matrix [n, d] by int32 number, none of them twice in `rows` [m] → [m, d]; so their gradients need no adding. */
export function gatherDistinct(x: Variable, rows: Variable): Variable {
  const { tape } = x;
  const [m, width] = [rows.shape[0]!, x.shape[1]!];
  const rule = (dy: Variable): Variable => {
    const index = tape.op('Cast', [tape.op('Reshape', [rows, tape.ints([-1, 1])], [m, 1], [], { dtype: 'int32' })], [m, 1], [], {
      attributes: { to: { int: 7 } },
      dtype: 'int64',
    });
    const zero = tape.op('Expand', [tape.scalar(0), tape.op('Shape', [x], [2], [], { dtype: 'int64' })], x.shape);
    return tape.op('ScatterND', [zero, index, dy], x.shape);
  };
  return tape.op('Gather', [x, rows], [m, width], [rule], { attributes: { axis: { int: 0 } } });
}

/** One column of each row by int32 number: x [m, n], columns [m] → [m]. */
export function pick(x: Variable, columns: Variable): Variable {
  const { tape } = x;
  const rows = x.shape[0]!;
  const index = tape.op('Reshape', [columns, tape.ints([-1, 1])], [rows, 1], [], { dtype: 'int32' });
  const rule = (dy: Variable): Variable => {
    const zero = tape.op('Expand', [tape.scalar(0), tape.op('Shape', [x], [2], [], { dtype: 'int64' })], x.shape);
    return addInto(zero, index, dy, 1);
  };
  const column = tape.op('GatherElements', [x, index], [rows, 1], [rule], { attributes: { axis: { int: 1 } } });
  return reshape(column, [rows]);
}

function addInto(target: Variable, index: Variable, shares: Variable, axis: number): Variable {
  const attributes = { axis: { int: axis }, reduction: { string: 'add' } };
  return target.tape.op('ScatterElements', [target, index, shares], target.shape, [], { attributes });
}

function zeros({ tape }: Variable, shape: readonly Dimension[]): Variable {
  return tape.op('Expand', [tape.scalar(0), tape.ints(shape.map(Number))], shape);
}
