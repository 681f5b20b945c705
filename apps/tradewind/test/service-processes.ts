import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { processEnvironment } from '@tradewind/runtime';
import { SERVICES } from '../src/services';
import { workspaceRoot } from '../src/workspace-root';

const CLI = join(workspaceRoot(), 'bin', 'tradewind.mjs');
const START_TIMEOUT_MS = 60_000;
const KEPT_LINES = 40;

export type ServiceName = (typeof SERVICES)[number]['name'];

/** `tradewind service NAME` as an orchestrator runs it. */
export interface ServiceProcess {
  readonly name: string;
  readonly url: string;
  /** What it logged as warning or error, and the last lines of all. */
  said(): string;
  /** SIGTERM. @returns the exit code */
  stop(): Promise<number | null>;
}

/** Builds the command line when a source is newer, so that processes started together do not build it at the same time. */
export function buildOnce(): void {
  const { status, stderr } = spawnSync(process.execPath, [CLI, '--help'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the command line does not build:\n${stderr}`);
}

/** Resolves when the service listens. @throws with what it said when it ends or takes too long instead */
export async function startService(name: string, env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [CLI, 'service', name], {
    env: { PATH: processEnvironment()['PATH'], ...env, PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const said = () => {
    const notable = lines.filter((line) => /"level":"(warn|error)"/.test(line) || !line.startsWith('{'));
    return [`--- ${name}, warnings and errors:`, ...notable.slice(-KEPT_LINES), `--- ${name}, last:`, ...lines.slice(-3)].join('\n');
  };
  const url = await listening(child, lines).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`${name}: ${String(error)}\n${said()}`);
  });
  return { name, url, said, stop: () => stop(child) };
}

function listening(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('does not listen in time')), START_TIMEOUT_MS);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code}`));
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (!line.includes('"message":"listening"')) return;
        clearTimeout(timer);
        resolve((JSON.parse(line) as { url: string }).url);
      });
    }
  });
}

function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.kill('SIGTERM');
  });
}
