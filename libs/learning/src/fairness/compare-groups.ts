/** Who is selected among people of declared groups, and what became of them. */
export interface GroupRows {
  /** The group of each row; '' where it is not known. */
  readonly groups: readonly string[];
  /** 1 for the selected. */
  readonly selected: ArrayLike<number>;
  /** 1 where the outcome came that the selection is for; absent when it is not known. */
  readonly outcomes?: ArrayLike<number>;
  /** Predicted probability of the outcome, for calibration within groups. */
  readonly probabilities?: ArrayLike<number>;
}

export interface GroupFigures {
  readonly group: string;
  readonly rows: number;
  readonly selected: number;
  /** selected / rows. */
  readonly selectionRate: number;
  /** This rate over the highest one, with its 95 % interval (Katz et al. 1978, log method); null when nobody is selected. */
  readonly ratio: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** The four-fifths rule of the Uniform Guidelines (29 CFR 1607.4 D): the ratio is 0.8 or more. */
  readonly meetsFourFifths: boolean;
  /** Share with the outcome; null when it is not known. */
  readonly outcomeRate: number | null;
  /** Selected among those with the outcome (equal opportunity: Hardt, Price and Srebro 2016). */
  readonly truePositiveRate: number | null;
  /** Mean probability, to be held against `outcomeRate`. */
  readonly meanProbability: number | null;
}

export interface GroupComparison {
  readonly groups: readonly GroupFigures[];
  /** Rows of groups too small to tell anything, and whose group is not known; in no figure. */
  readonly leftOut: { readonly small: number; readonly unknown: number };
  readonly meetsFourFifths: boolean;
}

/** Smaller groups say little and may point at people. */
const LEAST_ROWS = 30;
const Z95 = 1.959964;

/** Compares groups by size, selection and outcome; groups of fewer than 30 rows are counted, not shown. @throws RangeError when lengths differ */
export function compareGroups({ groups, selected, outcomes, probabilities }: GroupRows): GroupComparison {
  for (const values of [selected, outcomes, probabilities])
    if (values !== undefined && values.length !== groups.length) throw new RangeError(`${groups.length} rows with ${values.length} values`);
  const rowsOf = new Map<string, number[]>();
  groups.forEach((group, row) => {
    const rows = rowsOf.get(group);
    if (rows) rows.push(row);
    else rowsOf.set(group, [row]);
  });
  const unknown = rowsOf.get('')?.length ?? 0;
  rowsOf.delete('');
  const large = [...rowsOf].filter(([, rows]) => rows.length >= LEAST_ROWS).sort(([a], [b]) => (a < b ? -1 : 1));
  const small = groups.length - unknown - large.reduce((sum, [, rows]) => sum + rows.length, 0);
  const counted = large.map(([group, rows]) => ({ group, rows, selected: sumOf(selected, rows) }));
  const highest = counted.reduce((most, one) => (rate(one) > rate(most) ? one : most), counted[0]!);
  const figures = counted.map((one): GroupFigures => {
    const ratio = highest.selected === 0 ? null : ratioOf(one, highest);
    return {
      group: one.group,
      rows: one.rows.length,
      selected: one.selected,
      selectionRate: rate(one),
      ratio,
      meetsFourFifths: ratio === null || ratio.value >= 0.8,
      ...outcomesOf(one.rows, { selected, outcomes, probabilities }),
    };
  });
  return { groups: figures, leftOut: { small, unknown }, meetsFourFifths: figures.every(({ meetsFourFifths }) => meetsFourFifths) };
}

interface Counted {
  readonly rows: readonly number[];
  readonly selected: number;
}

function rate({ rows, selected }: Counted): number {
  return selected / rows.length;
}

/** A group without a selected one counts half of one in the interval. */
function ratioOf(one: Counted, highest: Counted): { value: number; low: number; high: number } {
  const value = rate(one) / rate(highest);
  const spread = ({ rows, selected }: Counted): number => 1 / Math.max(0.5, selected) - 1 / rows.length;
  const centre = Math.log(Math.max(0.5, one.selected) / one.rows.length / rate(highest));
  const half = one === highest ? 0 : Z95 * Math.sqrt(Math.max(0, spread(one)) + Math.max(0, spread(highest)));
  return { value, low: one.selected === 0 ? 0 : Math.exp(centre - half), high: Math.exp(centre + half) };
}

function outcomesOf(rows: readonly number[], { selected, outcomes, probabilities }: Omit<GroupRows, 'groups'>) {
  const positives = outcomes === undefined ? [] : rows.filter((row) => outcomes[row] === 1);
  return {
    outcomeRate: outcomes === undefined ? null : positives.length / rows.length,
    truePositiveRate: positives.length === 0 ? null : sumOf(selected, positives) / positives.length,
    meanProbability: probabilities === undefined ? null : sumOf(probabilities, rows) / rows.length,
  };
}

function sumOf(values: ArrayLike<number>, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + values[row]!, 0);
}
