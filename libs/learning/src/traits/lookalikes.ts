import { fitBoostedTrees, scoreTable, sigmoid, type BoostedTrees } from '../boosting/boosted-trees';
import { type FeatureTable } from '../boosting/feature-table';
import { areaUnderRoc } from '../calibration/metrics';
import { outOfFold, stratifiedFolds } from '../calibration/folds';

export interface Lookalikes {
  /** Learned from all rows; for rows that come later. Its contributions say what likens a row to the seed. */
  readonly model: BoostedTrees;
  /** Of each row, from a model that did not see it: the probability of being in the seed as given. */
  readonly scores: Float64Array;
  /** The same as the probability of being like the seed: divided by `labelledShare` and held at 1. */
  readonly probabilities: Float64Array;
  /** Which share of those like the seed the seed names: the mean score inside it (Elkan and Noto 2008, estimator e1). */
  readonly labelledShare: number;
  /** How far the seed differs from the rest at all; near 0.5 there is nothing to liken to. */
  readonly auc: number;
}

export interface LookalikeOptions {
  readonly seed: number;
  /** Models that score the rows they have not seen, each learned from the others. @default 5 */
  readonly folds?: number;
  /** Of each model; fewer cost less and tell less. @default 600 */
  readonly maxTrees?: number;
}

const SHAPE = { loss: 'log', maxLeaves: 15, learningRate: 0.05 } as const;

/**
 * Who is like the members of a segment: the seed against everyone else, who may or may not be like it (Elkan and Noto 2008, "Learning
 * classifiers from only positive and unlabeled data"). Takes the seed as a random part of those like it.
 * @throws RangeError when the seed is empty or everyone.
 */
export function findLookalikes(table: FeatureTable, isSeed: ArrayLike<number>, options: LookalikeOptions): Lookalikes {
  const { seed, folds = 5, maxTrees = 600 } = options;
  let size = 0;
  for (let row = 0; row < table.rows; row++) size += isSeed[row]!;
  if (size === 0 || size === table.rows) throw new RangeError(`a seed of ${size} among ${table.rows} rows leaves nothing to compare`);
  const fold = stratifiedFolds(isSeed, folds, seed);
  const fit = (rows: FeatureTable, labels: Float64Array): BoostedTrees => fitBoostedTrees(rows, labels, { ...SHAPE, seed, maxTrees });
  const scores = outOfFold({ table, targets: isSeed, fold }, (rows, labels, held) => scoreTable(fit(rows, labels), held).map(sigmoid));
  const labelledShare = scores.reduce((sum, score, row) => sum + score * isSeed[row]!, 0) / size;
  return {
    model: fit(table, Float64Array.from(isSeed)),
    scores,
    probabilities: scores.map((score) => Math.min(1, score / labelledShare)),
    labelledShare,
    auc: areaUnderRoc(isSeed, scores),
  };
}
