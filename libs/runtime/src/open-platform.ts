import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { AppError, TOPICS, deadLetterTopic } from '@tradewind/contracts';
import { openEmbeddedEventLog, openKafkaEventLog, type EventLog } from '@tradewind/eventing';
import { createMemoryStateStore, openRedisStateStore, type StateStore } from '@tradewind/feature-store';
import { createHealth, createLogger, createMetrics, type Health, type Logger } from '@tradewind/observability';
import { openDatabase, type Database } from '@tradewind/persistence';
import type { Platform } from './platform';
import type { PlatformSettings } from './platform-settings';
import { retryStart, type RetryOptions } from './retry-start';

/** Topics that some service consumes: each gets a dead-letter topic. */
const CONSUMED = [TOPICS.events, TOPICS.catalogItems, TOPICS.segmentTransitions, TOPICS.modelReleases];

/** What the embedded stand-ins do not give, told at every start. */
const EMBEDDED_LIMITS = {
  log: 'embedded log: one process, no replication',
  state: 'memory store: one process, lost at exit and rebuilt at start',
  database: 'PGlite: one process, no replication',
};

/**
 * Opens the log, the state store and the database that the settings name, or their embedded stand-ins, and makes sure that
 * every topic exists. Servers that are away are retried for STARTUP_TIMEOUT_MS; what was opened is closed again on failure.
 * @throws LOG_UNAVAILABLE, STATE_UNAVAILABLE, DATABASE_UNAVAILABLE, TOPIC_MISMATCH, MIGRATION_FAILED, DATA_DIR_LOCKED, CONFIG_INVALID; SHUTTING_DOWN when aborted
 */
export async function openPlatform(name: string, settings: PlatformSettings, signal?: AbortSignal): Promise<Platform> {
  const logger = createLogger({ service: name, level: settings.LOG_LEVEL });
  const health = createHealth();
  await makeDataDir(settings.DATA_DIR);
  const opened: Closeable[] = [];
  const retry = (what: string): RetryOptions => ({ what, timeoutMs: settings.STARTUP_TIMEOUT_MS, logger, signal });
  try {
    const log = keep(opened, 'event log', await retryStart(() => openLog(name, settings, logger), retry('event log')));
    const state = keep(opened, 'state store', await retryStart(() => openState(settings), retry('state store')));
    const database = keep(opened, 'database', await retryStart(() => openSettled(settings), retry('database')));
    await retryStart(() => log.ensureTopics([...Object.values(TOPICS), ...CONSUMED.map(deadLetterTopic)]), retry('topics'));
    tellBackings(logger, { log, state, database });
    registerPings(health, { log, state, database });
    const close = closeAll(opened, logger);
    return {
      log,
      state,
      database,
      logger,
      metrics: createMetrics({ service: name }),
      health,
      now: Date.now,
      dataDir: settings.DATA_DIR,
      close,
    };
  } catch (error) {
    await closeAll(opened, logger)();
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

function openLog(name: string, settings: PlatformSettings, logger: Logger): Promise<EventLog> {
  const { KAFKA_BROKERS: brokers, DATA_DIR: dataDir } = settings;
  return brokers === undefined
    ? openEmbeddedEventLog({ dataDir, log: logger })
    : openKafkaEventLog({ brokers, clientId: `tradewind-${name}-${hostname()}`, log: logger });
}

async function openState(settings: PlatformSettings): Promise<StateStore> {
  return settings.REDIS_URL === undefined ? createMemoryStateStore() : openRedisStateStore({ url: settings.REDIS_URL });
}

function openSettled({ DATABASE_URL: url, DATA_DIR: dataDir }: PlatformSettings): Promise<Database> {
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

/** Closes in reverse order of opening, every one even when another fails. */
function closeAll(opened: readonly Closeable[], logger: Logger): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const close = async () => {
    const failures: unknown[] = [];
    for (const { what, close } of [...opened].reverse()) {
      await close().catch((error: unknown) => {
        logger.error('could not close', { what, error });
        failures.push(error);
      });
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be closed');
  };
  return () => (closing ??= close());
}
