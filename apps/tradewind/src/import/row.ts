/** One row of a file. */
export interface Row {
  /** Place among the rows, from 1; headers and empty lines do not count. The same in every reading of the file. */
  readonly row: number;
  /** Line of the file on which it begins, from 1; the row itself where a file has no lines. */
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>>;
  readonly bad?: undefined;
}

/** A row that cannot be read; the rows after it can. */
export interface BadRow {
  readonly row: number;
  readonly line: number;
  readonly bad: { readonly code: 'FILE_INVALID' | 'JSON_MALFORMED'; readonly reason: string };
}

/** A file as rows, read as a stream. */
export interface RowReader {
  /** In order. @throws FILE_INVALID when the file as a whole cannot be read */
  rows(): AsyncIterable<Row | BadRow>;
  /** Share of the file read so far, 0–1. */
  readRatio(): number;
}
