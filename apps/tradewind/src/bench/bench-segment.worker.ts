import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { segmentation } from '@tradewind/apps/segmentation';
import { PartitionGate, openKafkaEventLog } from '@tradewind/eventing';
import { openMemoryMessageIdStore, openRedisStateStore } from '@tradewind/feature-store';
import { createHealth, createLogger, createMetrics } from '@tradewind/observability';
import type { Database } from '@tradewind/persistence';
import { runServices, type Platform } from '@tradewind/runtime';
import { serveParent } from './child';
import type { SegmentRows, SegmentRun } from './segment/segment-protocol';
import { prefixTopics } from './topic-prefix';

/** The segmentation service as it runs, on topics, groups and state keys of its own; the tables of memberships are not written. */
void serveParent(async (run: SegmentRun, finish, ready): Promise<true> => {
  const platform = await openBenchPlatform(run);
  const running = await runServices([segmentation], {
    env: { PORT: '0', LOG_LEVEL: 'error', SEGMENTATION_CACHE_ENTRIES: String(run.users) },
    platform,
    onFailure: (error) => {
      platform.logger.error('consuming failed', { error });
      process.exit(1);
    },
  });
  ready(true);
  await finish;
  await running.close();
  return true;
});

async function openBenchPlatform(run: SegmentRun): Promise<Platform> {
  const logger = createLogger({ service: 'bench', level: 'warn', destination: 'stderr' });
  const kafka = await openKafkaEventLog({ brokers: run.brokers, clientId: 'tradewind-bench', log: logger });
  const state = await openRedisStateStore({ url: run.redisUrl, keyPrefix: run.prefix });
  const rows = JSON.parse(readFileSync(run.segmentsFile, 'utf8')) as SegmentRows;
  const nothing = () => Promise.resolve();
  return {
    log: prefixTopics({ log: kafka, prefix: run.prefix }),
    state,
    database: {
      kind: 'postgres',
      segments: { list: async () => rows, get: async (id: string) => rows.find(({ segmentId }) => segmentId === id) ?? null },
      memberships: { upsertMany: nothing, removeMany: nothing },
      ruleMemberships: { applyMany: nothing },
      ping: nothing,
      close: nothing,
    } as unknown as Database,
    gate: new PartitionGate(),
    logger,
    metrics: createMetrics({ service: 'bench' }),
    health: createHealth(),
    now: Date.now,
    dataDir: '',
    openMessageIds: () => openMemoryMessageIdStore(),
    close: async () => {
      await state.close();
      await kafka.close();
    },
  };
}
