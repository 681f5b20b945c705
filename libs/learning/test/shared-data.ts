import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * Rows of a public data set, without its header, cells split at commas: under TRADEWIND_DATA, else in shared/data beside the repository.
 * Undefined, with a word on stderr, where it is not; a failure in CI. The specs pass process.env.
 */
export function readSharedRows(env: NodeJS.ProcessEnv, file: string): string[][] | undefined {
  const path = join(env['TRADEWIND_DATA'] ?? resolve(__dirname, '../../../../shared/data'), file);
  if (existsSync(path)) {
    const lines = gunzipSync(readFileSync(path)).toString('utf8').trim().split(/\r?\n/);
    return lines.slice(1).map((line) => line.split(','));
  }
  const message = `${file} is not under TRADEWIND_DATA: figures on it are not checked`;
  if (env['CI']) throw new Error(message);
  process.stderr.write(`${message}\n`);
  return undefined;
}
