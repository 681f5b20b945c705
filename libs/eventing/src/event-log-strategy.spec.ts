import 'reflect-metadata';
import { Controller, Module, type INestApplication } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AppError } from '@tradewind/contracts';
import { createHealth, createMetrics } from '@tradewind/observability';
import { of, type Observable } from 'rxjs';
import type { BatchResult } from './batch-handler';
import { BatchPattern, connectEventLog } from './connect-strategy';
import type { Batch, BatchContext, EventLog, OutboundRecord, PartitionProgress, SubscribeOptions, Subscription } from './event-log';
import { EventLogStrategy, type EventLogStrategyOptions } from './event-log-strategy';
import { PartitionGate } from './partition-gate';

const NOTHING: BatchResult = { outputs: [], deadLetters: [] };
const AWAY = () => new AppError('STATE_UNAVAILABLE', 'away', { retryable: true });

/** What the controllers below do is the test's choice. */
const seen: string[] = [];
let react: (batch: Batch) => BatchResult = () => NOTHING;

@Controller()
class SegmentsController {
  @EventPattern('events', { group: 'segments', concurrency: 3 })
  onEvents(@Payload() batch: Batch, @Ctx() context: BatchContext): Promise<BatchResult> {
    seen.push(`segments/events ${context.signal.aborted}`);
    return Promise.resolve().then(() => react(batch));
  }

  @BatchPattern('items', { group: 'segments', maxBatchRecords: 7 })
  onItems(batch: Batch, context: BatchContext): Observable<BatchResult> {
    seen.push(`segments/items ${context.signal.aborted}`);
    return of(react(batch));
  }
}

@Controller()
class RankingController {
  @EventPattern('events', { group: 'ranking' })
  onEvents(@Payload() batch: Batch): BatchResult {
    seen.push('ranking/events');
    return react(batch);
  }
}

@Module({ controllers: [SegmentsController, RankingController] })
class TestModule {}

interface FakeSubscription extends Subscription {
  readonly options: SubscribeOptions;
  fail(error: unknown): void;
  held: PartitionProgress[];
  lastProgressAtMs: number;
}

/** The consuming side of a log, driven by the test. */
function createFakeLog() {
  const subscriptions = new Map<string, FakeSubscription>();
  const published: OutboundRecord[] = [];
  const log = {
    publish: (records: readonly OutboundRecord[]) => {
      published.push(...records);
      return Promise.resolve([]);
    },
    subscribe: (options: SubscribeOptions) => {
      let [fail, end]: [(error: unknown) => void, () => void] = [() => undefined, () => undefined];
      const finished = new Promise<void>((resolve, reject) => ([fail, end] = [reject, resolve]));
      const subscription: FakeSubscription = {
        options,
        groupId: options.groupId,
        finished,
        fail,
        held: [],
        progress: () => subscription.held,
        lastProgressAtMs: 0,
        pause: () => undefined,
        resume: () => undefined,
        stop: () => Promise.resolve(end()),
      };
      subscriptions.set(options.groupId, subscription);
      return Promise.resolve(subscription);
    },
  };
  return { log: log as unknown as EventLog, subscriptions, published };
}

function aBatch(topic: string): Batch {
  const record = { topic, partition: 1, offset: 0, timestampMs: 0, key: null, value: Buffer.from('x'), headers: {} };
  return { topic, partition: 1, records: [record], highWatermark: 1 };
}

const context: BatchContext = { signal: new AbortController().signal, heartbeat: () => Promise.resolve() };

