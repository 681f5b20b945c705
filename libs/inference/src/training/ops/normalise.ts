import { fixedShape, type Variable } from '../tape';
import { mul, scale, sub, toReal } from './elementwise';
import { reduceSum, toRows } from './layout';

/** e^x / Σ e^x over the last axis; dx = y ⊙ (dy − Σ dy ⊙ y) */
export function softmax(x: Variable): Variable {
  const rule = (dy: Variable, y: Variable): Variable => mul(y, sub(dy, reduceSum(mul(dy, y), [-1], { keep: true })));
  return x.tape.op('Softmax', [x], x.shape, [rule], { attributes: { axis: { int: -1 } } });
}

/** ln of the softmax over the last axis; dx = dy − e^y · Σ dy */
export function logSoftmax(x: Variable): Variable {
  const { tape } = x;
  const rule = (dy: Variable, y: Variable): Variable => sub(dy, mul(tape.op('Exp', [y], y.shape), reduceSum(dy, [-1], { keep: true })));
  return tape.op('LogSoftmax', [x], x.shape, [rule], { attributes: { axis: { int: -1 } } });
}

/**
 * gain ⊙ (x − mean) / √(variance + ε) + shift over the last axis (Ba et al. 2016, equation 4).
 * With x̂ the normalised x and g = dy ⊙ gain: dx = (g − mean(g) − x̂ ⊙ mean(g ⊙ x̂)) / √(variance + ε).
 */
export function layerNorm(x: Variable, gain: Variable, shift: Variable, epsilon = 1e-6): Variable {
  const { tape } = x;
  const attributes = { axis: { int: -1 }, epsilon: { float: epsilon } };
  const values = tape.graph.opMany('LayerNormalization', [x.value, gain.value, shift.value], ['y', 'mean', 'inverse'], attributes);
  const column = [...x.shape.slice(0, -1), 1];
  const y = tape.output(values.y, x.shape, [x, gain, shift]);
  tape.record([y], [x, gain, shift], ([dy]) => {
    // ONNX Runtime gives these two in float32 whatever x is.
    const [mean, inverse] = [values.mean, values.inverse].map((value) => toReal(tape.output(value, column, [])));
    const normalised = mul(sub(x, mean!), inverse!);
    const g = mul(dy!, gain);
    const rowMean = (values: Variable): Variable => scale(reduceSum(values, [-1], { keep: true }), 1 / fixedShape(gain)[0]!);
    const dx = mul(sub(sub(g, rowMean(g)), mul(normalised, rowMean(mul(g, normalised)))), inverse!);
    return [x.tracked ? dx : null, reduceSum(toRows(mul(dy!, normalised)), [0]), reduceSum(toRows(dy!), [0])];
  });
  return y;
}
