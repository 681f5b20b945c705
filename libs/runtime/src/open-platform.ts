import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AppError, TOPICS, deadLetterTopic, describeError, type TopicSpec } from '@tradewind/contracts';
import { PartitionGate, openEmbeddedEventLog, openKafkaEventLog, type EventLog, type KafkaEventLogOptions } from '@tradewind/eventing';
import {
  openMemoryMessageIdStore,
  openMemoryStateStore,
  openRedisMessageIdStore,
  openRedisStateStore,
  type StateStore,
} from '@tradewind/feature-store';
import { createHealth, createLogger, createMetrics, redactText, type Health, type Logger } from '@tradewind/observability';
import { lockDataDir, openDatabase, type Database } from '@tradewind/persistence';
import type { Platform } from './platform';
import type { PlatformSettings } from './platform-settings';
import { retryStart, type RetryOptions } from './retry-start';

/** Topics that a service consumes in a group, so that each has a dead-letter topic (DESIGN.md §1). */
const CONSUMED = [
  TOPICS.events,
  TOPICS.movedEvents,
  TOPICS.catalogItems,
  TOPICS.socialPosts,
  TOPICS.segmentMembership,
  TOPICS.segmentTransitions,
  TOPICS.contentRequests,
  TOPICS.contentOutcomes,
  TOPICS.modelReleases,
  TOPICS.privacySuppressions,
];

/** Where records go that a service cannot handle. */
export const DEAD_LETTER_TOPICS: readonly TopicSpec[] = CONSUMED.map(deadLetterTopic);
const ALL_TOPICS: readonly TopicSpec[] = [...Object.values(TOPICS), ...DEAD_LETTER_TOPICS];

/** What the embedded stand-ins do not give, told at every start. */
const EMBEDDED_LIMITS = {
  log: 'embedded log: one process, no replication',
  state: 'memory store: one process, all of it in memory, no replication',
  database: 'PGlite: one process, no replication',
};

export interface OpenOptions {
  /** Ends the waiting for servers that are away. */
  readonly signal?: AbortSignal;
  /** Where log lines go: tools keep stdout for their result. @default 'stdout' */
  readonly logTo?: 'stdout' | 'stderr';
}

/**
 * Opens the log, the state store and the database that the settings name, or their embedded stand-ins, and makes sure that
 * every topic exists. Servers that are away are retried for STARTUP_TIMEOUT_MS; what was opened is closed again on failure.
 * @throws LOG_UNAVAILABLE, STATE_UNAVAILABLE, DATABASE_UNAVAILABLE, TOPIC_MISMATCH, MIGRATION_FAILED, DATA_DIR_LOCKED, CONFIG_INVALID; SHUTTING_DOWN when aborted
 */
export async function openPlatform(name: string, settings: PlatformSettings, options: OpenOptions = {}): Promise<Platform> {
  const logger = createLogger({ service: name, level: settings.LOG_LEVEL, destination: options.logTo });
  const health = createHealth();
  await makeDataDir(settings.DATA_DIR);
  const opened: Closeable[] = [];
  const retry = (what: Backing): RetryOptions => retryOptions(what, settings, logger, options);
  try {
    const log = keep(opened, 'event log', await retryStart(() => openLog(name, settings, logger), retry('event log')));
    if (settings.REDIS_URL === undefined)
      opened.push({ what: 'state lock', close: await lockDataDir(join(settings.DATA_DIR, 'state.lock'), 'REDIS_URL') });
    const state = keep(opened, 'state store', await retryStart(() => openState(settings), retry('state store')));
    const database = keep(opened, 'database', await retryStart(() => openDatabaseOf(settings), retry('database')));
    await retryStart(() => log.ensureTopics(ALL_TOPICS), retry('event log'));
    tellBackings(logger, { log, state, database });
    registerPings(health, { log, state, database });
    const [gate, metrics, close] = [new PartitionGate(), createMetrics({ service: name }), closeOnce(opened, logger)];
    const openMessageIds: Platform['openMessageIds'] = ({ buckets }) =>
      retryStart(() => openMessageIdsOf(settings, buckets), retry('state store'));
    return { log, gate, state, database, logger, metrics, health, now: Date.now, dataDir: settings.DATA_DIR, openMessageIds, close };
  } catch (error) {
    await closeAll(opened, logger);
    throw error;
  }
}

/**
 * The log alone, with every topic: for tools that need neither state nor database. Close it.
 * @throws LOG_UNAVAILABLE, TOPIC_MISMATCH, DATA_DIR_LOCKED, CONFIG_INVALID
 */
