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
/** Every lock is this long, so that one is taken over by writing in its place: a full disk must not keep a process from what it acknowledged. */
const LOCK_BYTES = 512;

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
 * Makes this process the only one that works in `dataDir`. A lock left by a killed process is taken over. Until it is released it
 * keeps the process alive, as a connection to a broker would.
 * @throws DATA_DIR_LOCKED naming the folder and the process that holds it.
 */
export function lockDataDir(dataDir: string): DataDirLock {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, 'log.lock');
  const mine: LockContent = {
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    processStart: processFacts(process.pid)?.start ?? null,
  };
  if (!createExclusively(path, toText(mine))) takeOver(dataDir, path, mine);
  const touch = setInterval(() => {
    if (existsSync(path)) utimesSync(path, new Date(), new Date());
  }, TOUCH_EVERY_MS);
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
  // Empty: a name alone fits on a full disk.
  if (!createExclusively(guard, '')) throw lockedError(dataDir, readLock(path));
  try {
    const holder = readLock(path);
    if (holder === null ? ageMs(path) < GUARD_STALE_MS : isAlive(holder, path)) throw lockedError(dataDir, holder);
    writeFileSync(path, toText(mine), { flag: 'r+' });
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
  const facts = processFacts(holder.pid);
  if (facts === null) return true;
  return facts.state !== 'Z' && (holder.processStart === null || facts.start === holder.processStart);
}

function lockedError(dataDir: string, holder: LockContent | null): AppError {
  const who = holder === null ? 'another process that is starting' : `process ${holder.pid} on ${holder.host}`;
  return new AppError('DATA_DIR_LOCKED', `The data directory ${dataDir} is in use by ${who}; stop it, or choose another data directory.`, {
    details: { dataDir, ...(holder ? { pid: holder.pid, host: holder.host } : {}) },
  });
}

function toText(lock: LockContent): string {
  return JSON.stringify(lock).padEnd(LOCK_BYTES);
}

/** False when the file is there. What cannot be written leaves no file. */
function createExclusively(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    rmSync(path, { force: true });
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

/** Fields 3 (Z: dead, not yet collected) and 22 (ticks from boot to its start) of /proc/<pid>/stat, proc(5); null without procfs. */
function processFacts(pid: number): { state: string; start: string } | null {
  const stat = readIfPresent(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0]!, start: fields[19]! };
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
