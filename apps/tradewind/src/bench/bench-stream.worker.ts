import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { Segmentation } from '@tradewind/apps/segmentation';
import type { BatchResult, EventLog } from '@tradewind/eventing';
import { EventLogStrategy, PartitionGate, openKafkaEventLog } from '@tradewind/eventing';
import { openMemoryMessageIdStore, openRedisStateStore } from '@tradewind/feature-store';
import { createHealth, createLogger, createMetrics } from '@tradewind/observability';
import type { Database } from '@tradewind/persistence';
import type { Platform } from '@tradewind/runtime';
import { serveParent } from './child';
import { StreamMeter } from './stream-meter';
import type { StreamResult, StreamRun } from './stream-protocol';
import { prefixTopics } from './topic-prefix';

export interface OurStreamRun extends StreamRun {
  readonly redisUrl: string;
  readonly redisPrefix: string;
  /** File with the bytes of the model that the release on the topic announces. */
  readonly modelFile: string;
}

/** The segmentation service as it runs, but for Nest, HTTP and the membership table: its log, strategy, pipeline, state store and model. */
void serveParent(async (run: OurStreamRun, finish, ready): Promise<StreamResult> => {
  const meter = new StreamMeter(run);
  const platform = await openBenchPlatform(run, meter);
  const segmentation = new Segmentation({ platform, cacheEntries: 50_000 });
  await segmentation.start();
  if (segmentation.slot.version === null) throw new Error('the model was not loaded');
  const strategy = new EventLogStrategy({ ...platform, onFailure: (error) => platform.logger.error('consuming failed', { error }) });
  strategy.addHandler(
    run.topic,
    async (batch, context): Promise<BatchResult> => {
      meter.began();
      return segmentation.handler(batch, context);
    },
    true,
    { group: run.groupId },
  );
  await new Promise<void>((resolve, reject) => strategy.listen((error) => (error ? reject(error) : resolve())));
  ready(true);
  await Promise.race([meter.done, finish]);
  const result = meter.result();
  await strategy.close();
  await segmentation.stop();
  await platform.close();
  return result;
});

async function openBenchPlatform(run: OurStreamRun, meter: StreamMeter): Promise<Platform> {
  const logger = createLogger({ service: 'bench', level: 'error' });
  const kafka = await openKafkaEventLog({ brokers: run.brokers, clientId: 'tradewind-bench', log: logger });
  const state = await openRedisStateStore({ url: run.redisUrl, keyPrefix: run.redisPrefix });
  const log: EventLog = prefixTopics({ log: kafka, prefix: run.prefix, onHandled: ({ records }) => meter.handled(records) });
  return {
    log,
    state,
    // Only the model's bytes are asked of it, and segments by rule, of which there are none.
    database: {
      releases: { artefact: async () => readFileSync(run.modelFile) },
      segments: { list: async () => [] },
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
