import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { AppError } from '@tradewind/contracts';

/** The program's path when the shell finds it, else null. */
export function findProgram(name: string): string | null {
  const { status, stdout } = spawnSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

export interface RunOptions {
  /** Gets what the program prints. */
  readonly logFile: string;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly input?: string;
}

/** Runs a program to its end. @throws CONFIG_INVALID with the last lines of its log when it fails */
export async function runProgram(program: string, args: readonly string[], options: RunOptions): Promise<void> {
  const log = openSync(options.logFile, 'a');
  try {
    const child = spawn(program, args, {
      stdio: [options.input === undefined ? 'ignore' : 'pipe', log, log],
      cwd: options.cwd,
      uid: options.uid,
      gid: options.gid,
    });
    child.stdin?.end(options.input);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code === 0) return;
  } finally {
    closeSync(log);
  }
  throw new AppError('CONFIG_INVALID', `${program} ${args[0] ?? ''} failed; the end of ${options.logFile}:\n${lastLines(options.logFile)}`);
}

export function lastLines(file: string, count = 8): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n') : '(no log)';
}

/** True where `aptInstall` can work: root on Debian or a relative of it. */
export function canAptInstall(): boolean {
  return process.getuid?.() === 0 && findProgram('apt-get') !== null;
}

/** Installs a package of the distribution. @throws CONFIG_INVALID */
export async function aptInstall(packageName: string, logFile: string): Promise<void> {
  const apt = (...args: string[]) => runProgram('env', ['DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args], { logFile });
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', packageName);
}
