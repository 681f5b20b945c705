import type { EventLog } from '@tradewind/eventing';
import { PLATFORM_SETTINGS, loadConfig, openLogAlone, processEnvironment } from '@tradewind/runtime';

/** The log that the settings name, or the embedded one of the data folder, for a command. Close it. @throws what `openLogAlone` throws */
export function openToolLog(name: string, dataDir: string | undefined): Promise<EventLog> {
  const settings = loadConfig(PLATFORM_SETTINGS, { ...processEnvironment(), ...(dataDir !== undefined && { DATA_DIR: dataDir }) });
  // A warning per attempt while brokers are away; that the embedded log has no replica need not be told here.
  const level = settings.KAFKA_BROKERS === undefined ? 'error' : 'warn';
  return openLogAlone(name, { ...settings, LOG_LEVEL: level }, { logTo: 'stderr' });
}
