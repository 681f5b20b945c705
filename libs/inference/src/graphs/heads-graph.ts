import { GraphBuilder, type OnnxGraph } from '../onnx/graph-builder';
import { addLogistic, type LogisticGraphModel } from './logistic-graph';
import { addTreeEnsemble, type TreeEnsembleModel } from './tree-ensemble-graph';

/** One answer of a graph with several: a model of its own over the same features. */
export interface GraphHead {
  /** Of the output. */
  readonly name: string;
  readonly model: ({ readonly kind: 'logistic' } & LogisticGraphModel) | ({ readonly kind: 'trees' } & TreeEnsembleModel);
}

/**
 * Several models of the same features in one file, so that they are released together.
 *
 * - `features` float32 [n, f]: raw; NaN is a missing value.
 * - one output float32 [n] a head, under its name: the head's score (log-odds where it is a probability's).
 *
 * @throws RangeError when there is no head or a model is not valid.
 */
export function buildHeadsGraph(columns: number, heads: readonly GraphHead[]): OnnxGraph {
  if (heads.length === 0) throw new RangeError('a graph needs at least one head');
  const g = new GraphBuilder('heads');
  const features = g.input('features', 'float32', ['n', columns]);
  for (const { name, model } of heads) {
    const score = model.kind === 'logistic' ? addLogistic(g, features, model) : addTreeEnsemble(g, features, model);
    g.output(score, name, 'float32', ['n']);
  }
  return g.finish({ domains: { 'ai.onnx.ml': 3 } });
}
