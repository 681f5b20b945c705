import { GraphBuilder, type OnnxGraph, type Value } from '../onnx/graph-builder';

/** One number of a linear model's design; the shape in which `@tradewind/learning` fits it. */
export interface LogisticTerm {
  readonly column: number;
  /** `log` is sign(x)·ln(1 + |x|); `category` is 1 for `code`, else 0; `missing` is 1 for a missing value, else 0. */
  readonly kind: 'number' | 'log' | 'category' | 'missing';
  readonly code?: number;
  readonly mean: number;
  /** Above 0. */
  readonly std: number;
}

export interface LogisticGraphModel {
  readonly design: { readonly columns: readonly { readonly name: string }[]; readonly terms: readonly LogisticTerm[] };
  readonly intercept: number;
  /** One a term. */
  readonly weights: readonly number[];
}

/**
 * Logistic regression as an ONNX graph.
 *
 * - `features` float32 [n, f]: raw; NaN is a missing value.
 * - `score` float32 [n]: intercept + Σ weight · (t(x) − mean) / std, numbers that are missing adding 0.
 * - `probability` float32 [n]: 1 / (1 + e^−score).
 *
 * Computed in float32: scores agree with double precision to about 1e-5.
 *
 * @throws RangeError when there is no column, a number is not finite, or a deviation is not above zero.
 */
export function buildLogisticGraph(model: LogisticGraphModel): OnnxGraph {
  const width = model.design.columns.length;
  if (width === 0) throw new RangeError('logistic regression needs at least one column');
  const g = new GraphBuilder('logistic');
  const score = addLogistic(g, g.input('features', 'float32', ['n', width]), model);
  g.output(score, 'score', 'float32', ['n']);
  g.output(g.op('Sigmoid', [score]), 'probability', 'float32', ['n']);
  return g.finish();
}

/** The score [n] of the model for `features` [n, f] inside another graph. @throws RangeError as `buildLogisticGraph`. */
export function addLogistic(g: GraphBuilder, features: Value, { design: { terms }, intercept, weights }: LogisticGraphModel): Value {
  const numbers = [intercept, ...weights, ...terms.flatMap(({ mean, std }) => [mean, std])];
  if (weights.length !== terms.length || !numbers.every(Number.isFinite) || terms.some(({ std }) => !(std > 0)))
    throw new RangeError('a weight, mean or deviation is missing, not finite or not above zero');
  // Without terms everyone has the intercept; a term of weight 0 keeps the shape [n].
  if (terms.length === 0) return addLogistic(g, features, { ...NOTHING, intercept });
  const raw = g.op('Gather', [features, g.ints(terms.map(({ column }) => column))], { axis: { int: 1 } }); // [n, terms]
  const isMissing = g.op('IsNaN', [raw]);
  const known = g.op('Where', [isMissing, g.floats(0), raw]);
  const value = chooseByKind(g, terms, known, isMissing);
  const centred = g.op('Sub', [value, g.floats(terms.map(({ mean }) => mean))]);
  const standardised = g.op('Div', [centred, g.floats(terms.map(({ std }) => std))]);
  const isGap = g.op('And', [isMissing, g.flags(terms.map(({ kind }) => kind === 'number' || kind === 'log'))]);
  const design = g.op('Where', [isGap, g.floats(0), standardised]);
  const product = g.op('MatMul', [design, g.matrix(Float32Array.from(weights), [weights.length, 1])]); // [n, 1]
  return g.op('Add', [g.op('Squeeze', [product, g.ints([1])]), g.floats(intercept)]);
}

const NOTHING: LogisticGraphModel = {
  design: { columns: [], terms: [{ column: 0, kind: 'missing', mean: 0, std: 1 }] },
  intercept: 0,
  weights: [0],
};

/** t(x) of each term [n, terms]. */
function chooseByKind(g: GraphBuilder, terms: readonly LogisticTerm[], known: Value, isMissing: Value): Value {
  const is = (wanted: LogisticTerm['kind']): Value => g.flags(terms.map(({ kind }) => kind === wanted));
  const size = g.op('Log', [g.op('Add', [g.op('Abs', [known]), g.floats(1)])]);
  const logged = g.op('Where', [is('log'), g.op('Mul', [g.op('Sign', [known]), size]), known]);
  const toFloat = (flag: Value): Value => g.op('Cast', [flag], { to: { int: 1 } });
  const isCode = g.op('And', [g.op('Equal', [known, g.floats(terms.map(({ code }) => code ?? -1))]), g.op('Not', [isMissing])]);
  const coded = g.op('Where', [is('category'), toFloat(isCode), logged]);
  return g.op('Where', [is('missing'), toFloat(isMissing), coded]);
}
