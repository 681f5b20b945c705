import { fitBoostedTrees, sigmoid, type BoostedTrees, type BoostingOptions } from '../boosting/boosted-trees';
import { pickTableRows, type FeatureTable } from '../boosting/feature-table';
import { foldRows, stratifiedFolds } from '../calibration/folds';
import { fitLogistic, scoreLogistic } from '../linear/logistic-regression';
import type { UpliftRows } from './qini';

export interface UpliftOptions {
  readonly seed: number;
  /** Probability with which a row was treated. @default the share of treated rows, which an experiment by lot has for all */
  readonly treatmentProbability?: number;
  /** Of the last stage; by default few, small, slow trees, for the effect is small beside the noise. */
  readonly trees?: Partial<BoostingOptions>;
}

const FOLDS = 5;
const TREES = { learningRate: 0.03, maxLeaves: 4, minRowsPerLeaf: 500, l2: 10, validationShare: 0.2, patience: 30, maxTrees: 300 } as const;

/**
 * What the treatment adds to each row's outcome (0 or 1), as boosted trees of the effect: the DR-learner (Kennedy 2023, "Towards optimal
 * doubly robust estimation of heterogeneous causal effects", algorithm 1). Stage one estimates the outcome μ₁ with and μ₀ without treatment
 * on other folds (logistic regression of each group); stage two fits
 * ψ = μ₁ − μ₀ + t·(y − μ₁)/e − (1 − t)·(y − μ₀)/(1 − e), whose mean is the effect even where μ₁ and μ₀ are wrong.
 * `scoreTable` of the result gives effects, `explainRow` their parts.
 */
export function fitUplift(table: FeatureTable, rows: UpliftRows, { seed, treatmentProbability, trees }: UpliftOptions): BoostedTrees {
  const effect = pseudoEffects(table, rows, seed, treatmentProbability);
  return fitBoostedTrees(table, effect, { loss: 'squared', seed, ...TREES, ...trees });
}

/** ψ of every row; its mean over any group estimates the group's effect without bias. */
export function pseudoEffects(
  table: FeatureTable,
  { outcomes, treated }: UpliftRows,
  seed: number,
  treatmentProbability?: number,
): Float64Array {
  if (outcomes.length !== table.rows || treated.length !== table.rows)
    throw new RangeError(`${table.rows} rows with ${outcomes.length} outcomes, ${treated.length} treatments`);
  let count = 0;
  for (let row = 0; row < table.rows; row++) count += treated[row]!;
  const e = treatmentProbability ?? count / table.rows;
  if (!(e > 0 && e < 1)) throw new RangeError(`a share of ${e} treated rows leaves no one to compare with`);
  const effects = new Float64Array(table.rows);
  const fold = stratifiedFolds(treated, FOLDS, seed);
  for (let held = 0; held < FOLDS; held++) {
    const { train, test } = foldRows(fold, held);
    const rows = pickTableRows(table, test);
    const [without, withIt] = [0, 1].map((group) => {
      const learnFrom = train.filter((row) => treated[row] === group);
      const model = fitLogistic(
        pickTableRows(table, learnFrom),
        Float64Array.from(learnFrom, (row) => outcomes[row]!),
      );
      return scoreLogistic(model, rows).map(sigmoid);
    }) as [Float64Array, Float64Array];
    test.forEach((row, at) => {
      const [mu0, mu1] = [without[at]!, withIt[at]!];
      const rest = treated[row] === 1 ? (outcomes[row]! - mu1) / e : -(outcomes[row]! - mu0) / (1 - e);
      effects[row] = mu1 - mu0 + rest;
    });
  }
  return effects;
}
