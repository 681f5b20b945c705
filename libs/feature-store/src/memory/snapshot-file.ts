import { createReadStream } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '@tradewind/contracts';
import type { StateWrite } from '../state-store';
import { encodeFrame, readFrames } from './state-frame';

const CHUNK_BYTES = 1 << 20;
/** The last frame's key; its revision is the number of entries, so a cut file is noticed. */
const END_KEY = '\u0000end';

/** Writes the entries to a temporary file beside `file`, makes it durable, then takes the name: there is never half a snapshot. */
export async function writeSnapshot(file: string, entries: Iterable<StateWrite>): Promise<void> {
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, 'w');
  try {
    await writeEntries(handle, entries);
    await handle.sync();
  } catch (cause) {
    await handle.close();
    await rm(temporary, { force: true });
    throw cause;
  }
  await handle.close();
  await rename(temporary, file);
  await syncDirectory(dirname(file));
}

/** Entries of a snapshot; none when there is no such file. @throws STATE_CORRUPT when it is not whole. */
export async function* readSnapshot(file: string): AsyncGenerator<StateWrite, void> {
  let entries = 0;
  let ended = false;
  for await (const change of readFrames(readFile(file))) {
    if (change.value === null || ended) throw corrupt(file);
    ended = change.key === END_KEY;
    if (ended && change.revision !== entries) throw corrupt(file);
    if (ended) continue;
    entries++;
    yield change;
  }
  if (!ended && (await exists(file))) throw corrupt(file);
}

/** A file's bytes in chunks; none when there is no such file. */
export async function* readFile(file: string): AsyncGenerator<Buffer, void> {
  if (!(await exists(file))) return;
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) yield chunk as Buffer;
}

export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeEntries(handle: FileHandle, entries: Iterable<StateWrite>): Promise<void> {
  let frames: Buffer[] = [];
  let bytes = 0;
  let count = 0;
  for (const entry of entries) {
    const frame = encodeFrame(entry);
    frames.push(frame);
    count++;
    bytes += frame.length;
    if (bytes < CHUNK_BYTES) continue;
    await handle.writeFile(Buffer.concat(frames));
    frames = [];
    bytes = 0;
  }
  frames.push(encodeFrame({ key: END_KEY, value: Buffer.alloc(0), revision: count }));
  await handle.writeFile(Buffer.concat(frames));
}

async function exists(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'r');
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function corrupt(file: string): AppError {
  return new AppError(
    'STATE_CORRUPT',
    `the state snapshot ${file} is not whole; restore its folder from a backup, or rebuild it from the log (docs/failures.md)`,
  );
}