describe('EventLogStrategy in a Nest app', () => {
  let app: INestApplication;
  let nowMs = 1_000_000;

  async function start(options: Partial<EventLogStrategyOptions> = {}, module: unknown = TestModule) {
    const fake = createFakeLog();
    const failures: [string, unknown][] = [];
    const strategy = new EventLogStrategy({
      log: fake.log,
      onFailure: (error, group) => failures.push([group, error]),
      now: () => nowMs,
      retry: { initialMs: 1, maxAttempts: 3 },
      ...options,
    });
    const built = await Test.createTestingModule({ imports: [module as typeof TestModule] }).compile();
    app = built.createNestApplication(new FastifyAdapter(), { logger: false });
    connectEventLog(app, strategy);
    await app.init();
    await app.startAllMicroservices();
    return { ...fake, failures, strategy };
  }

  beforeEach(() => {
    seen.length = 0;
    react = () => NOTHING;
  });
  afterEach(() => app.close());

  it('makes one subscription per group, over its topics, and gives each batch to the group’s own handler', async () => {
    const { subscriptions } = await start();
    expect([...subscriptions.keys()].sort()).toEqual(['ranking', 'segments']);
    expect(subscriptions.get('segments')!.options).toMatchObject({ topics: ['events', 'items'], concurrency: 3, maxBatchRecords: 7 });
    await subscriptions.get('segments')!.options.onBatch(aBatch('events'), context);
    await subscriptions.get('segments')!.options.onBatch(aBatch('items'), context);
    await subscriptions.get('ranking')!.options.onBatch(aBatch('events'), context);
    expect(seen).toEqual(['segments/events false', 'segments/items false', 'ranking/events']);
  });

  it('publishes what handlers return, by promise or by observable', async () => {
    const { subscriptions, published } = await start();
    react = ({ topic }) => ({ ...NOTHING, outputs: [{ topic: 'outputs', key: null, value: Buffer.from(topic) }] });
    for (const topic of ['events', 'items']) await subscriptions.get('segments')!.options.onBatch(aBatch(topic), context);
    expect(published.map(({ value }) => String(value))).toEqual(['events', 'items']);
  });

  it.each(['events', 'items'])('retries the retryable errors of %s, which reach the processor as they were thrown', async (topic) => {
    const { subscriptions } = await start();
    let failures = 2;
    react = () => {
      if (failures-- > 0) throw AWAY();
      return NOTHING;
    };
    await subscriptions.get('segments')!.options.onBatch(aBatch(topic), context);
    expect(seen).toHaveLength(3);
    const failure = AWAY();
    react = () => {
      throw failure;
    };
    await expect(subscriptions.get('segments')!.options.onBatch(aBatch(topic), context)).rejects.toBe(failure);
  });

  it('sets poison aside', async () => {
    const { subscriptions, published } = await start();
    react = () => {
      throw new TypeError('choked');
    };
    await subscriptions.get('ranking')!.options.onBatch(aBatch('events'), context);
    expect(published).toMatchObject([{ topic: 'events.dlq', headers: { tw_dlq_service: 'ranking', tw_dlq_reason: 'TypeError: choked' } }]);
  });

  it('reports a group that failed, and is not alive then', async () => {
    const { subscriptions, failures, strategy } = await start();
    expect(strategy.check()).toBe('ok');
    const failure = new Error('broken');
    subscriptions.get('ranking')!.fail(failure);
    await subscriptions.get('ranking')!.finished.catch(() => undefined);
    await Promise.resolve();
    expect(failures).toEqual([['ranking', failure]]);
    expect(strategy.check()).toEqual({ reason: 'group ranking failed: Error: broken' });
  });

  it('takes progress for liveness: lag alone is fine, lag without progress is not', async () => {
    const health = createHealth();
    const { subscriptions } = await start({ health, stallAfterMs: 5_000 });
    const subscription = subscriptions.get('segments')!;
    subscription.held = [{ topic: 'events', partition: 0, position: 2, highWatermark: 9, lagRecords: 7, lagSeconds: 3 }];
    subscription.lastProgressAtMs = nowMs;
    nowMs += 4_000;
    expect((await health.report('liveness')).status).toBe('ok');
    nowMs += 2_000;
    expect(await health.report('liveness')).toMatchObject({
      status: 'failing',
      checks: { consumers: expect.stringContaining('7 records') },
    });
    subscription.held = [];
    expect((await health.report('liveness')).status).toBe('ok');
  });

  it('measures records, dead letters and lag', async () => {
    const metrics = createMetrics({ service: 'tests', processMetrics: false });
    const { subscriptions } = await start({ metrics });
    const segments = subscriptions.get('segments')!;
    segments.held = [{ topic: 'events', partition: 0, position: 2, highWatermark: 9, lagRecords: 7, lagSeconds: 3 }];
    await segments.options.onBatch(aBatch('events'), context);
    expect(await metrics.text()).toMatch(/tradewind_consumer_records_total\{.*group="segments",topic="events".*\} 1/);
    expect(await metrics.text()).toMatch(/tradewind_consumer_lag_seconds\{.*group="segments",topic="events",partition="0".*\} 3/);
    segments.held = [];
    expect(await metrics.text()).not.toMatch(/tradewind_consumer_lag_seconds\{/);
  });

  it('joins a group again when the broker is away, as often as a batch is tried', async () => {
    const fake = createFakeLog();
    let refusals = 0;
    const subscribe = (options: SubscribeOptions) => {
      if (options.groupId !== 'segments' || ++refusals > 2) return fake.log.subscribe(options);
      return Promise.reject(new AppError('LOG_UNAVAILABLE', 'away', { retryable: true }));
    };
    await start({ log: { ...fake.log, subscribe } });
    expect(refusals).toBe(3);
    expect(fake.subscriptions.has('segments')).toBe(true);
  });

  it('enters the gate for each batch and tells it what is held', async () => {
    const gate = new PartitionGate();
    const { subscriptions } = await start({ gate });
    const { onAssigned, onBatch } = subscriptions.get('ranking')!.options;
    await onAssigned!([{ topic: 'events', partition: 1 }]);
    const place = { group: 'ranking', topic: 'events', partition: 1 };
    expect(gate.holds(place)).toBe(true);
    let leave: () => void = () => undefined;
    const visitor = gate.enter(place, () => new Promise<void>((resolve) => (leave = resolve)));
    const handled = onBatch(aBatch('events'), context);
    await new Promise(setImmediate);
    expect(seen).toEqual([]);
    leave();
    await Promise.all([visitor, handled]);
    expect(seen).toEqual(['ranking/events']);
  });

  it('refuses handlers without a group, and two of one topic in a group', async () => {
    class Lonely {
      on(): BatchResult {
        return NOTHING;
      }
    }
    EventPattern('events')(Lonely.prototype, 'on', Object.getOwnPropertyDescriptor(Lonely.prototype, 'on')!);
    Controller()(Lonely);
    class LonelyModule {}
    Module({ controllers: [Lonely] })(LonelyModule);
    await expect(start({}, LonelyModule)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await app.close();

    class DoubleModule {}
    Module({ controllers: [RankingController, class Again extends RankingController {}] })(DoubleModule);
    await expect(start({}, DoubleModule)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
