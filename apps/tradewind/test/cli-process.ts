import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { processEnvironment } from '@tradewind/runtime';
import { workspaceRoot } from '../src/workspace-root';

export interface EndedProcess {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line in a process of its own with these settings only, and waits for its end; one that stays up is killed. */
export function runCliProcess(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<EndedProcess> {
  const { PATH = '', HOME = '' } = processEnvironment();
  const child = spawn(process.execPath, [join(workspaceRoot(), 'bin', 'tradewind.mjs'), ...args], {
    env: { PATH, HOME, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (part: Buffer) => stdout.push(part));
  child.stderr.on('data', (part: Buffer) => stderr.push(part));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }));
  });
}
