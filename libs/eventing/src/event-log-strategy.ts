import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { AppError, describeError, isRetryable } from '@tradewind/contracts';
import { SILENT_LOGGER, type CheckOutcome, type Health, type Logger, type Metrics } from '@tradewind/observability';
import { isObservable, lastValueFrom } from 'rxjs';
import type { BatchHandler, BatchResult } from './batch-handler';
import { createBatchProcessor, type BatchProcessorOptions, type ProcessorObserver } from './batch-processor';
import { EVENT_LOG_TRANSPORT, type BatchPatternOptions } from './connect-strategy';
import { createConsumerMetrics, type ConsumerMetrics } from './consumer-metrics';
import type { Batch, BatchContext, EventLog, SubscribeOptions, Subscription } from './event-log';
import type { PartitionGate } from './partition-gate';
import { backoffMs, sleep } from './retry';

export interface EventLogStrategyOptions extends Pick<BatchProcessorOptions, 'retry' | 'maxConsecutivePoison' | 'now' | 'random'> {
  readonly log: EventLog;
  /** A subscription ended for good, its batch uncommitted: the process must end non-zero, so that another one takes over. */
  readonly onFailure: (error: unknown, group: string) => void;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  /** Gets the liveness check `consumers` while the strategy runs. */
  readonly health?: Health;
  /** Entered for each batch, and told what each group holds. */
  readonly gate?: PartitionGate;
  /** A group with lag that made no progress for this long is not alive, milliseconds. @default 60000 */
  readonly stallAfterMs?: number;
}

export interface GroupHealth {
  readonly group: string;
  readonly alive: boolean;
  readonly lagRecords: number;
  /** Age of the oldest unhandled record of any partition held, seconds. */
  readonly lagSeconds: number;
  /** Since when nothing moved, epoch milliseconds. */
  readonly lastProgressAtMs: number;
}

interface Handler {
  readonly topic: string;
  readonly callback: MessageHandler<Batch, BatchContext, BatchResult>;
  readonly options: Partial<BatchPatternOptions>;
}

/** Runs `@EventPattern(topic, { group })` and `@BatchPattern` handlers on any `EventLog`: one subscription per group, over all topics of the group. */
export class EventLogStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = EVENT_LOG_TRANSPORT;
  private readonly handlers: Handler[] = [];
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly failed = new Map<string, unknown>();
  private readonly log: Logger;
  private readonly measured: ConsumerMetrics | null;
  private readonly closing = new AbortController();
  private unregister: (() => void) | undefined;

  constructor(private readonly settings: EventLogStrategyOptions) {
    super();
    this.log = settings.logger ?? SILENT_LOGGER;
    this.measured = settings.metrics ? createConsumerMetrics(settings.metrics) : null;
  }

  /** Keeps handlers apart: Nest chains those of one pattern, but here each belongs to a group of its own. */
  override addHandler(pattern: unknown, callback: MessageHandler, isEventHandler = false, extras: Partial<BatchPatternOptions> = {}): void {
    const topic = String(pattern);
    callback.isEventHandler = isEventHandler;
    callback.extras = extras;
    this.handlers.push({ topic, callback, options: extras });
    if (!this.messageHandlers.has(topic)) this.messageHandlers.set(topic, callback);
  }

  /** Calls back once every group has joined, or with the error that prevented it. */
  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => callback(), callback);
  }

  /** Lets running batches end and commit, then leaves the groups. */
  async close(): Promise<void> {
    this.closing.abort();
    this.unregister?.();
    this.unregister = undefined;
    await Promise.all([...this.subscriptions.values()].map((subscription) => subscription.stop()));
  }

  /** Liveness is progress: a group is alive when it has nothing to do or did something within `stallAfterMs`. */
  health(): GroupHealth[] {
    const nowMs = (this.settings.now ?? Date.now)();
    return [...this.subscriptions].map(([group, subscription]) => {
      const progress = subscription.progress();
      const lagRecords = progress.reduce((sum, partition) => sum + partition.lagRecords, 0);
      const lagSeconds = progress.reduce((most, partition) => Math.max(most, partition.lagSeconds), 0);
      const { lastProgressAtMs } = subscription;
      const moves = lagRecords === 0 || nowMs - lastProgressAtMs < (this.settings.stallAfterMs ?? 60_000);
      return { group, alive: moves && !this.failed.has(group), lagRecords, lagSeconds, lastProgressAtMs };
    });
  }

  /** `health` as a liveness check. */
  check(): CheckOutcome {
    const dead = this.health().filter(({ alive }) => !alive);
    if (dead.length === 0) return 'ok';
    return { reason: dead.map((group) => this.describe(group)).join('; ') };
  }

  /** Waits with fetching, e.g. while memory is short. */
  pause(): void {
    for (const subscription of this.subscriptions.values()) subscription.pause();
  }

  resume(): void {
    for (const subscription of this.subscriptions.values()) subscription.resume();
  }

  on(): never {
    throw new Error('the event log transport has no events to listen to');
  }

  unwrap<T>(): T {
    return this.settings.log as T;
  }

  private async start(): Promise<void> {
    const groups = groupHandlers(this.handlers);
    const opening = [...groups].map(([group, handlers]) => this.subscribe(group, handlers));
    const refused = (await Promise.allSettled(opening)).find((outcome) => outcome.status === 'rejected');
    if (refused === undefined) {
      this.unregister = this.settings.health?.register('liveness', 'consumers', () => this.check());
      return;
    }
    await this.close();
    throw refused.reason;
  }

  private async subscribe(group: string, handlers: readonly Handler[]): Promise<void> {
    const { log, gate, retry, maxConsecutivePoison, now, random } = this.settings;
    const observer = this.observe(group);
    const process = createBatchProcessor({
      service: group,
      handler: dispatch(handlers),
      log,
      retry,
      maxConsecutivePoison,
      now,
      random,
      observer,
    });
    const { group: groupId, ...options } = mergeOptions(group, handlers);
    const topics = handlers.map(({ topic }) => topic);
    const subscription = await this.join({
      ...options,
      groupId,
      topics,
      onBatch: (batch, context) => {
        const work = () => process(batch, context);
        return gate ? gate.enter({ group, topic: batch.topic, partition: batch.partition }, work) : work();
      },
      onAssigned: (partitions) => gate?.assigned(group, partitions),
    });
    this.subscriptions.set(group, subscription);
    const untrack = this.measured?.track(subscription);
    this.log.info('group joined', { group, topics });
    subscription.finished
      .catch((error: unknown) => {
        this.failed.set(group, error);
        this.log.error('group failed', { group, error });
        this.settings.onFailure(error, group);
      })
      .finally(() => untrack?.());
  }

  /** A broker that is away or has just come back is asked again, as a batch would be. */
  private async join(options: SubscribeOptions): Promise<Subscription> {
    const { log, retry = {}, random = Math.random } = this.settings;
    for (let failures = 1; ; failures++) {
      try {
        return await log.subscribe(options);
      } catch (error) {
        if (!isRetryable(error) || this.closing.signal.aborted || failures >= (retry.maxAttempts ?? 20)) throw error;
        this.log.warn('group not joined, will try again', { group: options.groupId, error });
      }
      await sleep(backoffMs(retry, failures, random), this.closing.signal);
    }
  }

  private observe(group: string): ProcessorObserver {
    const counted = this.measured?.observer(group) ?? {};
    return {
      handled: counted.handled,
      retried: (event) => {
        const { topic, partition, attempt, waitMs, error } = event;
        this.log.warn('batch retried', { group, topic, partition, attempt, waitMs, error });
        counted.retried?.(event);
      },
      deadLettered: (event) => {
        const { code, reason } = event.letters[0]!;
        this.log.warn('records set aside', { group, topic: event.topic, records: event.letters.length, code, reason });
        counted.deadLettered?.(event);
      },
    };
  }

  private describe({ group, lagRecords, lastProgressAtMs }: GroupHealth): string {
    if (this.failed.has(group)) return `group ${group} failed: ${describeError(this.failed.get(group))}`;
    return `group ${group} has ${lagRecords} records to handle and made no progress since ${new Date(lastProgressAtMs).toISOString()}`;
  }
}

