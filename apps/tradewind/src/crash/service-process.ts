import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '@tradewind/contracts';
import { workspaceRoot } from '../workspace-root';

export interface ServiceProcessOptions {
  readonly name: string;
  readonly port: number;
  /** Beside what all services get. */
  readonly env: Readonly<Record<string, string>>;
  /** Its output is appended to `<logDir>/<name>.log`. */
  readonly logDir: string;
}

const READY_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 30_000;
const RESTART_PAUSE_MS = 500;
const POLL_MS = 100;

/** A service in a process of its own that is started again whenever it ends, as an orchestrator does. */
export class ServiceProcess {
  /** Times it was killed by `kill`. */
  kills = 0;
  /** Times it ended by itself. */
  exits = 0;
  private child: ChildProcess | null = null;
  private stopping = false;
  /** Was told to end by `restart`. */
  private leaving: ChildProcess | null = null;

  constructor(private readonly options: ServiceProcessOptions) {}

  get name(): string {
    return this.options.name;
  }

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  start(): void {
    const { name, port, env, logDir } = this.options;
    const log = openSync(join(logDir, `${name}.log`), 'a');
    // Beside this code once it is built; a spec has the command line.
    const built = join(__dirname, 'main.js');
    const main = existsSync(built) ? built : join(workspaceRoot(), 'bin', 'tradewind.mjs');
    const child = spawn(process.execPath, [main, 'service', name], {
      env: { ...env, PORT: String(port) },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.child = child;
    child.once('exit', () => void this.ended(child));
  }

  /** Of the running process; undefined while there is none. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** SIGKILL; it starts again at once. */
  kill(): void {
    this.kills++;
    this.child?.kill('SIGKILL');
  }

  /** Resolves when it serves. @throws HANDLER_FAILED when it does not in time */
  async ready(): Promise<void> {
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (performance.now() < deadline) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await pause(POLL_MS);
    }
    throw new AppError('HANDLER_FAILED', `${this.name} did not get ready; see ${join(this.options.logDir, `${this.name}.log`)}`);
  }

  /** SIGTERM, as in a rolling restart, and its exit code; null when it had to be killed. It starts again at once. */
  restart(): Promise<number | null> {
    this.leaving = this.child;
    return this.terminate();
  }

  /** SIGTERM for good, and its exit code; null when it had to be killed. */
  stop(): Promise<number | null> {
    this.stopping = true;
    return this.terminate();
  }

  private async terminate(): Promise<number | null> {
    const { child } = this;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(timer);
    return child.exitCode;
  }

  private async ended(child: ChildProcess): Promise<void> {
    if (this.stopping) return;
    if (child.signalCode !== 'SIGKILL' && child !== this.leaving) {
      this.exits++;
      await pause(RESTART_PAUSE_MS);
    }
    if (!this.stopping) this.start();
  }
}
