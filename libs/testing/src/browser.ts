import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const REASON = 'no Chromium on the PATH (CHROMIUM_PATH; get one with: node tools/browser.mjs)';

/** The program of Chromium that this machine has: CHROMIUM_PATH, else the first on the PATH; null when there is none. */
export function findBrowser(): string | null {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file)) ?? null;
}

/** A `describe` that needs Chromium: `define` gets its path. Without it the block is skipped, and says why; in CI it fails. */
export function describeWithBrowser(name: string, define: (executablePath: string) => void): void {
  const path = findBrowser();
  if (path !== null) {
    describe(name, () => define(path));
    return;
  }
  if (process.env['CI'] === 'true') throw new Error(`${REASON}: in CI it must be there`);
  process.stderr.write(`skipped: ${name}: ${REASON}\n`);
  describe.skip(name, () => {
    it(`needs Chromium: ${REASON}`, () => undefined);
  });
}
