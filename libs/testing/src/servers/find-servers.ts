import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addressOf, isReachable, parseEnvFile, SERVER_SETTINGS, SERVERS } from './settings';

export type Settings = Partial<Record<(typeof SERVER_SETTINGS)[keyof typeof SERVER_SETTINGS], string>>;

/** Where `tradewind stack up` leaves its settings, under the workspace root. */
export const STACK_ENV_FILE = join('.tradewind', 'stack', 'env');

/**
 * The settings of the running stack that are not in `env` already; a server that does not answer is left out, so that a
 * stack that died reads as no stack.
 */
export async function findStack(root: string, env: Readonly<Record<string, string | undefined>>): Promise<Settings> {
  const stack = parseEnvFile(await readOrEmpty(join(root, STACK_ENV_FILE)));
  const found: Settings = {};
  for (const server of SERVERS) {
    const name = SERVER_SETTINGS[server];
    const value = stack[name];
    if (env[name] === undefined && value !== undefined && (await isReachable(addressOf(server, value)))) found[name] = value;
  }
  return found;
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
