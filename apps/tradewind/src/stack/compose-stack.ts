import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { AppError } from '@tradewind/contracts';
import { z } from 'zod';
import type { Output } from '../command';
import { workspaceRoot } from '../workspace-root';
import { kafkaServer } from './kafka-server';
import { freePort } from './ports';
import { postgresServer } from './postgres-server';
import { redisServer } from './redis-server';
import type { LocalServer, ServerName } from './server';
import { findProgram } from './shell';
import type { ServerStatus, Stack } from './stack';

const SERVERS: Record<ServerName, LocalServer> = { kafka: kafkaServer, redis: redisServer, postgres: postgresServer };
const CONTAINER = z.object({
  State: z.string(),
  Health: z.string().optional(),
  Publishers: z.array(z.object({ PublishedPort: z.number() })).nullish(),
});

/** True when a Docker engine with Compose answers. */
export function hasDocker(): boolean {
  if (findProgram('docker') === null) return false;
  return [['info'], ['compose', 'version']].every((args) => spawnSync('docker', args, { stdio: 'ignore', timeout: 10_000 }).status === 0);
}

/** The servers of docker-compose.yml, through `docker compose`. */
export function createComposeStack({ note }: Pick<Output, 'note'>): Stack {
  const ports: Partial<Record<ServerName, number>> = {};
  const compose = (args: readonly string[], show = false): string => {
    const environment = Object.entries(ports).map(([name, port]) => `${name.toUpperCase()}_PORT=${port}`);
    const command = [...environment, 'docker', 'compose', '-f', join(workspaceRoot(), 'docker-compose.yml'), ...args];
    const { status, stdout, stderr } = spawnSync('env', command, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', show ? 'inherit' : 'pipe'],
    });
    if (status !== 0) throw new AppError('CONFIG_INVALID', `docker compose ${args.join(' ')} failed: ${stderr ?? 'see above'}`);
    return stdout;
  };
  const status = async (name: ServerName): Promise<ServerStatus> => {
    const line = compose(['ps', '--all', '--format', 'json', name]).trim().split('\n')[0];
    const container = line ? CONTAINER.parse(JSON.parse(line)) : undefined;
    const port = container?.Publishers?.find(({ PublishedPort }) => PublishedPort > 0)?.PublishedPort;
    if (container?.State !== 'running' || port === undefined) return { name, state: 'down' };
    const { setting, settingValue } = SERVERS[name];
    return { name, state: container.Health === 'healthy' ? 'up' : 'starting', port, setting, value: settingValue(port) };
  };
  return {
    mode: 'compose',
    status,
    async start(name, asked) {
      const current = await status(name);
      if (current.state === 'up') return current;
      ports[name] = current.port ?? asked[name] ?? (await freePort(SERVERS[name].defaultPort));
      note(`starting ${name} with Docker on port ${ports[name]}`);
      compose(['up', '--detach', '--wait', name], true);
      return status(name);
    },
    stop: async (name) => void compose(['stop', name]),
    kill: async (name) => void compose(['kill', '--signal', 'SIGKILL', name]),
    wipe: async (name) => void compose(['rm', '--force', '--stop', '--volumes', name]),
  };
}
