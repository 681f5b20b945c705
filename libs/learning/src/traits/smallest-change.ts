import type { BoostedTrees } from '../boosting/boosted-trees';
import type { LogisticModel } from '../linear/logistic-regression';

/** Values of one column that are worth trying. */
export interface Candidates {
  readonly column: number;
  readonly values: readonly number[];
  /** What counts as one step of change, e.g. the column's standard deviation; null for categories, which are all one step apart. */
  readonly unit: number | null;
}

/** The nearest value of one column that brings the score to the other side, everything else as it is. */
export interface Change {
  readonly column: number;
  readonly from: number;
  readonly to: number;
  /** |to − from| in units; 1 where one of the two is missing or both are categories. */
  readonly distance: number;
  /** The score after the change. */
  readonly score: number;
}

export interface ChangeQuestion {
  readonly row: ArrayLike<number>;
  readonly score: (row: Float32Array) => number;
  /** At or above is one side, below the other. */
  readonly threshold: number;
  /** Of the columns that can change at all; leave out age, tenure and the like. */
  readonly candidates: readonly Candidates[];
}

/** For each column the smallest change that crosses the threshold, the nearest first; empty where no single column can. */
export function findSmallestChanges({ row, score, threshold, candidates }: ChangeQuestion): Change[] {
  const changed = Float32Array.from(row);
  const isAbove = score(changed) >= threshold;
  const changes = candidates.flatMap(({ column, values, unit }): Change[] => {
    const from = changed[column]!;
    const distanceTo = (to: number): number => (unit === null || Number.isNaN(from) ? 1 : Math.abs(to - from) / unit);
    const nearest = values.filter((to) => to !== from).sort((a, b) => distanceTo(a) - distanceTo(b) || a - b);
    for (const to of nearest) {
      changed[column] = to;
      const after = score(changed);
      if (after >= threshold !== isAbove) {
        changed[column] = from;
        return [{ column, from, to, distance: distanceTo(to), score: after }];
      }
    }
    changed[column] = from;
    return [];
  });
  return changes.sort((a, b) => a.distance - b.distance || a.column - b.column);
}

/**
 * Each value at which the trees' answer can change: both sides of every threshold a column is asked for, and all categories. Between them
 * nothing changes, so what `findSmallestChanges` finds over them is the smallest change there is.
 */
export function treeCandidates({ columns, trees }: BoostedTrees, units: ArrayLike<number>): Candidates[] {
  const values = columns.map(({ categories }) => new Set<number>(categories?.keys()));
  for (const tree of trees) {
    tree.column.forEach((column, node) => {
      if (column < 0 || tree.members[node] !== null) return;
      values[column]!.add(tree.threshold[node]!).add(nextFloat32(tree.threshold[node]!));
    });
  }
  return values.map((own, column) => ({
    column,
    values: [...own].filter(Number.isFinite),
    unit: columns[column]!.categories ? null : units[column]!,
  }));
}

/** For a linear model: the value at which the score is the threshold, and one float32 further on either side; and all categories. */
export function logisticCandidates(
  { design, weights }: LogisticModel,
  row: ArrayLike<number>,
  units: ArrayLike<number>,
  gap: number,
): Candidates[] {
  const values = design.columns.map(({ categories }) => [...(categories?.keys() ?? [])]);
  design.terms.forEach(({ column, kind, std }, t) => {
    const from = row[column]!;
    if ((kind !== 'number' && kind !== 'log') || weights[t] === 0 || Number.isNaN(from)) return;
    const step = (gap * std) / weights[t]!;
    const bend = Math.sign(from) * Math.log1p(Math.abs(from)) + step;
    const to = Math.fround(kind === 'number' ? from + step : Math.sign(bend) * Math.expm1(Math.abs(bend)));
    // Rounding may leave the score a hair short.
    const further = to + Math.sign(step) * Math.max(1e-6, Math.abs(to) * 1e-6);
    if (Number.isFinite(to)) values[column]!.push(to, Math.fround(further));
  });
  return values.map((own, column) => ({ column, values: own, unit: design.columns[column]!.categories ? null : units[column]! }));
}

/** The next larger float32 number. */
function nextFloat32(value: number): number {
  const float = Float32Array.of(value === 0 ? 0 : value);
  const bits = new Int32Array(float.buffer);
  bits[0]! += float[0]! >= 0 ? 1 : -1;
  return float[0]!;
}
