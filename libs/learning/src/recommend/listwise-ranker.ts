import { binTable } from '../boosting/binning';
import { assertSameColumns, columnInfos, type ColumnInfo, type FeatureTable } from '../boosting/feature-table';
import { TreeGrower } from '../boosting/grow-tree';
import { addTreeValues, type Tree } from '../boosting/tree';
import { minimise } from '../minimise';
import { createRandom } from '../random';

/** Candidates of several lists, one row each: list l has the rows offsets[l] … offsets[l + 1) of the table. */
export interface RankingLists {
  readonly table: FeatureTable;
  readonly offsets: Int32Array;
  /** 1 for what should come first, 0 else. A list without a 1 teaches nothing. */
  readonly relevant: Uint8Array;
}

/** score = Σ weights · (x − means) + Σ trees; higher is better. JSON as it is. */
export interface ListwiseRanker {
  readonly columns: readonly ColumnInfo[];
  readonly means: readonly number[];
  /** One a column, in units of the column. */
  readonly weights: readonly number[];
  readonly trees: readonly Tree[];
  /** Mean loss of the held-out lists by the linear part alone and with the trees; optimistic, the number of trees is chosen by it. */
  readonly validation: { readonly linear: number; readonly boosted: number };
}

export interface ListwiseOptions {
  readonly seed: number;
  /** Ridge on the weights of standardised columns. @default 1e-3 */
  readonly ridge?: number;
  /** @default 300; 0 leaves the linear part alone */
  readonly maxTrees?: number;
  /** @default 0.08 */
  readonly learningRate?: number;
  /** @default 15 */
  readonly maxLeaves?: number;
  /** @default 200 */
  readonly minRowsPerLeaf?: number;
  /** Share of the lists that finds the number of trees. @default 0.2 */
  readonly validationShare?: number;
  /** @default 15 */
  readonly patience?: number;
}

/**
 * Listwise softmax cross-entropy (ListNet's top-one loss, Cao et al. 2007, ICML, eq. 5, on binary relevance): a linear model by L-BFGS, then
 * gradient-boosted trees on top of it (gradient p − y, Hessian p·(1 − p)), as many as lower the loss of held-out lists, which then join.
 * No missing values. Deterministic for a seed. O(rows · columns) a step.
 * @throws RangeError when no list has anything relevant
 */
export function fitListwiseRanker(lists: RankingLists, options: ListwiseOptions): ListwiseRanker {
  const { seed, ridge = 1e-3, maxTrees = 300, validationShare = 0.2 } = options;
  const useful = Int32Array.from({ length: lists.offsets.length - 1 }, (_, list) => list).filter((list) => countRelevant(lists, list) > 0);
  if (useful.length === 0) throw new RangeError('no list has anything relevant');
  const shuffled = createRandom(seed).shuffle(useful.slice());
  const held = shuffled
    .subarray(0, Math.floor(validationShare * shuffled.length))
    .slice()
    .sort();
  const kept = shuffled.subarray(held.length).slice().sort();
  const draft = fitLinearPart(lists, kept, ridge);
  const run = boost(lists, { fit: kept, held, start: linearScores(draft, lists.table), maxTrees }, options);
  const linear = fitLinearPart(lists, useful, ridge);
  const trees =
    run.trees === 0
      ? []
      : boost(lists, { fit: useful, held: new Int32Array(0), start: linearScores(linear, lists.table), maxTrees: run.trees }, options)
          .grown;
  return { columns: columnInfos(lists.table), ...linear, trees, validation: { linear: run.lossAtStart, boosted: run.loss } };
}

/** Each row's score. @throws RangeError when the columns differ from those learned from. */
export function scoreListwise(model: ListwiseRanker, table: FeatureTable): Float64Array {
  assertSameColumns(model.columns, table);
  const scores = linearScores(model, table);
  for (const tree of model.trees) addTreeValues(tree, table, scores);
  return scores;
}

type LinearPart = Pick<ListwiseRanker, 'means' | 'weights'>;

function linearScores({ means, weights }: LinearPart, { rows, columns }: FeatureTable): Float64Array {
  const scores = new Float64Array(rows);
  columns.forEach(({ values }, c) => {
    const [mean, weight] = [means[c]!, weights[c]!];
    if (weight !== 0) for (let row = 0; row < rows; row++) scores[row]! += weight * (values[row]! - mean);
  });
  return scores;
}

