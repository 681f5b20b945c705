import { AppError } from '@tradewind/contracts';
import {
  compareUplift,
  fitBoostedTrees,
  fitUplift,
  foldRows,
  pickTableRows,
  scoreTable,
  stratifiedFolds,
  upliftByPart,
  type Estimate,
  type FeatureTable,
  type QiniReport,
  type UpliftRows,
} from '@tradewind/learning';
import type { Output } from '../command';
import { cellsOf, readTextTable, toFeatureTable } from './mixed-table';

const FOLDS = 5;
/** Small trees for the propensity, too: it is to lose by its aim, not by its settings. */
const PROPENSITY_TREES = { loss: 'log', learningRate: 0.05, maxLeaves: 8, minRowsPerLeaf: 100 } as const;

export interface UpliftOptions {
  readonly data: string;
  readonly treatment: string;
  /** The cell of `treatment` that means: not treated. */
  readonly control: string;
  /** Columns of 0 and 1; none of them is learned from. */
  readonly outcomes: readonly string[];
  readonly drop: readonly string[];
  readonly seed: number;
  readonly resamples: number;
  readonly output: Pick<Output, 'note'>;
}

/** One treatment and one outcome. */
export interface UpliftComparison {
  readonly treatment: string;
  readonly outcome: string;
  readonly rows: number;
  /** Mean outcome of treated less that of control rows. */
  readonly effect: number;
  /** The same in each fifth of the rows, by falling estimated effect. */
  readonly effectByFifth: readonly number[];
  readonly uplift: QiniReport;
  /** Targeting those likeliest to act, mail or not. */
  readonly propensity: QiniReport;
  /** Qini of uplift less that of propensity, on the same resamples. */
  readonly difference: Estimate;
}

/** JSON of `evaluate uplift`. */
export interface UpliftReport {
  readonly rows: number;
  readonly comparisons: readonly UpliftComparison[];
}

/**
 * For each treatment against the control group, and each outcome: who acts because of it. Five folds; every row is scored by models that
 * have not seen it. All combinations are reported, also those where nothing is found.
 * @throws FILE_INVALID
 */
export async function evaluateUplift(options: UpliftOptions): Promise<UpliftReport> {
  const { treatment, control, outcomes, output, seed, resamples } = options;
  const text = await readTextTable(options.data);
  const arms = cellsOf(text, treatment);
  const treatments = [...new Set(arms)].filter((arm) => arm !== control).sort();
  if (treatments.length === 0 || !arms.includes(control))
    throw new AppError(
      'FILE_INVALID',
      `${options.data}: ${treatment} needs ${JSON.stringify(control)} and another value; it has ${[...new Set(arms)].join(', ')}`,
    );
  const { table, skipped } = toFeatureTable(text, [treatment, ...outcomes, ...options.drop]);
  if (skipped.length > 0) output.note(`columns of too many different texts are left out: ${skipped.join(', ')}`);
  const comparisons = outcomes.flatMap((outcome) => {
    const happened = Float64Array.from(cellsOf(text, outcome), Number);
    if (!happened.every((value) => value === 0 || value === 1))
      throw new AppError('FILE_INVALID', `${options.data}: ${outcome} must be 0 or 1`);
    return treatments.map((arm): UpliftComparison => {
      const rows = Int32Array.from(arms.keys()).filter((row) => arms[row] === control || arms[row] === arm);
      const experiment = {
        outcomes: Float64Array.from(rows, (row) => happened[row]!),
        treated: Float64Array.from(rows, (row) => Number(arms[row] === arm)),
      };
      return { treatment: arm, outcome, rows: rows.length, ...compare(pickTableRows(table, rows), experiment, { seed, resamples }) };
    });
  });
  return { rows: table.rows, comparisons };
}

function compare(table: FeatureTable, rows: UpliftRows, { seed, resamples }: { seed: number; resamples: number }) {
  const fold = stratifiedFolds(
    Array.from(rows.treated, (treated, row) => 2 * treated + rows.outcomes[row]!),
    FOLDS,
    seed,
  );
  const [uplift, propensity] = [new Float64Array(table.rows), new Float64Array(table.rows)];
  for (let held = 0; held < FOLDS; held++) {
    const { train, test } = foldRows(fold, held);
    const [learned, scored] = [pickTableRows(table, train), pickTableRows(table, test)];
    const outcomes = Float64Array.from(train, (row) => rows.outcomes[row]!);
    const treated = Float64Array.from(train, (row) => rows.treated[row]!);
    const effects = scoreTable(fitUplift(learned, { outcomes, treated }, { seed }), scored);
    const odds = scoreTable(fitBoostedTrees(learned, outcomes, { ...PROPENSITY_TREES, seed }), scored);
    test.forEach((row, at) => {
      uplift[row] = effects[at]!;
      propensity[row] = odds[at]!;
    });
  }
  const { reports, differences } = compareUplift(rows, { uplift, propensity }, { seed, resamples });
  const { all, parts } = upliftByPart(rows, uplift, 5);
  return { effect: all, effectByFifth: parts, ...reports, difference: differences.propensity! };
}
