import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, describeError } from '@tradewind/contracts';
import { workspaceRoot } from '../workspace-root';

/**
 * How deploy/docker/Dockerfile starts a service, and so every measured process. All records of a fetch live until it is handled: with a
 * young generation of 16 MB (the default) most of them are copied twice by the collector before they die.
 */
const SERVICE_FLAGS = ['--max-semi-space-size=32'];
const SERVICE_ENV = { MALLOC_ARENA_MAX: '2' };

/** A measured process: it says `{ ready }` when it may be loaded, and `{ result }` at its end. */
export interface BenchChild<Ready, Result> {
  readonly pid: number;
  readonly ready: Promise<Ready>;
  /** Rejects when the process ends without a result. */
  readonly result: Promise<Result>;
  /** Asks for the result now; resolves when the process is gone. */
  finish(): Promise<Result>;
  kill(): void;
}

export interface ChildOptions {
  /** `<name>.worker.ts` of this app as built, or a script of the workspace's `bench` folder. */
  readonly script: string;
  /** Handed over as JSON in the first argument. */
  readonly config: object;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[] | undefined;
}

type Message<Ready, Result> = { readonly ready?: Ready; readonly result?: Result; readonly error?: string };

export function forkChild<Ready = true, Result = unknown>({
  script,
  config,
  env,
  nodeOptions = [],
}: ChildOptions): BenchChild<Ready, Result> {
  const file = script.endsWith('.mjs') ? join(workspaceRoot(), 'bench', script) : join(__dirname, script);
  if (!existsSync(file)) throw new AppError('NOT_FOUND', `${file} is missing: run the bench from a build (npx tradewind bench)`);
  const child = fork(file, [JSON.stringify(config)], {
    env: { PATH: '/usr/bin:/bin', ...SERVICE_ENV, ...env },
    execArgv: [...SERVICE_FLAGS, ...nodeOptions],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting: { ready?: (value: Ready) => void; result?: (value: Result) => void; fail: ((error: Error) => void)[] } = { fail: [] };
  const ready = new Promise<Ready>((resolve, reject) => void ((waiting.ready = resolve), waiting.fail.push(reject)));
  const result = new Promise<Result>((resolve, reject) => void ((waiting.result = resolve), waiting.fail.push(reject)));
  // Both are awaited by turns; the one that is not must not end the process.
  ready.catch(() => undefined);
  result.catch(() => undefined);
  const fail = (error: Error) => waiting.fail.forEach((reject) => reject(error));
  child.on('message', (message: Message<Ready, Result>) => {
    if (message.error !== undefined) fail(new AppError('HANDLER_FAILED', `${script}: ${message.error}`));
    if (message.ready !== undefined) waiting.ready?.(message.ready);
    if (message.result !== undefined) waiting.result?.(message.result);
  });
  child.on('exit', (code, signal) => fail(new AppError('HANDLER_FAILED', `${script} ended (${code ?? signal}) without a result`)));
  const gone = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  return {
    pid: child.pid ?? 0,
    ready,
    result,
    async finish() {
      child.send({ finish: true });
      const given = await result;
      await gone;
      return given;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

/** The other side: runs `work` with the config; `finish` resolves when the parent asks for the result. */
export async function serveParent<Config, Result>(
  work: (config: Config, finish: Promise<void>, ready: (value: unknown) => void) => Promise<Result>,
): Promise<void> {
  const tell = (message: object) => new Promise<void>((resolve) => process.send!(message, () => resolve()));
  const finish = new Promise<void>((resolve) => process.once('message', () => resolve()));
  process.on('disconnect', () => process.exit(1));
  try {
    await tell({ result: await work(JSON.parse(process.argv[2]!) as Config, finish, (value) => void tell({ ready: value })) });
    process.exit(0);
  } catch (error) {
    await tell({ error: `${describeError(error)}\n${error instanceof Error ? (error.stack ?? '') : ''}` });
    process.exit(1);
  }
}
