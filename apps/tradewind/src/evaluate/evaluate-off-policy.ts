import { AppError } from '@tradewind/contracts';
import {
  createFeatureTable,
  estimateOffPolicy,
  fitLogistic,
  foldRows,
  scoreLogistic,
  sigmoid,
  stratifiedFolds,
  type Estimate,
  type FeatureColumn,
  type OffPolicyReport,
} from '@tradewind/learning';
import { cellsOf, readTextTable, type TextTable } from './mixed-table';

export interface OffPolicyEvaluationOptions {
  /** What a policy showed: a round a line. */
  readonly log: string;
  /** The log of the other policy, whose value is therefore known. */
  readonly targetLog: string;
  /** What the other policy shows: each action alike, or as often as its log has it at each position. */
  readonly target: 'uniform' | 'observed';
  readonly action: string;
  readonly position?: string;
  readonly reward: string;
  readonly propensity: string;
  /** Columns that the model of the reward takes beside action and position. */
  readonly context: readonly string[];
  readonly seed: number;
  readonly resamples: number;
}

/** JSON of `evaluate off-policy`. */
export interface OffPolicyEvaluation extends OffPolicyReport {
  readonly rounds: number;
  readonly actions: number;
  /** Mean reward in the other policy's own log. */
  readonly known: Estimate;
  /** Whether each estimate's interval holds the known value. */
  readonly holds: Readonly<Record<'ips' | 'snips' | 'dr', boolean>>;
}

interface Rounds {
  readonly actions: readonly string[];
  readonly positions: readonly string[];
  readonly rewards: Float64Array;
  readonly propensities: Float64Array;
  readonly context: ReadonlyMap<string, readonly string[]>;
}

const FOLDS = 5;
/** Ridge of the reward model: rewards are rare, so that an action keeps near the mean until it has shown otherwise. */
const L2 = 10;

/** The other policy's value as this log lets expect it, beside what its own log says. @throws FILE_INVALID */
export async function evaluateOffPolicy(options: OffPolicyEvaluationOptions): Promise<OffPolicyEvaluation> {
  const rounds = readRounds(await readTextTable(options.log), options);
  const other = readRounds(await readTextTable(options.targetLog), options);
  const actions = [...new Set([...rounds.actions, ...other.actions])].sort();
  const chanceOf = options.target === 'uniform' ? () => 1 / actions.length : observed(other);
  const report = estimateOffPolicy(
    {
      rewards: rounds.rewards,
      propensities: rounds.propensities,
      targetProbabilities: rounds.actions.map((action, at) => chanceOf(action, rounds.positions[at]!)),
      model: predictRewards(rounds, actions, chanceOf, options.seed),
    },
    options,
  );
  const ones = new Float64Array(other.rewards.length).fill(1);
  const known = estimateOffPolicy({ rewards: other.rewards, propensities: ones, targetProbabilities: ones }, options).logged;
  const holds = ({ low, high }: Estimate): boolean => low <= known.value && known.value <= high;
  return {
    rounds: rounds.rewards.length,
    actions: actions.length,
    ...report,
    known,
    holds: { ips: holds(report.ips), snips: holds(report.snips), dr: holds(report.dr!) },
  };
}

function readRounds(table: TextTable, options: OffPolicyEvaluationOptions): Rounds {
  const numbers = (column: string): Float64Array => {
    const values = Float64Array.from(cellsOf(table, column), Number);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new AppError('FILE_INVALID', `${table.path}, row ${bad + 1}: ${column} is no number`);
    return values;
  };
  return {
    actions: cellsOf(table, options.action),
    positions: options.position === undefined ? table.rows.map(() => '') : cellsOf(table, options.position),
    rewards: numbers(options.reward),
    propensities: numbers(options.propensity),
    context: new Map(options.context.map((column) => [column, cellsOf(table, column)])),
  };
}

/** How often a log shows each action at each position. */
function observed({ actions, positions }: Rounds): (action: string, position: string) => number {
  const [shown, all] = [new Map<string, number>(), new Map<string, number>()];
  actions.forEach((action, at) => {
    const key = `${positions[at]!}\t${action}`;
    shown.set(key, (shown.get(key) ?? 0) + 1);
    all.set(positions[at]!, (all.get(positions[at]!) ?? 0) + 1);
  });
  return (action, position) => (shown.get(`${position}\t${action}`) ?? 0) / (all.get(position) ?? 1);
}

/** Logistic regression on action, position and context; each round is predicted by the model of the other folds. */
function predictRewards(
  rounds: Rounds,
  actions: readonly string[],
  chanceOf: (action: string, position: string) => number,
  seed: number,
): { readonly shown: Float64Array; readonly target: Float64Array } {
  const fold = stratifiedFolds(rounds.rewards, FOLDS, seed);
  const [shown, target] = [new Float64Array(fold.length), new Float64Array(fold.length)];
  const table = tableBuilder(rounds, actions);
  for (let held = 0; held < FOLDS; held++) {
    const { train, test } = foldRows(fold, held);
    const model = fitLogistic(
      table(train),
      Float64Array.from(train, (row) => rounds.rewards[row]!),
      { l2: L2 },
    );
    scoreLogistic(model, table(test)).forEach((score, at) => (shown[test[at]!] = sigmoid(score)));
    for (const action of actions) {
      scoreLogistic(model, table(test, action)).forEach((score, at) => {
        target[test[at]!]! += chanceOf(action, rounds.positions[test[at]!]!) * sigmoid(score);
      });
    }
  }
  return { shown, target };
}

/** Tables of rounds, all as if `action` had been shown where it is given. */
function tableBuilder({ actions, positions, context }: Rounds, known: readonly string[]) {
  const column = (name: string, cells: readonly string[], categories: readonly string[]) => {
    const codes = new Map(categories.map((category, code) => [category, code]));
    const numbers = Float32Array.from(cells, (cell) => codes.get(cell) ?? NaN);
    return (rows: Int32Array): FeatureColumn => ({ name, values: Float32Array.from(rows, (row) => numbers[row]!), categories });
  };
  const distinct = (cells: readonly string[]): string[] => [...new Set(cells)].sort();
  const action = column('action', actions, known);
  const others = [['position', positions] as const, ...context].map(([name, cells]) => column(name, cells, distinct(cells)));
  return (rows: Int32Array, shown?: string) =>
    createFeatureTable([
      shown === undefined
        ? action(rows)
        : { name: 'action', values: new Float32Array(rows.length).fill(known.indexOf(shown)), categories: known },
      ...others.map((build) => build(rows)),
    ]);
}
