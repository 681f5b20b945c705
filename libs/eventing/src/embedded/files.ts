import { closeSync, existsSync, fdatasync, fsyncSync, openSync, read, renameSync, write, writeFileSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Below this a write goes straight to the page cache (1-20 µs); a trip through the thread pool costs more than that. */
const INLINE_WRITE_BYTES = 64 * 1024;

/** Replaces `path` so that a crash at any moment leaves the old or the new content, never a mixture. */
export function writeFileAtomically(path: string, content: string | Buffer): void {
  const temporary = `${path}.tmp`;
  const fd = openSync(temporary, 'w');
  try {
    writeFileSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/** Makes created, renamed and deleted names in `folder` survive power loss. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The same for `folder` and the one above, without holding up the process; a folder that someone removed has no names to keep. */
export async function syncNames(folder: string): Promise<void> {
  for (const path of [folder, dirname(folder)]) {
    if (!existsSync(path)) continue;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** Writes the first `length` bytes of `bytes` at `position`; when it resolves they survive the death of this process. */
export async function writeAt(fd: number, bytes: Buffer, length: number, position: number): Promise<void> {
  let done = 0;
  while (done < length) {
    done +=
      length - done <= INLINE_WRITE_BYTES
        ? writeSync(fd, bytes, done, length - done, position + done)
        : await writeInBackground(fd, bytes, done, length - done, position + done);
  }
}

function writeInBackground(fd: number, bytes: Buffer, from: number, length: number, position: number): Promise<number> {
  return new Promise((resolve, reject) =>
    write(fd, bytes, from, length, position, (error, written) => (error ? reject(error) : resolve(written))),
  );
}

/** Reads up to `length` bytes at `position`; fewer only at the end of the file. */
export async function readAt(fd: number, length: number, position: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let done = 0;
  while (done < length) {
    const got = await readInBackground(fd, bytes, done, position + done);
    if (got === 0) return bytes.subarray(0, done);
    done += got;
  }
  return bytes;
}

function readInBackground(fd: number, bytes: Buffer, from: number, position: number): Promise<number> {
  return new Promise((resolve, reject) =>
    read(fd, bytes, from, bytes.length - from, position, (error, got) => (error ? reject(error) : resolve(got))),
  );
}

/** Resolves when what was written before the call survives power loss. */
export function syncData(fd: number): Promise<void> {
  return new Promise((resolve, reject) => fdatasync(fd, (error) => (error ? reject(error) : resolve())));
}
