import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Output } from '../command';
import { createComposeStack, hasDocker } from './compose-stack';
import { createLocalStack } from './local-stack';
import { SERVER_NAMES, type ServerName } from './server';

/** Ports asked for; one that is absent keeps its last, else its usual port, else gets a free one. */
export type Ports = Partial<Record<ServerName, number>>;

export interface ServerStatus {
  readonly name: ServerName;
  readonly state: 'up' | 'starting' | 'down';
  readonly port?: number;
  readonly pid?: number;
  /** The environment setting and its value; absent while down. */
  readonly setting?: string;
  readonly value?: string;
}

/** How the three servers are run: as processes, or by Docker Compose. */
export interface Stack {
  readonly mode: 'processes' | 'compose';
  status(name: ServerName): Promise<ServerStatus>;
  /** Resolves once the server serves clients; when it does already, changes nothing. Data and port stay over restarts. */
  start(name: ServerName, ports: Ports): Promise<ServerStatus>;
  /** Stops in order. Idempotent. */
  stop(name: ServerName): Promise<void>;
  /** SIGKILL, as a crash would; resolves once the process is gone. */
  kill(name: ServerName): Promise<void>;
  /** Removes a stopped server's data. */
  wipe(name: ServerName): Promise<void>;
}

export interface StackReport {
  readonly mode: Stack['mode'];
  readonly dir: string;
  readonly servers: readonly ServerStatus[];
  /** KAFKA_BROKERS, REDIS_URL, DATABASE_URL of the servers that are up. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface StackOptions {
  /** The stack lives under `<dataDir>/stack`. */
  readonly dataDir: string;
  /** False: processes even where Docker answers. @default true */
  readonly docker?: boolean;
  readonly output: Pick<Output, 'note' | 'progress'>;
}

/** The stack of a data folder: everything by whole, and each server by itself for crash tests. */
export interface StackControl {
  up(ports?: Ports): Promise<StackReport>;
  down(options?: { readonly wipe?: boolean }): Promise<StackReport>;
  status(): Promise<StackReport>;
  start(name: ServerName, ports?: Ports): Promise<ServerStatus>;
  kill(name: ServerName): Promise<void>;
}

/** Opens the stack; nothing is started. The settings of what is up are kept in `<dataDir>/stack/env`, as export lines. */
export function openStack({ dataDir, docker = true, output }: StackOptions): StackControl {
  const dir = resolve(dataDir, 'stack');
  const stack = docker && hasDocker() ? createComposeStack(output) : createLocalStack(dir, output);

  const report = async (): Promise<StackReport> => {
    const servers = await Promise.all(SERVER_NAMES.map((name) => stack.status(name)));
    const settings = Object.fromEntries(
      servers.flatMap(({ state, setting, value }) => (state === 'up' && setting && value ? [[setting, value]] : [])),
    );
    return { mode: stack.mode, dir, servers, settings };
  };
  const reportAndKeep = async () => {
    const current = await report();
    mkdirSync(dir, { recursive: true });
    const lines = exportLines(current.settings);
    if (lines === '') rmSync(join(dir, 'env'), { force: true });
    else writeFileSync(join(dir, 'env'), lines);
    return current;
  };
  return {
    async up(ports = {}) {
      for (const name of SERVER_NAMES) await stack.start(name, ports);
      return reportAndKeep();
    },
    async down({ wipe = false } = {}) {
      for (const name of SERVER_NAMES) {
        await stack.stop(name);
        if (wipe) await stack.wipe(name);
      }
      return reportAndKeep();
    },
    status: report,
    async start(name, ports = {}) {
      const status = await stack.start(name, ports);
      await reportAndKeep();
      return status;
    },
    kill: (name) => stack.kill(name),
  };
}

/** `export NAME=value` lines for a shell. */
export function exportLines(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `export ${name}=${value}\n`)
    .join('');
}
