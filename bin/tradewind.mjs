#!/usr/bin/env node
// The command line: builds dist/apps/tradewind/main.js when it is missing or older than a source, then runs it in this process,
// so that signals and the exit code are its own.
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(realpathSync(fileURLToPath(import.meta.url))), '..');
const main = join(root, 'dist/apps/tradewind/main.js');
const changedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Newest change of a source; specs do not count. Folders count, so that a removed file does. */
function newestSourceMs(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((newest, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return Math.max(newest, newestSourceMs(path));
    return /(?<!\.spec)\.ts$/.test(entry.name) || /\.(js|json)$/.test(entry.name) ? Math.max(newest, changedMs(path)) : newest;
  }, changedMs(folder));
}

// An installed image holds the build without the sources.
if (existsSync(join(root, 'apps'))) {
  const sourcesMs = Math.max(
    ...['apps', 'libs'].map((folder) => newestSourceMs(join(root, folder))),
    changedMs(join(root, 'tools/build.mjs')),
    changedMs(join(root, 'tsconfig.base.json')),
  );
  if (changedMs(main) <= sourcesMs) {
    const { buildApp } = await import('../tools/build.mjs');
    await buildApp('tradewind');
  }
}
process.setSourceMapsEnabled(true);
await import(pathToFileURL(main).href);
