import { assertSameColumns, columnInfos, type ColumnInfo, type FeatureTable } from '../boosting/feature-table';

// Bound once: looked up each time, they take most of a fit.
const { abs, log1p, sign } = Math;
const isMissing = Number.isNaN;

/** How one number of the design comes from a column: (t(x) − mean) / std, t(x) as `kind` says; 0 for what is missing. JSON as it is. */
export interface DesignTerm {
  readonly column: number;
  /** `log` is sign(x)·ln(1 + |x|); `category` is 1 for `code`, else 0; `missing` is 1 for a missing value, else 0. */
  readonly kind: 'number' | 'log' | 'category' | 'missing';
  readonly code?: number;
  readonly mean: number;
  readonly std: number;
}

/** How a table becomes numbers for a linear model. */
export interface Design {
  readonly columns: readonly ColumnInfo[];
  readonly terms: readonly DesignTerm[];
}

/** Numbers with a longer tail than this go through the logarithm. */
const SKEWNESS_FOR_LOG = 1;

/** Terms with their means and deviations over the rows; what never varies is left out. */
export function fitDesign(table: FeatureTable): Design {
  const terms = table.columns.flatMap(({ values, categories }, column) => {
    const kinds: Pick<DesignTerm, 'kind' | 'code'>[] =
      categories === undefined ? [{ kind: numberKind(values) }] : categories.map((_, code) => ({ kind: 'category', code }));
    return [...kinds, { kind: 'missing' } as const].map((kind) => withMoments({ column, ...kind, mean: 0, std: 1 }, values));
  });
  return { columns: columnInfos(table), terms: terms.filter(({ std }) => std > 0) };
}

/** The terms of every row, rows × terms. @throws RangeError when the columns differ from the fitted ones. */
export function designMatrix(design: Design, table: FeatureTable): Float64Array {
  assertSameColumns(design.columns, table);
  const width = design.terms.length;
  const matrix = new Float64Array(table.rows * width);
  design.terms.forEach((term, t) => {
    const { values } = table.columns[term.column]!;
    for (let row = 0; row < table.rows; row++) matrix[row * width + t] = termValue(term, values[row]!);
  });
  return matrix;
}

/** One term of one value, in standard deviations from the mean. */
export function termValue(term: DesignTerm, value: number): number {
  if (isMissing(value) && (term.kind === 'number' || term.kind === 'log')) return 0;
  return (raw(term, value) - term.mean) / term.std;
}

function raw({ kind, code }: DesignTerm, value: number): number {
  if (kind === 'missing') return Number(isMissing(value));
  if (kind === 'category') return Number(value === code);
  return kind === 'log' ? sign(value) * log1p(abs(value)) : value;
}

function withMoments(term: DesignTerm, values: Float32Array): DesignTerm {
  const [mean, std] = moments(values, (value) =>
    isMissing(value) && (term.kind === 'number' || term.kind === 'log') ? NaN : raw(term, value),
  );
  return { ...term, mean, std };
}

function numberKind(values: Float32Array): 'number' | 'log' {
  const [mean, std] = moments(values, (value) => value);
  if (std === 0) return 'number';
  const [skewness] = moments(values, (value) => ((value - mean) / std) ** 3);
  return Math.abs(skewness) > SKEWNESS_FOR_LOG ? 'log' : 'number';
}

/** Mean and population standard deviation of what is not NaN; 0 for rounding's worth of deviation. */
function moments(values: Float32Array, of: (value: number) => number): [mean: number, std: number] {
  let [count, sum, squares] = [0, 0, 0];
  for (const value of values) {
    const x = of(value);
    if (isMissing(x)) continue;
    count++;
    sum += x;
  }
  if (count === 0) return [0, 0];
  const mean = sum / count;
  for (const value of values) {
    const x = of(value);
    if (!isMissing(x)) squares += (x - mean) ** 2;
  }
  const std = Math.sqrt(squares / count);
  return [mean, std > 1e-9 * Math.max(1, Math.abs(mean)) ? std : 0];
}
