import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Launch } from './server';

const ENTRY = z.object({ pid: z.int(), port: z.int(), startedAt: z.string() });

/** A server process of ours, as its pid file names it. */
export type ServerProcess = z.output<typeof ENTRY>;

const fileOf = (dir: string) => join(dir, 'process.json');

/** Starts the program detached, its output appended to `<dir>/server.log`, and writes the pid file. */
export function startDetached(dir: string, port: number, { program, args, uid, gid }: Launch): ServerProcess | null {
  const log = openSync(join(dir, 'server.log'), 'a');
  const child = spawn(program, [...args], { detached: true, stdio: ['ignore', log, log], cwd: '/', uid, gid });
  // A program that cannot be started has no pid; the event must not end this process.
  child.once('error', () => undefined);
  child.unref();
  closeSync(log);
  if (child.pid === undefined) return null;
  const entry = { pid: child.pid, port, startedAt: startTimeOf(child.pid) ?? '' };
  writeFileSync(fileOf(dir), JSON.stringify(entry));
  return entry;
}

/** The running process that the pid file names; null when it ended, also when another process got its number since. */
export function runningProcess(dir: string): ServerProcess | null {
  const entry = readEntry(dir);
  return entry !== null && startTimeOf(entry.pid) === entry.startedAt ? entry : null;
}

/** The port of the last start, to be kept over restarts. */
export function lastPort(dir: string): number | null {
  return readEntry(dir)?.port ?? null;
}

function readEntry(dir: string): ServerProcess | null {
  const file = fileOf(dir);
  return existsSync(file) ? (ENTRY.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? null) : null;
}

/** When a process started, in words that stay the same while it lives; null when it does not, or is a zombie. */
function startTimeOf(pid: number): string | null {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const [state, ...startedAt] = stdout?.trim().split(/\s+/) ?? [];
  return status !== 0 || state === undefined || state.startsWith('Z') ? null : startedAt.join(' ');
}
