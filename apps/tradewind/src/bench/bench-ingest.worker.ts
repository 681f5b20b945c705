import 'reflect-metadata';
import { ingest } from '@tradewind/apps/ingest';
import { TOPICS } from '@tradewind/contracts';
import { openRedisMessageIdStore, type MessageIdStore } from '@tradewind/feature-store';
import { PLATFORM_SETTINGS, loadConfig, openPlatform, runServices } from '@tradewind/runtime';
import { retrying } from '../retrying';
import { serveParent } from './child';
import type { IngestResult, IngestRun } from './ingest-protocol';
import { prefixTopics } from './topic-prefix';

const SOURCE = 'tradewind-bench';
const MIB = 1024 * 1024;

/** The collector as it runs, on topics and message ids of its own. Its source is disabled again at the end. */
void serveParent(async (run: IngestRun, finish, ready): Promise<IngestResult> => {
  const env = {
    KAFKA_BROKERS: run.brokers,
    DATA_DIR: run.dataDir,
    PORT: '0',
    LOG_LEVEL: 'error',
    INGEST_WRITE_KEYS: `${SOURCE}:${run.writeKey}`,
    INGEST_DEDUPLICATION: run.dedup ? 'on' : 'off',
    ...(run.databaseUrl !== undefined && { DATABASE_URL: run.databaseUrl }),
    ...(run.redisUrl !== undefined && { REDIS_URL: run.redisUrl }),
  };
  const opened = await openPlatform('bench', loadConfig(PLATFORM_SETTINGS, env));
  const platform = { ...opened, log: prefixTopics({ log: opened.log, prefix: run.prefix }), openMessageIds };
  await retrying(() => platform.log.ensureTopics([TOPICS.events, TOPICS.rejected, TOPICS.violations, TOPICS.privacySuppressions]));
  await platform.database.sources.edit(SOURCE, () => ({
    sourceId: SOURCE,
    name: SOURCE,
    enabled: true,
    settings: run.plan ? { plan: { id: 'segment-ecommerce', version: 1, mode: 'flag' } } : {},
    writeKeys: [],
  }));
  const running = await runServices([ingest], { env, platform });
  const cpu = process.cpuUsage();
  ready({ url: running.url });
  await finish;
  const { user, system } = process.cpuUsage(cpu);
  const result = {
    rssMb: process.memoryUsage().rss / MIB,
    maxRssMb: process.resourceUsage().maxRSS / 1024,
    cpuSeconds: (user + system) / 1e6,
  };
  await platform.database.sources.upsert({ sourceId: SOURCE, name: SOURCE, enabled: false, settings: {}, writeKeys: [] });
  await running.close();
  return result;

  function openMessageIds(options: { readonly buckets: number }): Promise<MessageIdStore> {
    if (run.redisUrl === undefined) return opened.openMessageIds(options);
    return openRedisMessageIdStore({ url: run.redisUrl, keyPrefix: run.prefix, ...options });
  }
});
