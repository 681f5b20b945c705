import { pipeline } from 'node:stream';
import { parse, type Info } from 'csv-parse';
import { AppError } from '@tradewind/contracts';
import type { FileReader } from '../replay/read-lines';
import type { BadRow, Row, RowReader } from './row';

export interface CsvOptions {
  readonly delimiter: string;
  /** Names of the columns of a file that has no line with them. */
  readonly columns?: readonly string[] | undefined;
}

/** A record larger than this has a quote that is never closed. */
const MAX_RECORD_CHARS = 4 * 1024 * 1024;

/** Rows of RFC 4180 text, UTF-8; fields may hold line breaks. Empty fields are absent. */
export function readCsv(file: FileReader, path: string, { delimiter, columns }: CsvOptions): RowReader {
  return {
    readRatio: () => file.readRatio(),
    async *rows() {
      const parser = parse({
        delimiter,
        record_delimiter: ['\r\n', '\n'],
        bom: true,
        info: true,
        relax_quotes: true,
        relax_column_count: true,
        skip_empty_lines: true,
        max_record_size: MAX_RECORD_CHARS,
      });
      // The iteration over the last stream reports the error of any of them.
      const records: AsyncIterable<{ record: string[]; info: Info }> = pipeline(file.bytes(), parser, () => undefined);
      let names = columns;
      let [row, nextLine] = [0, 1];
      try {
        for await (const { record, info } of records) {
          if (names === undefined) names = namesOf(record, path);
          else yield toRow(record, names, ++row, info.lines - breaksIn(record));
          nextLine = info.lines + 1;
        }
      } catch (error) {
        if (error instanceof AppError) throw error;
        throw new AppError('FILE_INVALID', `${path} cannot be read as CSV from line ${nextLine} on`, { cause: error });
      }
    },
  };
}

function namesOf(record: readonly string[], path: string): readonly string[] {
  const repeated = record.find((name, i) => record.indexOf(name) !== i);
  if (repeated !== undefined)
    throw new AppError(
      'FILE_INVALID',
      `${path} has two columns "${repeated}"; name all columns with --columns and start with --from-row 2`,
    );
  return record;
}

/** Fields in quotes may hold line breaks: so many lines before its last one the record begins. */
function breaksIn(record: readonly string[]): number {
  let breaks = 0;
  for (const field of record) for (let at = field.indexOf('\n'); at >= 0; at = field.indexOf('\n', at + 1)) breaks++;
  return breaks;
}

function toRow(record: readonly string[], names: readonly string[], row: number, line: number): Row | BadRow {
  if (record.length !== names.length)
    return { row, line, bad: { code: 'FILE_INVALID', reason: `the line has ${record.length} fields, there are ${names.length} columns` } };
  const value: Record<string, unknown> = {};
  for (let i = 0; i < names.length; i++) if (record[i] !== '') value[names[i]!] = record[i];
  return { row, line, value };
}
