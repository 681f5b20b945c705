import { TOPICS } from '@tradewind/contracts';
import { EventLogStrategy, PartitionGate, type EventLog } from '@tradewind/eventing';
import { MemoryStateStore, type DueTimes, type StateStore } from '@tradewind/feature-store';
import { SILENT_LOGGER, createHealth, createMetrics } from '@tradewind/observability';
import type { Database, SegmentRow } from '@tradewind/persistence';
import type { Rule } from '@tradewind/rules';
import type { Platform } from '@tradewind/runtime';
import { eventually } from '@tradewind/testing';
import { EVENTS_GROUP, Segmentation, type SegmentationOptions } from '../src/segmentation';

/** Rules as the newest versions of enabled definitions. */
export function toRows(rules: readonly Rule[], version = 1): SegmentRow[] {
  return rules
    .map((rule): SegmentRow => ({ segmentId: rule.id, version, name: rule.name, rule, enabled: true, createdAtMs: 0 }))
    .sort((a, b) => (a.segmentId < b.segmentId ? -1 : 1));
}

/** What outlives a process: the log, the state, timers when they are durable, and the table of definitions. */
export interface World {
  readonly log: EventLog;
  readonly state: MemoryStateStore;
  /** `null` when they are gone with the process. */
  readonly dueTimes: DueTimes | null;
  rows: SegmentRow[];
  /** All that were ever written. */
  readonly written: SegmentRow[];
}

/** The service without Nest in a process that may die: from `failAfter` writes on, every call to the outside fails, as after a SIGKILL. */
export class RuleService {
  readonly segmentation: Segmentation;
  readonly failed: Promise<void>;
  private readonly strategy: EventLogStrategy;
  private writesLeft = Infinity;
  private fail: () => void = () => undefined;

  constructor(
    private readonly world: World,
    options: Partial<Pick<SegmentationOptions, 'clock' | 'cacheEntries'>> = {},
    now: () => number = Date.now,
  ) {
    this.failed = new Promise((resolve) => (this.fail = resolve));
    const platform = this.platform(now);
    this.segmentation = new Segmentation({ platform, cacheEntries: 3, clock: 'events', rulesRefreshMs: 3_600_000, ...options });
    this.strategy = new EventLogStrategy({ log: platform.log, gate: platform.gate, onFailure: () => this.fail() });
    const handler: Segmentation['handler'] = (batch, context) => this.segmentation.handler(batch, context);
    this.strategy.addHandler(TOPICS.events.name, handler, true, { group: EVENTS_GROUP, maxBatchRecords: 4 });
  }

  async start(): Promise<void> {
    await this.segmentation.start();
    await new Promise<void>((resolve, reject) => this.strategy.listen((error) => (error instanceof Error ? reject(error) : resolve())));
  }

  /** Also after it has died. */
  async stop(): Promise<void> {
    await this.strategy.close();
    await this.segmentation.stop();
  }

  /** Dies at the n-th write from now, before or after it was done. */
  failAfter(writes: number): void {
    this.writesLeft = writes;
  }

  /** Resolves when all events are handled, aliases are merged, the live rules are everybody's, and nothing is due. */
  async settled(): Promise<void> {
    await this.handled();
    await this.segmentation.rules.settled();
    await this.segmentation.identities.settled();
    await this.segmentation.rules.settled();
  }

  private async handled(): Promise<void> {
    const { log } = this.world;
    await eventually(
      async () => {
        const committed = await log.committed(EVENTS_GROUP, TOPICS.events.name);
        for (const { partition, high } of await log.watermarks(TOPICS.events.name)) {
          expect(this.segmentation.rules.partitions.holds(partition)).toBe(true);
          expect(committed.get(partition) ?? 0).toBe(high);
        }
      },
      { intervalMs: 5, timeoutMs: 20_000 },
    );
  }

  private platform(now: () => number): Platform {
    const { world } = this;
    const { log } = world;
    const get = async (id: string, version?: number) =>
      world.written.find((row) => row.segmentId === id && row.version === version) ?? null;
    const segments = { list: async () => world.rows, get } as unknown as Database['segments'];
    const state = this.mortal(world.state);
    return {
      log: { ...bound(log), publish: (records) => this.write(() => log.publish(records)) },
      gate: new PartitionGate(),
      state,
      database: { segments } as unknown as Database,
      logger: SILENT_LOGGER,
      metrics: createMetrics({ service: 'test', processMetrics: false }),
      health: createHealth(),
      now,
      dataDir: 'unused',
      openMessageIds: () => Promise.reject(new Error('not asked for')),
      close: () => Promise.resolve(),
    };
  }

  private mortal(state: MemoryStateStore): StateStore {
    const times = this.world.dueTimes ?? new MemoryStateStore().dueTimes;
    return {
      kind: 'memory',
      dueTimes: {
        isDurable: this.world.dueTimes !== null,
        schedule: (...args) => this.write(() => times.schedule(...args)),
        settle: (...args) => this.write(() => times.settle(...args)),
        due: (...args) => times.due(...args),
      },
      readMany: (keys) => state.readMany(keys),
      writeMany: (writes) => this.write(() => state.writeMany(writes)),
      deleteMany: (keys) => this.write(() => state.deleteMany(keys)),
      scan: (prefix) => state.scan(prefix),
      ping: () => state.ping(),
      close: () => Promise.resolve(),
    };
  }

  private async write<T>(work: () => Promise<T>): Promise<T> {
    this.writesLeft--;
    if (this.writesLeft < 0) throw this.died();
    const result = await work();
    if (this.writesLeft === 0) throw this.died(); // it was done, and nobody heard of it
    return result;
  }

  private died(): Error {
    this.fail();
    return new Error('the process is dead');
  }
}

/** The log's methods, free of their object. */
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
    close: () => log.close(),
  };
}
