/** One feature of every row. */
export interface FeatureColumn {
  readonly name: string;
  /** NaN is a missing value. In a column of categories: codes 0 … categories.length − 1. */
  readonly values: Float32Array;
  /** The names of the codes, at most 254; absent for numbers. */
  readonly categories?: readonly string[];
}

/** A table for trees and linear models, column by column: numbers and categories side by side, with gaps. */
export interface FeatureTable {
  readonly rows: number;
  readonly columns: readonly FeatureColumn[];
}

/** What a model keeps of a column, so that later tables can be checked against it. */
export interface ColumnInfo {
  readonly name: string;
  readonly categories?: readonly string[];
}

/** Codes of one column fit a byte beside the missing value. */
export const MAX_CATEGORIES = 254;

/** Checks columns and joins them. @throws RangeError on different lengths, infinite numbers, codes out of range or equal names. */
export function createFeatureTable(columns: readonly FeatureColumn[]): FeatureTable {
  const rows = columns[0]?.values.length ?? 0;
  if (new Set(columns.map(({ name }) => name)).size < columns.length) throw new RangeError('two columns have the same name');
  for (const column of columns) assertColumn(column, rows);
  return { rows, columns };
}

/** The rows of these numbers, in their order. */
export function pickTableRows({ columns }: FeatureTable, rows: ArrayLike<number>): FeatureTable {
  const picked = columns.map((column) => {
    const values = new Float32Array(rows.length);
    for (let to = 0; to < rows.length; to++) values[to] = column.values[rows[to]!]!;
    return { ...column, values };
  });
  return { rows: rows.length, columns: picked };
}

/** One row, a value a column. */
export function tableRow({ columns }: FeatureTable, row: number): Float32Array {
  return Float32Array.from(columns, ({ values }) => values[row]!);
}

/** All rows one after another: rows × columns. */
export function tableToRows({ rows, columns }: FeatureTable): Float32Array {
  const data = new Float32Array(rows * columns.length);
  columns.forEach(({ values }, c) => {
    for (let row = 0; row < rows; row++) data[row * columns.length + c] = values[row]!;
  });
  return data;
}

/** What a model keeps of the table's columns. */
export function columnInfos({ columns }: FeatureTable): ColumnInfo[] {
  return columns.map(({ name, categories }) => (categories === undefined ? { name } : { name, categories }));
}

/** @throws RangeError when a column has another name, or is of another kind, than the model was fitted on. */
export function assertSameColumns(infos: readonly ColumnInfo[], { columns }: FeatureTable): void {
  if (columns.length !== infos.length) throw new RangeError(`the model takes ${infos.length} columns, the table has ${columns.length}`);
  infos.forEach(({ name, categories }, c) => {
    const given = columns[c]!;
    if (given.name !== name) throw new RangeError(`column ${c} must be ${name}, it is ${given.name}`);
    if (given.categories?.length !== categories?.length)
      throw new RangeError(
        `column ${name} has ${given.categories?.length ?? 'no'} categories, the model knows ${categories?.length ?? 'none'}`,
      );
  });
}

function assertColumn({ name, values, categories }: FeatureColumn, rows: number): void {
  if (values.length !== rows) throw new RangeError(`column ${name} has ${values.length} rows, the first has ${rows}`);
  if (categories !== undefined && categories.length > MAX_CATEGORIES)
    throw new RangeError(`column ${name} has ${categories.length} categories, ${MAX_CATEGORIES} at most`);
  const isBad = (value: number): boolean =>
    !Number.isNaN(value) &&
    (categories === undefined ? !Number.isFinite(value) : !(Number.isInteger(value) && value >= 0 && value < categories.length));
  const bad = values.findIndex(isBad);
  if (bad >= 0) throw new RangeError(`column ${name}, row ${bad} is ${values[bad]}`);
}
