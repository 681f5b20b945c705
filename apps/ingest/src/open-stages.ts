import { createSpooledPublisher, type EventLog, type SpooledPublisher } from '@tradewind/eventing';
import type { Platform } from '@tradewind/runtime';
import type { Settings } from './config';
import { createIdentityGraph } from './identity-graph';
import { createMessageIds } from './message-ids';
import type { IdentityGraph, MessageIds } from './stages';

/** The part of the collector that outlives its process. */
export interface OpenedStages {
  /** The log, behind the spool where there is one. */
  readonly log: Pick<EventLog, 'publish'>;
  /** Undefined when deduplication is off. */
  readonly messageIds: MessageIds | undefined;
  readonly identity: IdentityGraph;
  /** After the last request. */
  close(): Promise<void>;
}

/** Above this share of its bytes a spool no longer makes up for a log that is away. */
const SPOOL_ALMOST_FULL = 0.95;

/** @throws STATE_UNAVAILABLE, DATA_DIR_LOCKED (the spool is another process's), STATE_CORRUPT */
export async function openStages(platform: Platform, settings: Settings): Promise<OpenedStages> {
  const { logger, metrics, now, state } = platform;
  const isDeduplicating = settings.INGEST_DEDUPLICATION === 'on';
  const store = isDeduplicating ? await platform.openMessageIds({ buckets: settings.INGEST_MESSAGE_ID_BUCKETS }) : undefined;
  const spool = openSpool(platform, settings);
  const messageIds = store && createMessageIds({ store, logger, metrics, now });
  const identity = createIdentityGraph({ store: state, logger, metrics, now });
  return {
    log: spool ?? platform.log,
    messageIds,
    identity,
    async close() {
      identity.stop();
      await messageIds?.close();
      await spool?.close();
    },
  };
}

function openSpool({ log, logger, metrics, health, now }: Platform, settings: Settings): SpooledPublisher | undefined {
  const { INGEST_SPOOL_DIR: dir, INGEST_SPOOL_MAX_BYTES: maxBytes } = settings;
  if (dir === undefined) return undefined;
  const spool = createSpooledPublisher({
    log,
    dir,
    maxBytes,
    now,
    onMessage: (level, message, details) => logger[level](message, details),
  });
  metrics.gauge({
    name: 'tradewind_ingest_spool_records',
    help: 'Acknowledged records on the local disk that are not on the log yet',
    collect: (gauge) => gauge.set(spool.status().records),
  });
  metrics.gauge({
    name: 'tradewind_ingest_spool_bytes',
    help: 'Bytes of the files of the spool',
    collect: (gauge) => gauge.set(spool.status().bytes),
  });
  metrics.gauge({
    name: 'tradewind_ingest_spool_oldest_age_seconds',
    help: 'Age of the oldest record that is not on the log yet',
    collect: (gauge) => gauge.set((now() - (spool.status().oldestAtMs ?? now())) / 1000),
  });
  const pingLog = health.replace('readiness', 'log', async () =>
    spool.status().bytes < maxBytes * SPOOL_ALMOST_FULL ? 'ok' : ((await pingLog?.()) ?? 'ok'),
  );
  return spool;
}
