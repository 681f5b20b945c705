import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@tradewind/contracts';

/** Another machine's process cannot be asked whether it lives: its lock holds while it is touched at least this often. */
const FOREIGN_STALE_MS = 30_000;
const TOUCH_EVERY_MS = 5_000;
/** Taking over takes microseconds; a guard this old was left by a process killed in the middle. */
const GUARD_STALE_MS = 10_000;

interface LockContent {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  /** Tells a process from a later one with the same id; null where the system does not say. */
  readonly processStart: string | null;
}

export interface DataDirLock {
  /** Gives the folder free. Idempotent. */
  release(): void;
}

/**
 * Makes this process the only one that works in `dataDir`. A lock left by a killed process is taken over.
 * @throws DATA_DIR_LOCKED naming the folder and the process that holds it.
 */
export function lockDataDir(dataDir: string): DataDirLock {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, 'log.lock');
  const mine: LockContent = { token: randomUUID(), pid: process.pid, host: hostname(), processStart: processStart(process.pid) };
  if (!createExclusively(path, JSON.stringify(mine))) takeOver(dataDir, path, mine);
  const touch = setInterval(() => {
    if (existsSync(path)) utimesSync(path, new Date(), new Date());
  }, TOUCH_EVERY_MS).unref();
  return {
    release() {
      clearInterval(touch);
      if (readLock(path)?.token === mine.token) rmSync(path);
    },
  };
}

/** One process at a time may judge and replace a stale lock. */
function takeOver(dataDir: string, path: string, mine: LockContent): void {
  const guard = `${path}.takeover`;
  if (ageMs(guard) > GUARD_STALE_MS) rmSync(guard, { force: true });
  if (!createExclusively(guard, mine.token)) throw lockedError(dataDir, readLock(path));
  try {
    const holder = readLock(path);
    if (holder === null ? ageMs(path) < GUARD_STALE_MS : isAlive(holder, path)) throw lockedError(dataDir, holder);
    rmSync(path, { force: true });
    if (!createExclusively(path, JSON.stringify(mine))) throw lockedError(dataDir, readLock(path));
  } finally {
    rmSync(guard, { force: true });
  }
}

function isAlive(holder: LockContent, path: string): boolean {
  if (holder.host !== hostname()) return ageMs(path) < FOREIGN_STALE_MS;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to someone else.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const start = processStart(holder.pid);
  return start === null || holder.processStart === null || start === holder.processStart;
}

function lockedError(dataDir: string, holder: LockContent | null): AppError {
  const who = holder === null ? 'another process that is starting' : `process ${holder.pid} on ${holder.host}`;
  return new AppError('DATA_DIR_LOCKED', `The data directory ${dataDir} is in use by ${who}; stop it, or choose another data directory.`, {
    details: { dataDir, ...(holder ? { pid: holder.pid, host: holder.host } : {}) },
  });
}

function createExclusively(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The lock's content; null when it is absent or still being written. */
function readLock(path: string): LockContent | null {
  const text = readIfPresent(path);
  try {
    return text === null ? null : (JSON.parse(text) as LockContent);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Fields 3 and 22 of /proc/<pid>/stat (proc(5)): its state and when it started, in clock ticks since boot; null without procfs. */
function processStart(pid: number): string | null {
  const stat = readIfPresent(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Milliseconds since the file was last touched; 0 when it is absent. */
function ageMs(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? Date.now() - stat.mtimeMs : 0;
}
