import { createRandom } from '../random';
import { binTable } from './binning';
import { assertSameColumns, columnInfos, type ColumnInfo, type FeatureTable } from './feature-table';
import { TreeGrower, type GrownTree } from './grow-tree';
import { LOSSES, type Loss, type LossName } from './losses';
import { addTreeValues, treeValue, type Tree } from './tree';

/** Gradient-boosted trees (Friedman 2001), JSON as they are. score = baseline + Σ trees; of the log loss it is the log-odds. */
export interface BoostedTrees {
  readonly loss: LossName;
  readonly columns: readonly ColumnInfo[];
  readonly baseline: number;
  readonly trees: readonly Tree[];
}

export interface BoostingOptions {
  /** `log` for labels 0 and 1, `squared` for numbers. */
  readonly loss: LossName;
  /** Decides which rows validate. */
  readonly seed: number;
  /** @default 0.06 */
  readonly learningRate?: number;
  /** @default 600 */
  readonly maxTrees?: number;
  /** @default 31 */
  readonly maxLeaves?: number;
  /** @default 20 */
  readonly minRowsPerLeaf?: number;
  /** λ of the leaf values. @default 1 */
  readonly l2?: number;
  /** Rows set aside to find the number of trees; 0: all `maxTrees` are grown. @default 0.15 */
  readonly validationShare?: number;
  /** Trees without a lower validation loss after which growing stops. @default 20 */
  readonly patience?: number;
  /** Grows the found number of trees once more on all rows. @default true */
  readonly refit?: boolean;
  /** What each row counts, above 0. @default 1 each */
  readonly weights?: Float64Array;
  /** Added to each row's score and not learned; the caller adds it when scoring, too. @default 0 each */
  readonly offsets?: Float64Array;
  /** Rows of one group, e.g. a customer at several times, are learned from or validated on together. @default each row for itself */
  readonly groups?: ArrayLike<number>;
}

interface Problem {
  readonly table: FeatureTable;
  readonly targets: ArrayLike<number>;
  readonly loss: Loss;
  readonly options: Required<Omit<BoostingOptions, 'weights' | 'offsets' | 'groups'>>;
  readonly weights: Float64Array | undefined;
  readonly offsets: Float64Array | undefined;
}

interface Run {
  readonly baseline: number;
  readonly trees: Tree[];
}

/** Leaves smaller than this cannot stand for more than chance. */
const DEFAULTS = {
  learningRate: 0.06,
  maxTrees: 600,
  maxLeaves: 31,
  minRowsPerLeaf: 20,
  l2: 1,
  validationShare: 0.15,
  patience: 20,
  refit: true,
};

/**
 * Fits trees one after another to the gradients of the loss. The same rows, options and seed give the same model.
 * @throws RangeError when there are no rows, lengths differ, a target is not finite, or a label of the log loss is neither 0 nor 1.
 */
export function fitBoostedTrees(table: FeatureTable, targets: ArrayLike<number>, options: BoostingOptions): BoostedTrees {
  const { weights, offsets, groups, ...given } = options;
  const problem = { table, targets, loss: LOSSES[options.loss], options: { ...DEFAULTS, ...given }, weights, offsets };
  assertProblem(problem);
  const { validationShare, seed, maxTrees, refit } = problem.options;
  const all = Int32Array.from({ length: table.rows }, (_, row) => row);
  const isHeld = holdOut(groups ?? all, validationShare, seed);
  const validation = all.filter((row) => isHeld[row] === 1);
  let run = boost(
    problem,
    all.filter((row) => isHeld[row] === 0),
    validation,
    maxTrees,
  );
  if (refit && validation.length > 0) run = boost(problem, all, new Int32Array(0), run.trees.length);
  return { loss: options.loss, columns: columnInfos(table), ...run };
}

/** Each row's score: log-odds of the log loss, the value of the squared loss. @throws RangeError when the columns differ. */
export function scoreTable(model: BoostedTrees, table: FeatureTable): Float64Array {
  assertSameColumns(model.columns, table);
  const scores = new Float64Array(table.rows).fill(model.baseline);
  for (const tree of model.trees) addTreeValues(tree, table, scores);
  return scores;
}

/** The score of one row, given as a value a column. */
export function scoreRow(model: BoostedTrees, row: ArrayLike<number>): number {
  return model.trees.reduce((sum, tree) => sum + treeValue(tree, row), model.baseline);
}

/** 1 / (1 + e^−x), from log-odds to a probability. */
export function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** 1 for the rows of a random `share` of the groups. */
function holdOut(groups: ArrayLike<number>, share: number, seed: number): Uint8Array {
  const names = Int32Array.from(new Set(Array.from(groups)));
  const held = new Set(
    createRandom(seed)
      .shuffle(names)
      .subarray(0, Math.floor(names.length * share)),
  );
  return Uint8Array.from(groups, (group) => Number(held.has(group)));
}

/** Grows trees until the loss on the validation rows has not fallen for `patience` trees; keeps those up to its lowest. */
function boost(problem: Problem, training: Int32Array, validation: Int32Array, maxTrees: number): Run {
  const { table, targets, loss, options, weights, offsets } = problem;
  const grower = new TreeGrower(binTable(table, training), training, options);
  const baseline = Math.fround(loss.baseline(targets, training, weights, offsets));
  const scores = new Float64Array(table.rows).map((_, row) => baseline + (offsets?.[row] ?? 0));
  const derivatives = { gradients: new Float64Array(table.rows), hessians: new Float64Array(table.rows) };
  const trees: Tree[] = [];
  let least = loss.mean(targets, scores, validation, weights);
  let best = 0;
  while (trees.length < maxTrees) {
    loss.derive(targets, scores, training, weights, derivatives);
    const grown: GrownTree = grower.grow(derivatives);
    if (grown.tree.column[0]! < 0) break; // no split gains anything any more
    grown.addTo(scores, training);
    grown.addTo(scores, validation);
    trees.push(grown.tree);
    if (validation.length === 0) continue;
    const now = loss.mean(targets, scores, validation, weights);
    if (now < least) [least, best] = [now, trees.length];
    else if (trees.length - best >= options.patience) break;
  }
  return { baseline, trees: validation.length === 0 ? trees : trees.slice(0, best) };
}

function assertProblem({ table, targets, options, weights, offsets }: Problem): void {
  if (table.rows === 0) throw new RangeError('boosting needs at least one row');
  for (const [what, values] of Object.entries({ targets, weights, offsets })) {
    if (values !== undefined && values.length !== table.rows) throw new RangeError(`${table.rows} rows with ${values.length} ${what}`);
  }
  if (!(options.validationShare >= 0 && options.validationShare < 1)) throw new RangeError(`validation share ${options.validationShare}`);
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row]!;
    const isFit = options.loss === 'log' ? target === 0 || target === 1 : Number.isFinite(target);
    if (!isFit) throw new RangeError(`target ${target} in row ${row} does not fit the ${options.loss} loss`);
  }
}
