import type { Dimension, Rule, Variable } from '../tape';
import { reduceSum, reshape } from './layout';

/** a + b, broadcast as ONNX does. */
export function add(a: Variable, b: Variable): Variable {
  return binary('Add', a, b, [(dy) => sumTo(dy, a.shape), (dy) => sumTo(dy, b.shape)]);
}

/** a − b */
export function sub(a: Variable, b: Variable): Variable {
  return binary('Sub', a, b, [(dy) => sumTo(dy, a.shape), (dy) => sumTo(neg(dy), b.shape)]);
}

/** a · b, element by element. */
export function mul(a: Variable, b: Variable): Variable {
  return binary('Mul', a, b, [(dy) => sumTo(mul(dy, b), a.shape), (dy) => sumTo(mul(dy, a), b.shape)]);
}

/** a / b; d/db = −y/b */
export function div(a: Variable, b: Variable): Variable {
  return binary('Div', a, b, [(dy) => sumTo(div(dy, b), a.shape), (dy, y) => sumTo(neg(div(mul(dy, y), b)), b.shape)]);
}

export function neg(x: Variable): Variable {
  return unary('Neg', x, (dy) => neg(dy));
}

/** x · factor */
export function scale(x: Variable, factor: number): Variable {
  return mul(x, x.tape.scalar(factor));
}

export function exp(x: Variable): Variable {
  return unary('Exp', x, (dy, y) => mul(dy, y));
}

export function log(x: Variable): Variable {
  return unary('Log', x, (dy) => div(dy, x));
}

export function sqrt(x: Variable): Variable {
  return unary('Sqrt', x, (dy, y) => scale(div(dy, y), 0.5));
}

/** max(x, 0); the gradient at 0 is 0. */
export function relu(x: Variable): Variable {
  return unary('Relu', x, (dy, y) => mul(dy, sign(y)));
}

/** 1 / (1 + e^−x) */
export function sigmoid(x: Variable): Variable {
  return unary('Sigmoid', x, (dy, y) => mul(dy, mul(y, oneMinus(y))));
}

export function tanh(x: Variable): Variable {
  return unary('Tanh', x, (dy, y) => mul(dy, oneMinus(mul(y, y))));
}

/** ln(1 + e^x) without overflow; the derivative is the sigmoid. */
export function softplus(x: Variable): Variable {
  return unary('Softplus', x, (dy) => mul(dy, sigmoid(x)));
}

/** x·Φ(x) with the normal distribution's Φ (Hendrycks and Gimpel 2016, §2), exact by the error function, which ONNX Runtime has in float32 only. */
export function gelu(x: Variable): Variable {
  const { tape } = x;
  const erf = tape.op('Erf', [scale(x, Math.SQRT1_2)], x.shape, [
    (dy) => mul(dy, scale(exp(neg(scale(mul(x, x), 0.5))), 2 / Math.sqrt(Math.PI))),
  ]);
  return mul(x, scale(add(erf, tape.scalar(1)), 0.5));
}

/** `condition ? a : b` element by element. */
export function where(condition: Variable, a: Variable, b: Variable): Variable {
  const { tape } = condition;
  const shape = broadcast(broadcast(condition.shape, a.shape), b.shape);
  const zero = (): Variable => tape.scalar(0);
  return tape.op('Where', [condition, a, b], shape, [
    null,
    (dy) => sumTo(where(condition, dy, zero()), a.shape),
    (dy) => sumTo(where(condition, zero(), dy), b.shape),
  ]);
}

/** 1 where the comparison holds of two whole-number tensors; no gradient. */
export function compare(type: 'Equal' | 'Less' | 'Greater', a: Variable, b: Variable): Variable {
  return a.tape.op(type, [a, b], broadcast(a.shape, b.shape), [], { dtype: 'bool' });
}

/** Conditions as 0 and 1, or numbers of another type, in what the tape computes in; no gradient. */
export function toReal(x: Variable): Variable {
  return x.tape.op('Cast', [x], x.shape, [], { attributes: { to: { int: x.tape.real === 'float32' ? 1 : 11 } } });
}

/** The shape of two tensors together, by ONNX's rules. @throws Error when they do not fit */
export function broadcast(a: readonly Dimension[], b: readonly Dimension[]): Dimension[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, at) => {
    const [x, y] = [a[at - rank + a.length] ?? 1, b[at - rank + b.length] ?? 1];
    if (x !== y && x !== 1 && y !== 1) throw new Error(`[${a.join(', ')}] and [${b.join(', ')}] do not broadcast`);
    return x === 1 ? y : x;
  });
}

function unary(type: string, x: Variable, rule: Rule): Variable {
  return x.tape.op(type, [x], x.shape, [rule]);
}

function binary(type: string, a: Variable, b: Variable, rules: readonly Rule[]): Variable {
  return a.tape.op(type, [a, b], broadcast(a.shape, b.shape), rules);
}

function oneMinus(x: Variable): Variable {
  return sub(x.tape.scalar(1), x);
}

/** 1 above 0, 0 at 0; `y` is never below. */
function sign(y: Variable): Variable {
  return y.tape.op('Sign', [y], y.shape);
}

/** The gradient of a broadcast: what was repeated is summed. */
function sumTo(dy: Variable, shape: readonly Dimension[]): Variable {
  const lead = dy.shape.length - shape.length;
  const axes = dy.shape.flatMap((size, at) => (at < lead || (shape[at - lead] === 1 && size !== 1) ? [at] : []));
  if (axes.length === 0) return dy;
  const summed = reduceSum(dy, axes, { keep: true });
  return lead === 0 ? summed : reshape(summed, shape);
}
