import { fitBoostedTrees, scoreTable, type BoostedTrees } from '../boosting/boosted-trees';
import { createFeatureTable, pickTableRows, type ColumnInfo, type FeatureTable } from '../boosting/feature-table';
import { fitPlatt } from '../calibration/calibrate';
import { foldRows } from '../calibration/folds';
import { fitLogistic, scoreLogistic, type LogisticModel } from '../linear/logistic-regression';
import type { CustomerRows } from './lifetime-columns';
import type { PropensityHead, PropensityKind } from './prediction-model';

/** Rows to learn one horizon from: complete rows, at one or several moments. */
export interface HorizonRows {
  readonly rows: CustomerRows;
  /** 1 where an order came within the horizon. */
  readonly labels: Float64Array;
  /** The customer of each row: a customer's rows are learned from or validated on together. */
  readonly customers: Int32Array;
}

const SEED = 20111209;
const SHAPE = { maxLeaves: 8, learningRate: 0.08, maxTrees: 150, seed: SEED } as const;
const LIFETIME = /^lifetime_/;
const FOLDS = 3;

/**
 * Fits a learner of this kind to the rows and calibrates it by Platt's method on scores of customers that the learner did not see (thirds of the
 * customers, each scored by a learner of the others, as large as the one of all). The head takes complete rows.
 */
export function fitPropensity(kind: PropensityKind, { rows, labels, customers }: HorizonRows, days: number): PropensityHead {
  const places = columnsFor(kind, rows.columns, days);
  const table = tableOf(rows, places);
  const learned = fitLearner(kind, { table, labels, customers });
  const fold = Uint8Array.from(customers, (customer) => customer % FOLDS);
  const scores = scoreLearned(learned, table);
  for (let held = 0; held < FOLDS; held++) {
    const { train, test } = foldRows(fold, held);
    if (test.length === 0 || train.length === 0) continue;
    const others = { table: pickTableRows(table, train), labels: pick(labels, train), customers: pick(customers, train) };
    const own = scoreLearned(fitLearner(kind, others, learned), pickTableRows(table, test));
    own.forEach((score, at) => (scores[test[at]!] = score));
  }
  const calibration = fitPlatt(scores, labels);
  const infos = rows.columns.map((name) => ({ name }));
  if (learned.kind === 'boosted') return { kind: 'boosted', calibration, model: spreadTrees(learned.model, places, infos) };
  return { kind: kind === 'lifetime' ? 'lifetime' : 'logistic', calibration, model: spreadTerms(learned.model, places, infos) };
}

/** Boosted trees of a number that is expected within a horizon, over complete rows. */
export function fitAmount({ rows, customers }: HorizonRows, targets: Float64Array, days: number): BoostedTrees {
  const places = columnsFor('boosted', rows.columns, days);
  const options = { ...SHAPE, minRowsPerLeaf: leastRows(rows.rows), loss: 'squared' as const, groups: customers };
  return spreadTrees(
    fitBoostedTrees(tableOf(rows, places), targets, options),
    places,
    rows.columns.map((name) => ({ name })),
  );
}

type Fitted = { readonly kind: 'logistic'; readonly model: LogisticModel } | { readonly kind: 'boosted'; readonly model: BoostedTrees };

interface Rows {
  readonly table: FeatureTable;
  readonly labels: Float64Array;
  readonly customers: Int32Array;
}

/** @param like the learner of all rows: as many trees are grown */
function fitLearner(kind: PropensityKind, { table, labels, customers }: Rows, like?: Fitted): Fitted {
  if (kind !== 'boosted') return { kind: 'logistic', model: fitLogistic(table, labels) };
  const options = { ...SHAPE, minRowsPerLeaf: leastRows(table.rows), loss: 'log' as const, groups: customers };
  const grown = like?.kind === 'boosted' ? { maxTrees: like.model.trees.length, validationShare: 0 } : {};
  return { kind, model: fitBoostedTrees(table, labels, { ...options, ...grown }) };
}

function scoreLearned({ kind, model }: Fitted, table: FeatureTable): Float64Array {
  return kind === 'boosted' ? scoreTable(model, table) : scoreLogistic(model, table);
}

/** A leaf stands for a hundred rows, or for a fiftieth of few. */
function leastRows(rows: number): number {
  return Math.max(5, Math.min(100, Math.floor(rows / 50)));
}

/** The horizon's own lifetime columns; the profile, unless the lifetime model is asked alone. */
function columnsFor(kind: PropensityKind, columns: readonly string[], days: number): number[] {
  const isOwn = (name: string): boolean => name === 'lifetime_alive' || name.endsWith(`_${days}d`);
  return [...columns.keys()].filter((at) => {
    const name = columns[at]!;
    return LIFETIME.test(name) ? isOwn(name) : kind !== 'lifetime';
  });
}

function tableOf({ columns, rows, data }: CustomerRows, places: readonly number[]): FeatureTable {
  return createFeatureTable(
    places.map((place) => {
      const values = new Float32Array(rows);
      for (let row = 0; row < rows; row++) values[row] = data[row * columns.length + place]!;
      return { name: columns[place]!, values };
    }),
  );
}

function spreadTrees(model: BoostedTrees, places: readonly number[], columns: readonly ColumnInfo[]): BoostedTrees {
  const trees = model.trees.map((tree) => ({ ...tree, column: tree.column.map((column) => (column < 0 ? column : places[column]!)) }));
  return { ...model, columns, trees };
}

function spreadTerms(model: LogisticModel, places: readonly number[], columns: readonly ColumnInfo[]): LogisticModel {
  const terms = model.design.terms.map((term) => ({ ...term, column: places[term.column]! }));
  return { ...model, design: { columns, terms } };
}

function pick<T extends Float64Array | Int32Array>(values: T, rows: Int32Array): T {
  const picked = values.slice(0, rows.length) as T;
  rows.forEach((row, at) => (picked[at] = values[row]!));
  return picked;
}
