import type { Config } from '@jest/types';
import type { StartedContainers } from './containers';
import { findStack } from './find-servers';
import { SERVER_SETTINGS, SERVERS } from './settings';

declare global {
  // Jest keeps globals of its setup for its teardown; nothing else of the two modules is shared.
  var tradewindContainers: StartedContainers | undefined;
}

/**
 * Jest's globalSetup: settles once, before any spec, which real servers the run has, and puts them where specs look, in the
 * three settings. In order: settings already there, the running `tradewind stack`, and in a full run (TEST_CONTAINERS=1)
 * containers, where an engine answers.
 */
export default async function findServers({ rootDir }: Config.GlobalConfig): Promise<void> {
  Object.assign(process.env, await findStack(rootDir, process.env));
  const missing = SERVERS.filter((server) => process.env[SERVER_SETTINGS[server]] === undefined);
  if (missing.length === 0 || process.env['TEST_CONTAINERS'] !== '1') return;
  // Loaded only here: it is large.
  const { hasContainerEngine, startContainers } = await import('./containers');
  if (!(await hasContainerEngine())) return;
  process.stderr.write(`starting containers, for ${missing.join(', ')}\n`);
  const containers = await startContainers(rootDir);
  globalThis.tradewindContainers = containers;
  for (const server of missing) process.env[SERVER_SETTINGS[server]] = containers.settings[SERVER_SETTINGS[server]];
}