function fitLinearPart(lists: RankingLists, chosen: Int32Array, ridge: number): LinearPart {
  const { rows, columns } = lists.table;
  const means = columns.map(({ values }) => sumOf(values) / rows);
  const scales = columns.map(({ values }, c) => {
    const variance = values.reduce((sum, value) => sum + (value - means[c]!) ** 2, 0) / rows;
    return variance > 1e-12 ? Math.sqrt(variance) : 0;
  });
  const derivatives = { gradients: new Float64Array(rows), hessians: new Float64Array(rows) };
  const inUnits = (weights: ArrayLike<number>) => Array.from(weights, (weight, c) => (scales[c] === 0 ? 0 : weight / scales[c]!));
  const { at } = minimise(
    (weights, gradient) => {
      const scores = linearScores({ means, weights: inUnits(weights) }, lists.table);
      const loss = listwiseLoss(lists, chosen, scores, derivatives) / chosen.length;
      let penalty = 0;
      columns.forEach(({ values }, c) => {
        let sum = 0;
        for (const list of chosen) {
          for (let row = lists.offsets[list]!; row < lists.offsets[list + 1]!; row++) sum += derivatives.gradients[row]! * values[row]!;
        }
        gradient[c] = scales[c] === 0 ? 0 : sum / scales[c]! / chosen.length + ridge * weights[c]!;
        penalty += (ridge / 2) * weights[c]! ** 2;
      });
      return loss + penalty;
    },
    new Float64Array(columns.length),
    { maxIterations: 60, tolerance: 1e-5 },
  );
  return { means, weights: inUnits(at) };
}

interface Derivatives {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
}

/** Σ over lists of −Σ y·ln p with p the softmax of the list's scores and y = 1 / (number of relevant) on the relevant ones; fills p − y. */
export function listwiseLoss({ offsets, relevant }: RankingLists, chosen: Int32Array, scores: Float64Array, into: Derivatives): number {
  let loss = 0;
  for (const list of chosen) {
    const [from, to] = [offsets[list]!, offsets[list + 1]!];
    let [most, sum, positives] = [-Infinity, 0, 0];
    for (let row = from; row < to; row++) {
      most = Math.max(most, scores[row]!);
      positives += relevant[row]!;
    }
    for (let row = from; row < to; row++) sum += Math.exp(scores[row]! - most);
    const logSum = most + Math.log(sum);
    for (let row = from; row < to; row++) {
      const p = Math.exp(scores[row]! - logSum);
      const y = relevant[row]! / positives;
      into.gradients[row] = p - y;
      into.hessians[row] = p * (1 - p);
      if (y > 0) loss -= y * (scores[row]! - logSum);
    }
  }
  return loss;
}

interface BoostTask {
  readonly fit: Int32Array;
  readonly held: Int32Array;
  readonly start: Float64Array;
  readonly maxTrees: number;
}

interface BoostRun {
  readonly grown: Tree[];
  /** How many of them gave the least loss of the held-out lists; all without any. */
  readonly trees: number;
  readonly lossAtStart: number;
  readonly loss: number;
}

function boost(lists: RankingLists, { fit, held, start, maxTrees }: BoostTask, options: ListwiseOptions): BoostRun {
  const { learningRate = 0.08, maxLeaves = 15, minRowsPerLeaf = 200, patience = 15 } = options;
  const derivatives = { gradients: new Float64Array(start.length), hessians: new Float64Array(start.length) };
  const heldLoss = (scores: Float64Array): number => (held.length === 0 ? 0 : listwiseLoss(lists, held, scores, derivatives) / held.length);
  const lossAtStart = heldLoss(start);
  const [fitRows, heldRows] = [rowsOf(lists, fit), rowsOf(lists, held)];
  const grower = new TreeGrower(binTable(lists.table, fitRows), fitRows, { maxLeaves, minRowsPerLeaf, learningRate, l2: 1 });
  const scores = start.slice();
  const grown: Tree[] = [];
  let [loss, trees] = [lossAtStart, 0];
  while (grown.length < maxTrees) {
    listwiseLoss(lists, fit, scores, derivatives);
    const { tree, addTo } = grower.grow(derivatives);
    if (tree.column[0]! < 0) break;
    addTo(scores, fitRows);
    addTo(scores, heldRows);
    grown.push(tree);
    const now = heldLoss(scores);
    if (held.length > 0 && now < loss) [loss, trees] = [now, grown.length];
    if (held.length > 0 && grown.length - trees >= patience) break;
  }
  return { grown, trees: held.length === 0 ? grown.length : trees, lossAtStart, loss };
}

function rowsOf({ offsets }: RankingLists, chosen: Int32Array): Int32Array {
  const rows: number[] = [];
  for (const list of chosen) for (let row = offsets[list]!; row < offsets[list + 1]!; row++) rows.push(row);
  return Int32Array.from(rows);
}

function countRelevant({ offsets, relevant }: RankingLists, list: number): number {
  let count = 0;
  for (let row = offsets[list]!; row < offsets[list + 1]!; row++) count += relevant[row]!;
  return count;
}

function sumOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