export async function openLogAlone(name: string, settings: PlatformSettings, options: OpenOptions = {}): Promise<EventLog> {
  const logger = createLogger({ service: name, level: settings.LOG_LEVEL, destination: options.logTo });
  await makeDataDir(settings.DATA_DIR);
  const log = await retryStart(() => openLog(name, settings, logger), retryOptions('event log', settings, logger, options));
  try {
    await log.ensureTopics(ALL_TOPICS);
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

type Ports = Pick<Platform, 'log' | 'state' | 'database'>;

interface Closeable {
  readonly what: string;
  close(): Promise<void>;
}

function keep<T extends { close(): Promise<void> }>(opened: Closeable[], what: string, port: T): T {
  opened.push({ what, close: () => port.close() });
  return port;
}

/** The setting that names each server. */
const SETTING_OF = { 'event log': 'KAFKA_BROKERS', 'state store': 'REDIS_URL', database: 'DATABASE_URL' } as const;
type Backing = keyof typeof SETTING_OF;

function retryOptions(what: Backing, settings: PlatformSettings, logger: Logger, { signal }: OpenOptions): RetryOptions {
  const setting = SETTING_OF[what];
  const value = settings[setting];
  const timing = { timeoutMs: settings.STARTUP_TIMEOUT_MS, logger, signal };
  if (value === undefined) return { what, ...timing };
  const remedy = `start it (npx tradewind stack up), correct ${setting}, or leave it out for the embedded ${what}`;
  return { what: `the ${what} at ${setting}=${redactText(String(value))}`, remedy, ...timing };
}

async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true });
  } catch (cause) {
    throw new AppError(
      'CONFIG_INVALID',
      `DATA_DIR=${JSON.stringify(dataDir)} cannot be made; set it to a folder that this process may write`,
      { cause },
    );
  }
}

async function openLog(name: string, settings: PlatformSettings, logger: Logger): Promise<EventLog> {
  const { KAFKA_BROKERS: brokers, DATA_DIR: dataDir } = settings;
  if (brokers === undefined) return openEmbeddedEventLog({ dataDir, log: (level, message, details) => logger[level](message, details) });
  const clientId = `tradewind-${name}-${hostname()}`;
  return openKafkaEventLog({ brokers, clientId, ...kafkaSecurity(settings), log: logger });
}

function kafkaSecurity(settings: PlatformSettings): Pick<KafkaEventLogOptions, 'ssl' | 'sasl'> {
  const {
    KAFKA_SSL: ssl,
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username = '',
    KAFKA_SASL_PASSWORD: password = '',
  } = settings;
  return { ssl, ...(mechanism === undefined ? {} : { sasl: { mechanism, username, password } as KafkaEventLogOptions['sasl'] }) };
}

async function openState({ REDIS_URL: url, DATA_DIR: dataDir }: PlatformSettings): Promise<StateStore> {
  return url === undefined ? openMemoryStateStore({ dir: join(dataDir, 'state') }) : openRedisStateStore({ url });
}

function openMessageIdsOf(
  { REDIS_URL: url, DATA_DIR: dataDir }: PlatformSettings,
  buckets: number,
): ReturnType<Platform['openMessageIds']> {
  return url === undefined ? openMemoryMessageIdStore({ dir: join(dataDir, 'message-ids') }) : openRedisMessageIdStore({ url, buckets });
}

function openDatabaseOf({ DATABASE_URL: url, DATA_DIR: dataDir }: PlatformSettings): Promise<Database> {
  return openDatabase(url === undefined ? { dataDir } : { url });
}

/** One line at start: which backing each port has, and what the embedded ones do not give. */
function tellBackings(logger: Logger, { log, state, database }: Ports): void {
  const limits = [
    ...(log.kind === 'embedded' ? [EMBEDDED_LIMITS.log] : []),
    ...(state.kind === 'memory' ? [EMBEDDED_LIMITS.state] : []),
    ...(database.kind === 'pglite' ? [EMBEDDED_LIMITS.database] : []),
  ];
  logger.info('platform opened', { log: log.kind, state: state.kind, database: database.kind, limits });
}

function registerPings(health: Health, { log, state, database }: Ports): void {
  const ping = (port: { ping(): Promise<void> }) => async () => {
    await port.ping();
    return 'ok' as const;
  };
  health.register('readiness', 'log', ping(log));
  health.register('readiness', 'state', ping(state));
  health.register('readiness', 'database', ping(database));
}

function closeOnce(opened: readonly Closeable[], logger: Logger): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const close = async () => {
    const failures = await closeAll(opened, logger);
    if (failures.length > 0) throw new AggregateError(failures, `could not close: ${failures.map(describeError).join('; ')}`);
  };
  return () => (closing ??= close());
}

/** Closes in reverse order of opening, every one even when another fails. @returns what failed, which is logged */
async function closeAll(opened: readonly Closeable[], logger: Logger): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const { what, close } of [...opened].reverse()) {
    try {
      await close();
    } catch (error) {
      logger.error('could not close', { what, error });
      failures.push(error);
    }
  }
  return failures;
}
