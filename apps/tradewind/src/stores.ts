import { ingest } from '@tradewind/apps/ingest';
import { PLATFORM_SETTINGS, loadConfig, openPlatform, processEnvironment, type Platform } from '@tradewind/runtime';

/** Opens the stores that the settings name, or the embedded ones of the data folder, for one command; closed again. */
export async function withStores<T>(
  command: string,
  { dataDir }: { readonly dataDir?: string | undefined },
  work: (platform: Platform, hashKey: string | undefined) => Promise<T>,
): Promise<T> {
  const environment = processEnvironment();
  const settings = loadConfig(PLATFORM_SETTINGS, { ...environment, ...(dataDir !== undefined && { DATA_DIR: dataDir }) });
  const { INGEST_HASH_KEY } = loadConfig(ingest.settings.pick({ INGEST_HASH_KEY: true }), environment);
  const level = settings.KAFKA_BROKERS === undefined ? 'error' : 'warn';
  const platform = await openPlatform(command, { ...settings, LOG_LEVEL: level }, { logTo: 'stderr' });
  try {
    return await work(platform, INGEST_HASH_KEY);
  } finally {
    await platform.close();
  }
}
