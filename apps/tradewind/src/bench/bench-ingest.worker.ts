import 'reflect-metadata';
import { ingest } from '@tradewind/apps/ingest';
import { TOPICS } from '@tradewind/contracts';
import { PLATFORM_SETTINGS, loadConfig, openPlatform, runServices } from '@tradewind/runtime';
import { retrying } from '../retrying';
import { serveParent } from './child';
import type { IngestResult, IngestRun } from './ingest-protocol';
import { prefixTopics } from './topic-prefix';

const SOURCE = 'tradewind-bench';
const MIB = 1024 * 1024;

/** The collector as it runs, on topics of its own. Its source is disabled again at the end. */
void serveParent(async (run: IngestRun, finish, ready): Promise<IngestResult> => {
  const env = {
    KAFKA_BROKERS: run.brokers,
    DATA_DIR: run.dataDir,
    PORT: '0',
    LOG_LEVEL: 'error',
    INGEST_WRITE_KEYS: `${SOURCE}:${run.writeKey}`,
    ...(run.databaseUrl !== undefined && { DATABASE_URL: run.databaseUrl }),
  };
  const opened = await openPlatform('bench', loadConfig(PLATFORM_SETTINGS, env));
  const platform = { ...opened, log: prefixTopics({ log: opened.log, prefix: run.prefix }) };
  await retrying(() => platform.log.ensureTopics([TOPICS.events, TOPICS.rejected, TOPICS.privacySuppressions]));
  const running = await runServices([ingest], { env, platform });
  const cpu = process.cpuUsage();
  ready({ url: running.url });
  await finish;
  const { user, system } = process.cpuUsage(cpu);
  const result = { rssMb: process.memoryUsage().rss / MIB, cpuSeconds: (user + system) / 1e6 };
  await platform.database.sources.upsert({ sourceId: SOURCE, name: SOURCE, enabled: false, settings: {}, writeKeys: [] });
  await running.close();
  return result;
});
