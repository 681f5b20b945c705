import { GraphBuilder, type OnnxGraph } from '../onnx/graph-builder';
import type { AdamSettings } from '../training/adam';
import { gatherDistinct } from '../training/ops/lookup';
import { reshape } from '../training/ops/layout';
import { gemm } from '../training/ops/products';
import type { ParameterValues } from '../training/parameters';
import { Tape, type Variable } from '../training/tape';
import { buildTrainingGraph, type TrainingGraph } from '../training/training-graph';
import { createRecurrentNetwork, type RecurrentSettings } from './recurrent-network';
import { createSelfAttentionNetwork, type SelfAttentionSettings } from './self-attention-network';
import { sequenceLoss, type SequenceLoss } from './sequence-loss';
import type { SequenceNetwork } from './sequence-network';

/** Which network, and its sizes. */
export type SequenceNetworkSettings = SelfAttentionSettings | RecurrentSettings;

export interface SequenceTrainingSettings {
  readonly itemCount: number;
  readonly network: SequenceNetworkSettings;
  readonly loss: SequenceLoss;
  /** Sequences in a step. @default 128 */
  readonly batchSize?: number;
  /** @default 0.2 */
  readonly dropoutRate?: number;
  readonly adam?: AdamSettings;
}

/** The network of some settings. @throws RangeError on sizes that do not fit */
export function createSequenceNetwork(itemCount: number, settings: SequenceNetworkSettings): SequenceNetwork {
  return settings.kind === 'recurrent' ? createRecurrentNetwork(itemCount, settings) : createSelfAttentionNetwork(itemCount, settings);
}

/** The most items that a network of these settings looks back at. */
export function longestSequence({ kind, maxLength }: SequenceNetworkSettings): number {
  return maxLength ?? (kind === 'recurrent' ? 20 : 50);
}

/**
 * One training step of a sequence model. Beside `sequenceLoss`'s inputs: `items` int32 [batch, L], padded on the right with −1, and `places`
 * int32 [m], which of the batch · L places predict something, each once.
 */
export function buildSequenceTrainingGraph(settings: SequenceTrainingSettings): TrainingGraph {
  const { itemCount, network: sizes, loss, batchSize = 128, dropoutRate = 0.2, adam } = settings;
  const network = createSequenceNetwork(itemCount, sizes);
  const length = longestSequence(sizes);
  return buildTrainingGraph({
    name: 'sequence_training',
    parameters: network.parameters,
    dropoutRate,
    ...(adam && { adam }),
    loss({ tape, parameters, dropout }) {
      const items = tape.input('items', [batchSize, length], 'int32');
      const places = tape.input('places', ['m'], 'int32');
      const states = network.states({ tape, parameters, items }, dropout);
      const rows = reshape(states, [batchSize * length, states.shape[2]!]);
      return sequenceLoss({ tape, hidden: gatherDistinct(rows, places), table: parameters['item_vectors']! }, loss);
    },
  });
}

/** Scores with weights that are fed, for validation between steps: `items` int32 [n, L] and every parameter → `scores` [n, itemCount]. */
export function buildSequenceScoringGraph(itemCount: number, sizes: SequenceNetworkSettings): OnnxGraph {
  const network = createSequenceNetwork(itemCount, sizes);
  const tape = new Tape(new GraphBuilder('sequence_scoring'));
  const parameters = Object.fromEntries(network.parameters.map(({ name, shape }) => [name, tape.input(name, shape)]));
  const items = tape.input('items', ['n', 'L'], 'int32');
  const scores = gemm(network.last({ tape, parameters, items }), parameters['item_vectors']!, { transposeB: true });
  tape.graph.output(scores.value, 'scores', 'float32', ['n', itemCount]);
  return tape.graph.finish();
}

export interface SequenceModel {
  /** Items of the catalogue; the input's and output's numbers are 0 … itemCount − 1. */
  readonly itemCount: number;
  /** Number in the model of each item of the catalogue, −1 for items that it has not learned. @default all, in order */
  readonly modelItems?: Int32Array;
  readonly network: SequenceNetworkSettings;
  readonly values: ParameterValues;
}

