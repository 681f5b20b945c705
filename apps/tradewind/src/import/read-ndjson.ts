import type { LineReader } from '../replay/read-lines';
import type { BadRow, Row, RowReader } from './row';

/** One JSON object per line; empty lines are no rows. */
export function readNdjson(lines: LineReader): RowReader {
  return {
    readRatio: () => lines.readRatio(),
    async *rows() {
      let [row, line] = [0, 0];
      for await (const slice of lines.slices()) {
        for (const text of slice) {
          line++;
          if (text.trim() !== '') yield toRow(line === 1 ? text.replace(/^\ufeff/, '') : text, ++row, line);
        }
      }
    },
  };
}

function toRow(text: string, row: number, line: number): Row | BadRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { row, line, bad: { code: 'JSON_MALFORMED', reason: 'the line is not JSON' } };
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { row, line, value: value as Row['value'] };
  return { row, line, bad: { code: 'JSON_MALFORMED', reason: 'the line is no JSON object' } };
}
