import { createReadStream, statSync } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { AppError } from '@tradewind/contracts';

export interface LineReader {
  /** Lines without their ends, in slices as they come; plain, `.gz` or `.br` by the file's name. @throws FILE_INVALID */
  slices(): AsyncIterable<readonly string[]>;
  /** Share of the file read so far, 0–1. */
  readRatio(): number;
}

/** A file's bytes, unpacked, as they come. */
export interface FileReader {
  /** Plain, `.gz` or `.br` by the file's name. Starts anew with each call; the stream fails with what the file system or the inflater says. */
  bytes(): Readable;
  /** Share of the file read so far, 0–1. */
  readRatio(): number;
}

/** @throws FILE_INVALID when there is no such file */
export function readBytes(path: string): FileReader {
  const size = sizeOf(path);
  let file: ReturnType<typeof createReadStream> | undefined;
  return {
    readRatio: () => (file && size > 0 ? Math.min(1, file.bytesRead / size) : 0),
    bytes() {
      file = createReadStream(path);
      return decompressed(file, path);
    },
  };
}

/** @throws FILE_INVALID when there is no such file */
export function readLines(path: string): LineReader {
  const file = readBytes(path);
  return {
    readRatio: () => file.readRatio(),
    async *slices() {
      const text = file.bytes();
      text.setEncoding('utf8');
      let rest = '';
      try {
        for await (const chunk of text as AsyncIterable<string>) {
          const lines = (rest + chunk).split('\n');
          rest = lines.pop()!;
          if (lines.length > 0) yield lines.map(withoutReturn);
        }
      } catch (cause) {
        throw new AppError('FILE_INVALID', `could not read ${path}`, { cause });
      }
      if (rest !== '') yield [withoutReturn(rest)];
    },
  };
}

function sizeOf(path: string): number {
  try {
    const stat = statSync(path);
    if (stat.isFile()) return stat.size;
  } catch (cause) {
    throw new AppError('FILE_INVALID', `there is no readable file ${path}`, { cause });
  }
  throw new AppError('FILE_INVALID', `${path} is not a file`);
}

function decompressed(file: Readable, path: string): Readable {
  const inflater = path.endsWith('.gz') ? createGunzip() : path.endsWith('.br') ? createBrotliDecompress() : null;
  if (inflater === null) return file;
  // The iteration over the last stream reports the error of any of them.
  return pipeline(file, inflater, () => undefined);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
