import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AppError } from '@tradewind/contracts';
import { readBytes, readLines } from '../replay/read-lines';
import { readCsv, type CsvOptions } from './read-csv';
import { readNdjson } from './read-ndjson';
import { readParquet } from './read-parquet';
import type { RowReader } from './row';

export const IMPORT_FORMATS = ['csv', 'ndjson', 'parquet'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** The format that a file's name tells, with or without `.gz`; undefined when it tells none. */
export function formatOf(path: string): ImportFormat | undefined {
  const [, ending = ''] = /\.([a-z]+)(?:\.(?:gz|br))?$/i.exec(path) ?? [];
  const formats: Record<string, ImportFormat> = {
    csv: 'csv',
    tsv: 'csv',
    ndjson: 'ndjson',
    jsonl: 'ndjson',
    parquet: 'parquet',
    pq: 'parquet',
  };
  return formats[ending.toLowerCase()];
}

/**
 * Opens a file as rows. A compressed Parquet file is unpacked beside the system's temporary files first: it must be read at any place.
 * @throws FILE_INVALID when there is no such file
 */
export async function openRows(path: string, format: ImportFormat, csv: CsvOptions): Promise<RowReader & { close(): Promise<void> }> {
  const nothing = async () => undefined;
  if (format === 'ndjson') return { ...readNdjson(readLines(path)), close: nothing };
  if (format === 'csv') return { ...readCsv(readBytes(path), path, csv), close: nothing };
  readBytes(path);
  if (!path.endsWith('.gz')) return { ...readParquet(path), close: nothing };
  const folder = await mkdtemp(join(tmpdir(), 'tradewind-import-'));
  const close = () => rm(folder, { recursive: true, force: true });
  const unpacked = join(folder, 'rows.parquet');
  try {
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(unpacked));
    return { ...readParquet(unpacked), close };
  } catch (cause) {
    await close();
    throw new AppError('FILE_INVALID', `could not unpack ${path}`, { cause });
  }
}
