import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '@tradewind/contracts';
import { type Output, UsageError } from '../command';
import { kafkaServer } from './kafka-server';
import { freePort, isPortFree } from './ports';
import { postgresServer } from './postgres-server';
import { lastPort, runningProcess, startDetached, type ServerProcess } from './process-file';
import { redisServer } from './redis-server';
import type { LocalServer, ServerName } from './server';
import { lastLines } from './shell';
import type { Ports, ServerStatus, Stack } from './stack';

const SERVERS: Record<ServerName, LocalServer> = { kafka: kafkaServer, redis: redisServer, postgres: postgresServer };
const READY_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 30_000;
/** A killed process may hold its port for a moment after it is gone: threads end after their leader. */
const PORT_RELEASE_MS = 10_000;
/** How long a process that ends at once is started again: after a SIGKILL, children of PostgreSQL may hold its memory for a moment. */
const RESTART_WINDOW_MS = 15_000;
const POLL_MS = 100;

/** Kafka, Redis and PostgreSQL as detached processes of this machine, each with its folder, pid file and log under `dir`. */
export function createLocalStack(dir: string, output: Pick<Output, 'note' | 'progress'>): Stack {
  const folder = (name: ServerName) => join(dir, name);
  const status = async (name: ServerName): Promise<ServerStatus> => {
    const entry = runningProcess(folder(name));
    const { setting, settingValue, isReady } = SERVERS[name];
    if (entry === null) return { name, state: 'down' };
    return {
      name,
      state: (await isReady(entry.port)) ? 'up' : 'starting',
      port: entry.port,
      pid: entry.pid,
      setting,
      value: settingValue(entry.port),
    };
  };
  return {
    mode: 'processes',
    status,
    async start(name, ports) {
      const running = runningProcess(folder(name));
      if (running === null) await launch(SERVERS[name], folder(name), await choosePort(name, folder(name), ports), output);
      else await waitUntilReady(SERVERS[name], folder(name), running);
      return status(name);
    },
    async stop(name) {
      const entry = runningProcess(folder(name));
      if (entry !== null) await end(folder(name), entry, SERVERS[name].stopSignal);
    },
    async kill(name) {
      const entry = runningProcess(folder(name));
      if (entry !== null) await end(folder(name), entry, 'SIGKILL');
    },
    async wipe(name) {
      SERVERS[name].wipe?.(folder(name));
      // The jars are a program, not data.
      for (const entry of existsSync(folder(name)) ? readdirSync(folder(name)) : []) {
        if (entry !== 'libs') rmSync(join(folder(name), entry), { recursive: true, force: true });
      }
    },
  };
}

async function choosePort(name: ServerName, dir: string, ports: Ports): Promise<number> {
  const asked = ports[name];
  const last = lastPort(dir);
  if (last !== null && (asked ?? last) === last) await waitUntilFree(last);
  if (asked !== undefined && !(await isPortFree(asked)))
    throw new UsageError(`--${name}-port`, String(asked), 'the port is taken; leave the option out to get a free one');
  return asked ?? freePort(last ?? SERVERS[name].defaultPort);
}

/** Returns after PORT_RELEASE_MS even when it is not: then another process has it. */
async function waitUntilFree(port: number): Promise<void> {
  const deadline = performance.now() + PORT_RELEASE_MS;
  while (performance.now() < deadline && !(await isPortFree(port))) await pause(POLL_MS);
}

async function launch(server: LocalServer, dir: string, port: number, output: Pick<Output, 'note' | 'progress'>): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const plan = await server.prepare({ dir, port, note: output.note });
  const progress = output.progress({ label: `starting ${server.name} on port ${port}` });
  const deadline = performance.now() + RESTART_WINDOW_MS;
  do {
    const entry = startDetached(dir, port, plan);
    if (entry === null) throw new AppError('CONFIG_INVALID', `${plan.program} cannot be started`);
    if (await waitUntilReady(server, dir, entry)) return progress.finish('ready');
    await pause(POLL_MS);
  } while (performance.now() < deadline);
  progress.finish('ended');
  const log = join(dir, 'server.log');
  throw new AppError('CONFIG_INVALID', `${server.name} ended at once; the end of ${log}:\n${lastLines(log)}`);
}

/** True once it serves, false when its process ended first. @throws CONFIG_INVALID after READY_TIMEOUT_MS */
async function waitUntilReady(server: LocalServer, dir: string, { port }: ServerProcess): Promise<boolean> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    // Asked first: the port may be another's while our process is on its way out.
    if (runningProcess(dir) === null) return false;
    if (await server.isReady(port)) return true;
    await pause(POLL_MS);
  }
  const log = join(dir, 'server.log');
  throw new AppError('CONFIG_INVALID', `${server.name} does not answer on port ${port} after ${READY_TIMEOUT_MS / 1000} s; see ${log}`);
}

/** Signals the process and waits for its end; SIGKILL when it takes too long. */
async function end(dir: string, entry: ServerProcess, signal: NodeJS.Signals): Promise<void> {
  process.kill(entry.pid, signal);
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (runningProcess(dir) !== null) {
    if (performance.now() > deadline) process.kill(entry.pid, 'SIGKILL');
    await pause(POLL_MS);
  }
}
