import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that holds docker-compose.yml, deploy/ and data/: found upwards from this file, bundled or not. */
export function workspaceRoot(from = __dirname): string {
  if (existsSync(join(from, 'package.json')) && existsSync(join(from, 'bin', 'tradewind.mjs'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`no tradewind workspace above ${__dirname}`);
  return workspaceRoot(parent);
}
