import { tmpdir } from 'node:os';
import { Server } from '@nestjs/microservices';
import type { EventLog, FollowOptions, LogRecord, OutboundRecord } from '@tradewind/eventing';
import { MemoryStateStore, type MessageIdStore } from '@tradewind/feature-store';
import { SILENT_LOGGER, createHealth, createMetrics } from '@tradewind/observability';
import type { Database, Source } from '@tradewind/persistence';
import { runServices, type Platform } from '@tradewind/runtime';
import { createFakeClock } from '@tradewind/testing';
import { ensureSource, ingest } from '../src/app.module';
import type { Scope } from '../src/write-keys';

/** The real service on a free port, over a log and a database in memory that can be made to fail. */
export interface TestCollector {
  readonly url: string;
  /** What was acknowledged since the last reset. */
  readonly published: readonly OutboundRecord[];
  readonly now: () => number;
  publishCalls(): number;
  /** null: works again. */
  failPublish(error: Error | null): void;
  failDatabase(error: Error): void;
  /** Holds publishing until `open`; `reached` resolves when the first call waits. */
  holdPublish(): { readonly reached: Promise<void>; open(): void };
  reset(): void;
  close(): Promise<void>;
}

/** Two of the largest requests do not fit at once. */
const MAX_IN_FLIGHT_BYTES = 5 * 1024 * 1024;

/** Ingest consumes nothing. */
class NoEvents extends Server {
  listen(callback: () => void): void {
    callback();
  }
  close(): void {
    return;
  }
  on(): void {
    return;
  }
  unwrap<T>(): T {
    throw new Error('there is nothing to unwrap');
  }
}

/**
 * @param source with the scopes that its key has; those of a browser's key by default
 * @param options `messageIds`: where ids of published messages are kept; by default nowhere, so that tests may send the same event. `log`: a log
 * instead of the one that can be made to fail. `settings`: of the source
 */
export async function startCollector(
  source: { sourceId: string; writeKey: string; scopes?: readonly Scope[] },
  options: {
    readonly messageIds?: MessageIdStore;
    readonly env?: Readonly<Record<string, string>>;
    readonly log?: Pick<EventLog, 'publish' | 'follow' | 'read'>;
    readonly settings?: object;
  } = {},
): Promise<TestCollector> {
  const state = {
    published: [] as OutboundRecord[],
    calls: 0,
    publishError: null as Error | null,
    databaseError: null as Error | null,
    hold: null as (() => Promise<void>) | null,
  };
  const clock = createFakeClock();
  const platform = {
    ...createStores(state),
    ...(options.log && { log: options.log }),
    state: new MemoryStateStore(),
    openMessageIds: async () => options.messageIds,
    logger: SILENT_LOGGER,
    metrics: createMetrics({ service: 'test', processMetrics: false }),
    health: createHealth(),
    now: clock.now,
    dataDir: tmpdir(),
    close: async () => undefined,
  } as unknown as Platform;
  const { sourceId, writeKey, scopes } = source;
  await ensureSource(platform.database.sources, { sourceId, writeKey, name: sourceId });
  await platform.database.sources.edit(
    sourceId,
    (present) =>
      present && {
        ...present,
        settings: options.settings ?? {},
        writeKeys: present.writeKeys.map((key) => ({ ...key, scopes: scopes ?? key.scopes })),
      },
  );
  const INGEST_DEDUPLICATION = options.messageIds ? 'on' : 'off';
  const env = { PORT: '0', INGEST_MAX_IN_FLIGHT_BYTES: String(MAX_IN_FLIGHT_BYTES), INGEST_DEDUPLICATION, ...options.env };
  const running = await runServices([ingest], { platform, env, createStrategy: () => new NoEvents() });
  return {
    url: running.url,
    get published() {
      return state.published;
    },
    now: clock.now,
    publishCalls: () => state.calls,
    failPublish: (error) => void (state.publishError = error),
    failDatabase: (error) => {
      state.databaseError = error;
      // Unknown keys ask the database at most once a second.
      clock.advance(2_000);
    },
    holdPublish() {
      let open: () => void = () => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      const reached = new Promise<void>((resolve) => {
        state.hold = () => (resolve(), opened);
      });
      return { reached, open: () => ((state.hold = null), open()) };
    },
    reset: () => Object.assign(state, { published: [], calls: 0, publishError: null, databaseError: null, hold: null }),
    close: () => running.close(),
  };
}

interface State {
  published: OutboundRecord[];
  calls: number;
  publishError: Error | null;
  databaseError: Error | null;
  hold: (() => Promise<void>) | null;
}

function createStores(state: State): { log: Pick<EventLog, 'publish' | 'follow' | 'read'>; database: Pick<Database, 'sources'> } {
  const sources = new Map<string, Source>();
  const followers: FollowOptions[] = [];
  return {
    log: {
      async publish(records) {
        state.calls++;
        await state.hold?.();
        if (state.publishError) throw state.publishError;
        state.published.push(...records);
        for (const { topic, onRecords } of followers) await onRecords(toLogRecords(records, topic));
        return records.map(({ topic }, offset) => ({ topic, partition: 0, offset }));
      },
      async follow(options) {
        followers.push(options);
        return { caughtUp: Promise.resolve(), finished: new Promise(() => undefined), stop: async () => undefined };
      },
      async *read(topic) {
        yield toLogRecords(state.published, topic);
      },
    },
    database: {
      sources: {
        async list() {
          if (state.databaseError) throw state.databaseError;
          return [...sources.values()];
        },
        async upsert(source) {
          sources.set(source.sourceId, source);
        },
        async edit(sourceId, change) {
          const present = sources.get(sourceId) ?? null;
          const changed = change(present) ?? present;
          if (changed !== null) sources.set(sourceId, changed);
          return changed;
        },
      },
    },
  };
}

function toLogRecords(records: readonly OutboundRecord[], wanted: string): LogRecord[] {
  return records
    .filter(({ topic }) => topic === wanted)
    .map(({ topic, key, value }, offset) => ({
      topic,
      partition: 0,
      offset,
      timestampMs: 0,
      key: key === null ? null : Buffer.from(key),
      value,
      headers: {},
    }));
}
