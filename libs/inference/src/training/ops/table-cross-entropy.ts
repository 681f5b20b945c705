import { fixedShape, type Variable } from '../tape';
import { gemm } from './products';

export interface TableCrossEntropy {
  /** [m, d] */
  readonly hidden: Variable;
  /** [V, d] */
  readonly table: Variable;
  /** int32 [m]: the right row of the table for each row of `hidden`. */
  readonly targets: Variable;
  /** [m] */
  readonly weights: Variable;
}

/** Keeps the logarithm of a probability of zero finite; the gradient is exact all the same. */
const LEAST_PROBABILITY = 1e-30;

/**
 * −Σ_m weights[m] · ln softmax(hidden·tableᵀ)[m, targets[m]]: cross-entropy over every row of a table, a scalar. With G = softmax − one-hot
 * the gradients are weights ⊙ (G·table) and Gᵀ·(weights ⊙ hidden). One operator instead of four, because [m, V] is by far the largest
 * tensor of a model that ranks a catalogue, and each further pass over it costs as much as the attention.
 */
export function tableCrossEntropy({ hidden, table, targets, weights }: TableCrossEntropy): Variable {
  const { tape } = hidden;
  const [rows, items] = [hidden.shape[0]!, fixedShape(table)[0]!];
  const op = tape.op.bind(tape);
  const probabilities = op('Softmax', [gemm(hidden, table, { transposeB: true })], [rows, items]);
  const index = op('Reshape', [targets, tape.ints([-1, 1])], [rows, 1], [], { dtype: 'int32' });
  const right = op('GatherElements', [probabilities, index], [rows, 1], [], { attributes: { axis: { int: 1 } } });
  const logs = op('Log', [op('Max', [right, tape.scalar(LEAST_PROBABILITY)], [rows, 1])], [rows, 1]);
  const column = op('Reshape', [weights, tape.ints([-1, 1])], [rows, 1]);
  const total = op('ReduceSum', [op('Mul', [logs, column], [rows, 1])], [], [], { attributes: { keepdims: { int: 0 } } });
  const loss = tape.output(op('Neg', [total], []).value, [], [hidden, table]);
  tape.record([loss], [hidden, table], ([dy]) => {
    const less = op('Sub', [right, tape.scalar(1)], [rows, 1]);
    const excess = op('ScatterElements', [probabilities, index, less], [rows, items], [], { attributes: { axis: { int: 1 } } });
    const share = op('Mul', [column, dy!], [rows, 1]);
    return [
      op('Mul', [gemm(excess, table), share], hidden.shape),
      gemm(excess, op('Mul', [hidden, share], hidden.shape), { transposeA: true }),
    ];
  });
  return loss;
}
