import type { Platform, RunningServices } from '@tradewind/runtime';

/** A collector of this process's own, over the stores that the settings name. */
export interface OwnCollector {
  readonly url: string;
  readonly platform: Platform;
  close(): Promise<void>;
}

/**
 * Starts the real collector on a free port of this machine only, so that what is sent without a running one is judged, enriched and counted
 * all the same. Embedded stores have one owner: a process that runs on them must be stopped first.
 * @throws what `runServices` throws
 */
export async function startOwnCollector(name: string, dataDir: string | undefined): Promise<OwnCollector> {
  const [{ PLATFORM_SETTINGS, loadConfig, openPlatform, processEnvironment, runServices }, { ingest }] = await Promise.all([
    import('@tradewind/runtime'),
    import('@tradewind/apps/ingest'),
  ]);
  const env = {
    LOG_LEVEL: 'error',
    ...processEnvironment(),
    ...(dataDir !== undefined && { DATA_DIR: dataDir }),
    HOST: '127.0.0.1',
    PORT: '0',
  };
  const platform = await openPlatform(name, loadConfig(PLATFORM_SETTINGS, env), { logTo: 'stderr' });
  // runServices closes the platform, also when it fails.
  const running: RunningServices = await runServices([ingest], { env, name, platform });
  return { url: running.url, platform, close: () => running.close() };
}
