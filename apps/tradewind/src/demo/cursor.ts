import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'demo.json';
/** Events that may be under way when the process is killed: sent again, and dropped by their message ids. */
const REPEATED_EVENTS = 1_000;

/** How many events of the sample data the log holds for sure. */
export async function readCursor(dataDir: string): Promise<number> {
  const file = join(dataDir, FILE);
  if (!existsSync(file)) return 0;
  const { sent } = JSON.parse(await readFile(file, 'utf8')) as { sent: number };
  return Math.max(0, sent - REPEATED_EVENTS);
}

/** Atomic, so that a kill leaves the old or the new one. */
export function writeCursor(dataDir: string, sent: number): void {
  const file = join(dataDir, FILE);
  writeFileSync(`${file}.new`, JSON.stringify({ sent }));
  renameSync(`${file}.new`, file);
}
