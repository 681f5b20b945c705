import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from '@tradewind/contracts';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import type { Row, RowReader } from './row';

/** Rows decoded at once. Where the file has an offset index only their pages are read, else their row group's columns. */
const ROWS_AT_ONCE = 20_000;

/** Rows of a Parquet file, compressed in any usual way. Whole numbers beyond 2^53 become text, times ISO 8601, empty values absent. */
export function readParquet(path: string): RowReader {
  let [read, total] = [0, 0];
  return {
    readRatio: () => (total === 0 ? 0 : read / total),
    async *rows() {
      // Both are ES modules only.
      const [{ parquetMetadataAsync, parquetReadObjects }, { compressors }] = await Promise.all([
        import('hyparquet'),
        import('hyparquet-compressors'),
      ]);
      const handle = await open(path);
      try {
        const file = await bufferOf(handle);
        const metadata = await readable(path, () => parquetMetadataAsync(file));
        total = Number(metadata.num_rows);
        for (const [rowStart, rowEnd] of ranges(metadata)) {
          const options = { file, metadata, compressors, rowStart, rowEnd, useOffsetIndex: true };
          const values = await readable(path, () => parquetReadObjects(options));
          for (const value of values) yield toRow(value, ++read);
        }
      } finally {
        await handle.close();
      }
    },
  };
}

async function bufferOf(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(end - start);
      await handle.read(bytes, 0, bytes.length, start);
      return bytes.buffer;
    },
  };
}

/** Never across row groups, which would decode both. */
function* ranges({ row_groups: groups }: FileMetaData): Generator<[start: number, end: number]> {
  let start = 0;
  for (const group of groups) {
    const groupEnd = start + Number(group.num_rows);
    for (; start < groupEnd; start = Math.min(groupEnd, start + ROWS_AT_ONCE)) yield [start, Math.min(groupEnd, start + ROWS_AT_ONCE)];
  }
}

async function readable<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new AppError('FILE_INVALID', `${path} cannot be read as Parquet`, { cause });
  }
}

function toRow(value: Readonly<Record<string, unknown>>, row: number): Row {
  return { row, line: row, value: plainMembers(value) };
}

function plainMembers(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, plain(member)] as const)
      .filter(([, member]) => member !== undefined && member !== null && member !== ''),
  );
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<number | bigint>, plain);
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === 'object' && value !== null ? plainMembers(value) : value;
}
