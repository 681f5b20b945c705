import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '@tradewind/contracts';
import { processEnvironment, type Environment } from '@tradewind/runtime';

const SETTINGS = ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL'] as const;
export type ServerSetting = (typeof SETTINGS)[number];

/**
 * Where the real servers are: the environment, else what `stack up` left in `<dataDir>/stack/env`.
 * @throws CONFIG_INVALID when one of `required` is in neither
 */
export function findServers(
  dataDir: string,
  required: readonly ServerSetting[],
  env: Environment = processEnvironment(),
): Partial<Record<ServerSetting, string>> {
  const file = join(resolve(dataDir), 'stack', 'env');
  const kept = existsSync(file) ? parseExports(readFileSync(file, 'utf8')) : {};
  const found = Object.fromEntries(SETTINGS.map((name) => [name, env[name] || kept[name]]).filter(([, value]) => value));
  const missing = required.filter((name) => !found[name]);
  if (missing.length === 0) return found;
  throw new AppError(
    'CONFIG_INVALID',
    `${missing.join(' and ')} not set, and ${file} has none: start real servers with "tradewind stack up" or set them`,
  );
}

function parseExports(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));
}
