import { FLOAT16_MAX, toFloat16 } from '../onnx/float16';
import { GraphBuilder, type OnnxGraph, type Value } from '../onnx/graph-builder';
import type { OnnxTensor } from '../onnx/onnx-proto';

export interface ItemRankerModel {
  /** I, the number of items; items are 0 … I−1. */
  readonly itemCount: number;
  /** B, row-major [I, I]: what item i in the history adds to item j's score is B[i, j]. */
  readonly weights: Float32Array;
  /** [I] */
  readonly popularity: Float32Array;
  /** α, the share of popularity in a score. */
  readonly popularityWeight: number;
  /**
   * How B is stored. Halves make the file and the resident memory half as large at the same speed; a weight is then off by at most
   * 2⁻¹¹ of itself, which on MovieLens-1M changed 1 list of ten in 80 and no hit rate (README). @default 'float16'
   */
  readonly precision?: 'float16' | 'float32';
}

/** B of this many items fills the 2 GiB that a protobuf file may have, at two bytes a weight. */
const MAX_ITEMS = 32_000;

/**
 * Item-item linear ranking (EASE: Steck 2019, equation 4, scores X·B) blended with popularity, as an ONNX graph.
 *
 * Inputs
 * - `history` int64 [n, L]: items, padded with −1. `weights` float32 [n, L]: 0 at the padding.
 * - `exclude` int64 [n, E]: items that must not be listed, padded with −1.
 * - `k` int64 [1]: length of the list, 1 or more; at most I items are listed.
 *
 * Outputs, best first, the lower item at a tie
 * - `items` int64 [n, k], `scores` float32 [n, k]: Σ_l weights[l]·B[history[l], j] + α·popularity[j]. Items of the history and of
 *   `exclude` score −∞; they fill the end of a list that has too few others.
 * - `contributions` float32 [n, k, L]: weights[l]·B[history[l], items[k]]. `prior` float32 [n, k]: α·popularity.
 *   A score is the sum of its contributions and its prior.
 *
 * Rows are computed one after another (ONNX Scan): only the L rows of B that a history names are read, no [n, L, I] tensor is ever
 * made, and a row's result does not depend on the batch. Measured against a batched Gather and against scattering the histories
 * into a dense [n, I] matrix times B, this was the fastest at every batch and history size (README).
 *
 * @throws RangeError when a size does not fit or a value is not finite.
 */
export function buildItemRankerGraph(model: ItemRankerModel): OnnxGraph {
  assertValid(model);
  const g = new GraphBuilder('item_ranker');
  const history = g.input('history', 'int64', ['n', 'L']);
  const weights = g.input('weights', 'float32', ['n', 'L']);
  const exclude = g.input('exclude', 'int64', ['n', 'E']);
  const k = g.op('Min', [g.input('k', 'int64', [1]), g.ints([model.itemCount])]);
  const row = rankRow(g, model, k);
  const outputs = ['items', 'scores', 'contributions', 'prior'] as const;
  const all = g.opMany('Scan', [history, weights, exclude], outputs, { body: { graph: row }, num_scan_inputs: { int: 3 } });
  g.output(all.items, 'items', 'int64', ['n', 'k']);
  g.output(all.scores, 'scores', 'float32', ['n', 'k']);
  g.output(all.contributions, 'contributions', 'float32', ['n', 'k', 'L']);
  g.output(all.prior, 'prior', 'float32', ['n', 'k']);
  return g.finish();
}

/**
 * The ranking of one row. Item I is the padding: its row and column of B are zero and its prior is −∞, so it adds nothing and is
 * never listed; −1 means the last index to Gather and Scatter, which is I.
 */
function rankRow(g: GraphBuilder, model: ItemRankerModel, k: Value): GraphBuilder {
  const half = model.precision !== 'float32';
  const matrix = g.constant('item_weights', paddedMatrix(model, half));
  const prior = g.constant('item_prior', paddedPrior(model));
  const row = g.body('row');
  const history = row.input('row_history', 'int64', ['L']);
  const weights = row.input('row_weights', 'float32', ['L']);
  const exclude = row.input('row_exclude', 'int64', ['E']);

  const gathered = row.op('Gather', [matrix, history]); // [L, I + 1]
  const effects = half ? row.op('Cast', [gathered], { to: { int: 1 } }) : gathered;
  const scores = row.op('Add', [row.op('MatMul', [weights, effects]), prior]); // [I + 1]
  const hidden = row.op('Concat', [history, exclude], { axis: { int: 0 } }); // [L + E]
  const never = row.op('Expand', [row.floats(-Infinity), row.op('Shape', [hidden])]);
  const masked = row.op('ScatterElements', [scores, hidden, never]);
  const top = row.opMany('TopK', [masked, k], ['scores', 'items']); // [k]
  const chosen = row.op('Transpose', [row.op('Gather', [effects, top.items], { axis: { int: 1 } })], { perm: { ints: [1, 0] } }); // [k, L]

  row.output(top.items, 'row_items', 'int64', ['k']);
  row.output(top.scores, 'row_scores', 'float32', ['k']);
  row.output(row.op('Mul', [chosen, weights]), 'row_contributions', 'float32', ['k', 'L']);
  row.output(row.op('Gather', [prior, top.items]), 'row_prior', 'float32', ['k']);
  return row;
}

/** [I + 1, I + 1] */
function paddedMatrix({ itemCount, weights }: ItemRankerModel, half: boolean): OnnxTensor {
  const width = itemCount + 1;
  const shape = [width, width];
  const data = half ? new Uint16Array(width * width) : new Float32Array(width * width);
  for (let item = 0; item < itemCount; item++) {
    const row = weights.subarray(item * itemCount, (item + 1) * itemCount);
    data.set(half ? toFloat16(row) : row, item * width);
  }
  return data instanceof Float32Array ? { dtype: 'float32', shape, data } : { dtype: 'float16', shape, data };
}

/** [I + 1] */
function paddedPrior({ itemCount, popularity, popularityWeight }: ItemRankerModel): OnnxTensor {
  const data = new Float32Array(itemCount + 1).fill(-Infinity);
  popularity.forEach((value, item) => (data[item] = popularityWeight * value));
  return { dtype: 'float32', shape: [itemCount + 1], data };
}

function assertValid({ itemCount, weights, popularity, popularityWeight, precision }: ItemRankerModel): void {
  if (!(Number.isInteger(itemCount) && itemCount >= 1 && itemCount <= MAX_ITEMS)) {
    throw new RangeError(`the ranker takes 1 to ${MAX_ITEMS} items, got ${itemCount}`);
  }
  if (weights.length !== itemCount ** 2) throw new RangeError(`${itemCount} items need ${itemCount ** 2} weights, got ${weights.length}`);
  if (popularity.length !== itemCount) throw new RangeError(`${itemCount} items need as many popularities, got ${popularity.length}`);
  const limit = precision === 'float32' ? Number.MAX_VALUE : FLOAT16_MAX;
  if (!weights.every((weight) => Math.abs(weight) <= limit)) throw new RangeError('a weight is not finite or too large for its precision');
  if (!popularity.every((value) => Number.isFinite(popularityWeight * value))) throw new RangeError('a popularity is not finite');
}