/**
 * What serves, with the weights inside.
 * - `history` int64 [n, L]: sequences, oldest item first, padded on the right with −1; L is at most the network's length, and each row holds
 *   at least one item that the model has learned. Other items must be left out.
 * - `scores` float32 [n, itemCount]: logits of the next item; −∞ for items that the model has not learned.
 * @throws RangeError when no item was learned
 */
export function buildSequenceGraph(model: SequenceModel): OnnxGraph {
  const scores = servingScores(model);
  scores.tape.graph.output(scores.value, 'scores', 'float32', ['n', model.itemCount]);
  return scores.tape.graph.finish();
}

/**
 * The best items instead of all scores; inputs as in `buildSequenceGraph`, and
 * - `exclude` int64 [n, E]: items that must not be listed, padded with −1. What a sequence holds may be listed: people return to items.
 * - `k` int64 [1]: length of the list, 1 or more; at most itemCount items are listed.
 *
 * Outputs, best first, the lower item at a tie: `items` int64 [n, k], `scores` float32 [n, k]. Excluded items and those that the model has
 * not learned score −∞; they fill the end of a list that has too few others.
 * @throws RangeError when no item was learned
 */
export function buildSequenceRankerGraph(model: SequenceModel): OnnxGraph {
  const scores = servingScores(model);
  const { graph } = scores.tape;
  const exclude = graph.input('exclude', 'int64', ['n', 'E']);
  const k = graph.op('Min', [graph.input('k', 'int64', [1]), graph.ints([model.itemCount])]);
  // Column itemCount takes the padding: −1 is the last index.
  const widened = graph.op('Pad', [scores.value, graph.ints([0, 0, 0, 1]), graph.floats(-Infinity)]);
  const never = graph.op('Expand', [graph.floats(-Infinity), graph.op('Shape', [exclude])]);
  const open = graph.op('ScatterElements', [widened, exclude, never], { axis: { int: 1 } });
  const top = graph.opMany('TopK', [open, k], ['scores', 'items'], { axis: { int: 1 } });
  graph.output(top.items, 'items', 'int64', ['n', 'k']);
  graph.output(top.scores, 'scores', 'float32', ['n', 'k']);
  return graph.finish();
}

/** [n, itemCount] */
function servingScores({ itemCount, modelItems, network: sizes, values }: SequenceModel): Variable {
  const learned = modelItems === undefined ? itemCount : modelItems.reduce((count, item) => count + Number(item >= 0), 0);
  if (learned === 0) throw new RangeError('the sequence model has learned no item');
  const network = createSequenceNetwork(learned, sizes);
  const tape = new Tape(new GraphBuilder('sequence'));
  const parameters = Object.fromEntries(network.parameters.map(({ name, shape }) => [name, tape.constant(values[name]!, shape)]));
  const items = tape.input('history', ['n', 'L'], 'int64');
  const own = modelItems === undefined ? toInt32(items) : lookUp(items, modelItems);
  const scores = gemm(network.last({ tape, parameters, items: own }), parameters['item_vectors']!, { transposeB: true });
  return modelItems === undefined ? scores : spread(scores, modelItems, learned);
}

function toInt32(items: Variable): Variable {
  return items.tape.op('Cast', [items], items.shape, [], { attributes: { to: { int: 6 } }, dtype: 'int32' });
}

/** Numbers of the model; −1 stays: to Gather it is the last row, which is −1. */
function lookUp(items: Variable, modelItems: Int32Array): Variable {
  const data = Int32Array.of(...modelItems, -1);
  const value = items.tape.graph.constant('model_items', { dtype: 'int32', shape: [data.length], data });
  const table: Variable = { tape: items.tape, value, shape: [data.length], dtype: 'int32', tracked: false };
  return items.tape.op('Gather', [table, items], items.shape, [], { dtype: 'int32' });
}

/** Columns in the order of the catalogue; column `learned` of the widened scores is −∞. */
function spread(scores: Variable, modelItems: Int32Array, learned: number): Variable {
  const { tape } = scores;
  const widened = tape.op('Pad', [scores, tape.ints([0, 0, 0, 1]), tape.scalar(-Infinity)], [scores.shape[0]!, learned + 1]);
  const columns = tape.ints(Array.from(modelItems, (item) => (item < 0 ? learned : item)));
  return tape.op('Gather', [widened, columns], [scores.shape[0]!, modelItems.length], [], { attributes: { axis: { int: 1 } } });
}
