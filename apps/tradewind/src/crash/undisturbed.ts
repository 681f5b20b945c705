import { ingest } from '@tradewind/apps/ingest';
import { recommender } from '@tradewind/apps/recommender';
import { EXAMPLE_SEGMENTS, putSegments, segmentation } from '@tradewind/apps/segmentation';
import { TOPICS } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';
import { openMemoryStateStore } from '@tradewind/feature-store';
import type { Database } from '@tradewind/persistence';
import { PLATFORM_SETTINGS, loadConfig, openPlatform, runServices, type Platform } from '@tradewind/runtime';
import { SAMPLE_SOURCE, sampleEvents, sampleFile } from '../bench/sample-events';
import type { SampleModel } from '../bench/sample-models';
import { openRecording } from '../replay/open-recording';
import { replay } from '../replay/replay';
import { DecisionCollector, readDecisions, type Decisions } from './decisions';
import { publishModels } from './publish-models';
import { lagOf, untilQuiet, waitForLag } from './wait-for-lag';

/** Groups that read the events. */
export const EVENT_GROUPS = ['segmentation', 'recommender'] as const;
/** The sample is of 2010: windows close by its own time, and the same way in every run. */
export const EVENT_CLOCK = { SEGMENTATION_CLOCK: 'events' } as const;
const TIMEOUT_MS = 600_000;

/** Builds everything anew from the same log, with the same code and models, into memory, and writes nothing anywhere. */
export async function rebuildFromLog(platform: Platform): Promise<Decisions> {
  const state = await openMemoryStateStore();
  const said = new DecisionCollector();
  const prefix = 'undisturbed-';
  const log: EventLog = {
    ...bound(platform.log),
    publish: async (records) => {
      records.forEach((record) => said.add(record));
      return records.map(({ topic }, offset) => ({ topic, partition: 0, offset }));
    },
    subscribe: (options) => platform.log.subscribe({ ...options, groupId: prefix + options.groupId }),
    committed: (groupId, topic) => platform.log.committed(prefix + groupId, topic),
  };
  // The tables were written by the real services; this run only reads models and segments.
  const nothing = () => Promise.resolve();
  const memberships = { upsertMany: nothing, removeMany: nothing } as unknown as Database['memberships'];
  const ruleMemberships = { applyMany: () => Promise.resolve() } as unknown as Database['ruleMemberships'];
  const database: Database = { ...tablesOf(platform.database), memberships, ruleMemberships };
  const running = await runServices([segmentation, recommender], {
    env: { PORT: '0', ...EVENT_CLOCK },
    platform: { ...platform, log, state, database, close: () => Promise.resolve() },
  });
  for (const group of EVENT_GROUPS) await waitForLag(platform.log, prefix + group, TOPICS.events.name, TIMEOUT_MS);
  await untilQuiet(() => said.count);
  await running.close();
  return said.finish(state);
}

function tablesOf({ kind, plans, releases, sources, segments, memberships, ruleMemberships }: Database): Database {
  const nothing = () => Promise.resolve();
  return { kind, plans, releases, sources, segments, memberships, ruleMemberships, ping: nothing, close: nothing };
}

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly models: readonly SampleModel[];
  readonly events: number;
  readonly writeKey: string;
  onProgress?(done: number): void;
}

/** The same file through all services in one process, without Kafka, Redis and PostgreSQL. */
export async function runEmbedded({ dataDir, models, events, writeKey, onProgress }: EmbeddedOptions): Promise<Decisions> {
  const env = {
    DATA_DIR: dataDir,
    PORT: '0',
    LOG_LEVEL: 'error',
    INGEST_WRITE_KEYS: `${SAMPLE_SOURCE}:${writeKey}`,
    INGEST_DEFAULT_CURRENCY: 'GBP',
    ...EVENT_CLOCK,
  };
  const platform = await openPlatform('embedded', loadConfig(PLATFORM_SETTINGS, env));
  await publishModels(models, platform);
  await putSegments(platform.database.segments, EXAMPLE_SEGMENTS);
  const running = await runServices([ingest, segmentation, recommender], { env, platform });
  try {
    await replay({
      items: openRecording(sampleFile(), 'online-retail').items(),
      events: sampleEvents('lines', events),
      url: running.url,
      writeKey,
      onProgress: ({ sent }) => onProgress?.(sent),
    });
    for (const group of EVENT_GROUPS) await waitForLag(platform.log, group, TOPICS.events.name, TIMEOUT_MS);
    await untilQuiet(() => lagOf(platform.log, 'nobody', TOPICS.segmentTransitions.name));
    return await readDecisions(platform.log, platform.state);
  } finally {
    await running.close();
  }
}

/** The log's methods as own properties, so that some can be replaced. */
function bound(log: EventLog): EventLog {
  return {
    kind: log.kind,
    ensureTopics: (topics) => log.ensureTopics(topics),
    publish: (records) => log.publish(records),
    subscribe: (options) => log.subscribe(options),
    follow: (options) => log.follow(options),
    read: (topic, options) => log.read(topic, options),
    watermarks: (topic) => log.watermarks(topic),
    committed: (groupId, topic) => log.committed(groupId, topic),
    commit: (groupId, topic, offsets) => log.commit(groupId, topic, offsets),
    ping: () => log.ping(),
    close: () => Promise.resolve(),
  };
}
