import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { AppError } from '@tradewind/contracts';
import type { Matrix } from '@tradewind/learning';

export interface FeatureTable {
  readonly matrix: Matrix;
  readonly columns: readonly string[];
  /** Columns that hold something else than numbers. */
  readonly skipped: readonly string[];
}

/** Lines of a CSV file, plain or .gz, as arrays of text. @throws FILE_INVALID */
export async function* csvRows(file: string, delimiter = ','): AsyncGenerator<string[]> {
  const bytes = createReadStream(file);
  const parser = parse({ bom: true, skip_empty_lines: true, trim: true, delimiter });
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  for (const stream of [bytes, text]) stream.on('error', (error: Error) => parser.destroy(error));
  try {
    for await (const row of text.pipe(parser)) yield row as string[];
  } catch (cause) {
    throw new AppError('FILE_INVALID', `cannot read ${file} as CSV: ${(cause as Error).message}`, { cause });
  }
}

/**
 * The numeric columns of a CSV file. A first line with any text that is no number names the columns. An empty cell in a numeric column is a
 * fault: what it stands for is for the file's owner to say.
 * @throws FILE_INVALID naming file, line and column
 */
export async function readFeatures(file: string): Promise<FeatureTable> {
  const rows: string[][] = [];
  for await (const row of csvRows(file)) rows.push(row);
  const first = rows[0];
  if (first === undefined) throw new AppError('FILE_INVALID', `${file} is empty`);
  const hasHeader = first.some((cell) => !isNumber(cell));
  const names = hasHeader ? first : first.map((_, i) => `column_${i + 1}`);
  const body = hasHeader ? rows.slice(1) : rows;
  if (body.length === 0) throw new AppError('FILE_INVALID', `${file} has a header and no rows`);
  const numeric = names.map((_, c) => c).filter((c) => isNumber(body[0]![c] ?? ''));
  if (numeric.length === 0) throw new AppError('FILE_INVALID', `${file} has no numeric column`);
  const data = new Float32Array(body.length * numeric.length);
  body.forEach((row, r) =>
    numeric.forEach((c, i) => {
      const value = row[c] ?? '';
      if (!isNumber(value)) throw notANumber(file, r + (hasHeader ? 2 : 1), names[c]!, value);
      data[r * numeric.length + i] = Number(value);
    }),
  );
  const kept = new Set(numeric);
  return {
    matrix: { rows: body.length, columns: numeric.length, data },
    columns: numeric.map((c) => names[c]!),
    skipped: names.filter((_, c) => !kept.has(c)),
  };
}

/** The last cell of each line, as whole numbers from 0; a first line that occurs nowhere else and makes one line too many is a header. */
export async function readLabels(file: string, rows: number): Promise<Int32Array> {
  const cells: string[] = [];
  for await (const row of csvRows(file)) cells.push(row.at(-1)!);
  const labels = cells.length === rows + 1 ? cells.slice(1) : cells;
  if (labels.length !== rows) throw new AppError('FILE_INVALID', `${file} has ${cells.length} lines for ${rows} rows of features`);
  const numbers = new Map<string, number>();
  return Int32Array.from(labels, (label) => {
    if (!numbers.has(label)) numbers.set(label, numbers.size);
    return numbers.get(label)!;
  });
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text));
}

function notANumber(file: string, line: number, column: string, value: string): AppError {
  const what = value === '' ? 'is empty' : `is ${JSON.stringify(value)}, no number`;
  return new AppError('FILE_INVALID', `${file}, line ${line}: ${column} ${what}; fill it or leave the column out`);
}
