import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AppError } from '@tradewind/contracts';

/** Paths this process holds: its own pid in a lock file proves nothing, as pids repeat after a restart (in a container it is always 1). */
const held = new Set<string>();

/**
 * Takes the lock file, so that no second process opens what it guards. A lock whose process is gone (kill -9) is taken over.
 * @param setting that makes processes share a server instead, for the remedy
 * @returns gives it back
 * @throws DATA_DIR_LOCKED naming the process that holds it
 */
export async function lockDataDir(file: string, setting: string): Promise<() => Promise<void>> {
  const path = resolve(file);
  if (held.has(path)) throw lockedError(path, setting, process.pid);
  held.add(path);
  try {
    await takeLock(path, setting);
  } catch (error) {
    held.delete(path);
    throw error;
  }
  return async () => {
    await unlinkIfThere(path);
    held.delete(path);
  };
}

async function takeLock(path: string, setting: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (await tryLock(path)) return;
  const owner = await readOwner(path);
  if (owner !== null && isAlive(owner)) throw lockedError(path, setting, owner.pid);
  await unlinkIfThere(path);
  if (!(await tryLock(path))) throw lockedError(path, setting, (await readOwner(path))?.pid);
}

interface Owner {
  readonly pid: number;
  /** When the process began, as the kernel counts it; null where that cannot be read. */
  readonly startedAt: string | null;
}

function lockedError(path: string, setting: string, pid: number | undefined): AppError {
  const remedy = `stop it, set DATA_DIR to another folder, or set ${setting} so that processes share a server`;
  return new AppError('DATA_DIR_LOCKED', `${dirname(path)} is in use by process ${pid ?? 'unknown'} (${path}); ${remedy}`);
}

/** By a link, so that nobody sees the lock without its owner in it. */
async function tryLock(path: string): Promise<boolean> {
  const draft = `${path}.${process.pid}`;
  const owner: Owner = { pid: process.pid, startedAt: processStart(process.pid) };
  await writeFile(draft, JSON.stringify(owner));
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlinkIfThere(draft);
  }
}

/** null when the file vanished or was torn by a power failure. */
async function readOwner(path: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function isAlive(owner: Owner): boolean {
  // Ours, but not held: left by a former process with our pid.
  if (owner.pid === process.pid) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return owner.startedAt === processStart(owner.pid);
}

/** Field 22 of /proc/<pid>/stat: clock ticks after boot, which tells a reused pid apart. @see proc(5) */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
