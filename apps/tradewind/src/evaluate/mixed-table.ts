import { AppError } from '@tradewind/contracts';
import { createFeatureTable, type FeatureColumn, type FeatureTable } from '@tradewind/learning';
import { readLines } from '../replay/read-lines';
import { csvRows } from './feature-table';

/** A CSV file as text, column by column. */
export interface TextTable {
  readonly path: string;
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A CSV file with a header, plain or .gz; commas, semicolons or tabs, whichever its first line has most of. @throws FILE_INVALID */
export async function readTextTable(path: string): Promise<TextTable> {
  const rows: string[][] = [];
  for await (const row of csvRows(path, await findDelimiter(path))) rows.push(row);
  const [names, ...body] = rows;
  if (names === undefined || body.length === 0) throw new AppError('FILE_INVALID', `${path} has no header with rows below it`);
  return { path, names, rows: body };
}

/** The cells of a column. @throws FILE_INVALID when there is no such column */
export function cellsOf({ path, names, rows }: TextTable, name: string): string[] {
  const at = names.indexOf(name);
  if (at < 0) throw new AppError('FILE_INVALID', `${path} has no column ${name}; it has ${names.join(', ')}`);
  return rows.map((row) => row[at]!);
}

/**
 * The columns but for `without`, for learning: numbers where every cell is a number or empty, else categories. Empty is missing. Columns of
 * more than 254 different texts are left out and named in `skipped`.
 * @throws FILE_INVALID when a name of `without` is unknown or nothing is left
 */
export function toFeatureTable(
  table: TextTable,
  without: readonly string[],
): { readonly table: FeatureTable; readonly skipped: readonly string[] } {
  for (const name of without) cellsOf(table, name);
  const skipped: string[] = [];
  const columns = table.names.flatMap((name): FeatureColumn[] => {
    if (without.includes(name)) return [];
    const column = toColumn(name, cellsOf(table, name));
    if (column === null) skipped.push(name);
    return column === null ? [] : [column];
  });
  if (columns.length === 0) throw new AppError('FILE_INVALID', `${table.path} has no column to learn from`);
  return { table: createFeatureTable(columns), skipped };
}

function toColumn(name: string, cells: readonly string[]): FeatureColumn | null {
  if (cells.every((cell) => cell === '' || Number.isFinite(Number(cell))))
    return { name, values: Float32Array.from(cells, (cell) => (cell === '' ? NaN : Number(cell))) };
  const categories = [...new Set(cells.filter((cell) => cell !== ''))].sort();
  if (categories.length > 254) return null;
  const codes = new Map(categories.map((category, code) => [category, code]));
  return { name, values: Float32Array.from(cells, (cell) => codes.get(cell) ?? NaN), categories };
}

async function findDelimiter(path: string): Promise<string> {
  for await (const lines of readLines(path).slices()) {
    const count = (delimiter: string): number => lines[0]!.split(delimiter).length;
    return [',', ';', '\t'].reduce((most, delimiter) => (count(delimiter) > count(most) ? delimiter : most));
  }
  throw new AppError('FILE_INVALID', `${path} is empty`);
}
