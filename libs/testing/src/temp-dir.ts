import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives each test of the surrounding `describe` (or file) an empty directory of its own, removed afterwards.
 * Call it at describe level; call the result inside a test.
 */
export function useTempDir(): () => string {
  let path: string | undefined;
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'tradewind-test-'));
  });
  afterEach(async () => {
    if (path !== undefined) await rm(path, { recursive: true, force: true, maxRetries: 3 });
    path = undefined;
  });
  return () => {
    if (path === undefined) throw new Error('useTempDir(): call its result inside a test');
    return path;
  };
}