function groupHandlers(handlers: readonly Handler[]): Map<string, Handler[]> {
  const groups = new Map<string, Handler[]>();
  for (const handler of handlers) {
    const { topic, options } = handler;
    if (!options.group)
      throw new AppError('CONFIG_INVALID', `the handler of ${topic} names no group: declare it with @EventPattern(topic, { group })`);
    const members = groups.get(options.group) ?? [];
    if (members.some((other) => other.topic === topic)) {
      throw new AppError('CONFIG_INVALID', `group ${options.group} has two handlers of ${topic}: each topic of a group has one`);
    }
    groups.set(options.group, [...members, handler]);
  }
  return groups;
}

function mergeOptions(group: string, handlers: readonly Handler[]): BatchPatternOptions {
  const merged: Record<string, unknown> = { group };
  for (const { topic, options } of handlers) {
    for (const [name, value] of Object.entries(options)) {
      if (value === undefined) continue;
      if (merged[name] !== undefined && merged[name] !== value) {
        throw new AppError('CONFIG_INVALID', `group ${group}: the handler of ${topic} says ${name} ${value}, another one ${merged[name]}`);
      }
      merged[name] = value;
    }
  }
  return { ...merged, group };
}

/** Nest's handlers give promises, observables and promises of observables. */
function dispatch(handlers: readonly Handler[]): BatchHandler {
  const callbacks = new Map(handlers.map(({ topic, callback }) => [topic, callback]));
  return async (batch, context) => {
    const result = await unwrapped(callbacks.get(batch.topic)!(batch, context));
    if (isBatchResult(result)) return result;
    throw new TypeError(`the handler of ${batch.topic} returned no BatchResult`);
  };
}

async function unwrapped(returning: Promise<unknown>): Promise<unknown> {
  try {
    const returned = await returning;
    return isObservable(returned) ? await lastValueFrom(returned, { defaultValue: undefined }) : returned;
  } catch (error) {
    if (error instanceof Error) throw error;
    // Its kind is lost; to take it for poison could set good records aside.
    const remedy = 'connect the strategy with connectEventLog, or declare handlers with @BatchPattern';
    throw new AppError('HANDLER_FAILED', `Nest hid what a handler threw: ${remedy}`, { retryable: true, cause: error });
  }
}

function isBatchResult(value: unknown): value is BatchResult {
  return typeof value === 'object' && value !== null && 'outputs' in value && 'deadLetters' in value;
}
