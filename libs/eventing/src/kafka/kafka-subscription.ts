import { setTimeout as delay } from 'node:timers/promises';
import type { PartitionProgress, Subscription } from '../event-log';
import { KAFKA_RETRY } from './kafka-client';
import { isCoordinatorStarting, toLogError } from './kafka-errors';
import { KafkaMember, type MemberDependencies, type MemberOptions } from './kafka-member';
import { RunningBatches } from './running-batches';

export type SubscriptionDependencies = Omit<MemberDependencies, 'running' | 'onFailure' | 'onProgress'>;

/** A subscription gives up when it crashed this often in a row, and nothing could be fetched for this long: a broker's restart is neither. */
const MAX_CRASHES = 6;
const MAX_OUTAGE_MS = 120_000;
const CRASH_BACKOFF_MS = 500;
const MAX_CRASH_BACKOFF_MS = 5_000;
const REFRESH_MS = 5_000;

/** Keeps one member of the group alive: opens another after a crash, ends for good after repeated ones, drains before it leaves. */
export class KafkaSubscription implements Subscription {
  readonly groupId: string;
  readonly finished: Promise<void>;
  lastProgressAtMs: number;
  private readonly running = new RunningBatches();
  private readonly stopSignal = new AbortController();
  private readonly refreshing: NodeJS.Timeout;
  private settle: { resolve(): void; reject(error: unknown): void } | null = null;
  private member: KafkaMember;
  private supervised: Promise<void> = Promise.resolve();
  private stopping: Promise<void> | null = null;
  private failure: { error: unknown } | null = null;
  private crashes = 0;
  private paused = false;

  private constructor(
    private readonly options: MemberOptions,
    private readonly deps: SubscriptionDependencies,
  ) {
    this.groupId = options.groupId;
    this.lastProgressAtMs = deps.now();
    this.finished = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    // Whoever cares awaits `finished`; that nobody does must not end the process.
    this.finished.catch(() => undefined);
    this.member = this.createMember();
    this.refreshing = setInterval(() => void this.refresh(), REFRESH_MS);
  }

  /** Resolves once the member has joined its group. @throws LOG_UNAVAILABLE */
  static async open(options: MemberOptions, deps: SubscriptionDependencies): Promise<KafkaSubscription> {
    const subscription = new KafkaSubscription(options, deps);
    try {
      await subscription.join();
    } catch (error) {
      await subscription.stop();
      throw toLogError(error, `subscribe ${options.groupId} to ${options.topics.join(', ')}`);
    }
    subscription.supervised = subscription.supervise();
    return subscription;
  }

  progress(): readonly PartitionProgress[] {
    const nowMs = this.deps.now();
    return this.member.progress().map((partition) => partition.progress(nowMs));
  }

  pause(): void {
    this.paused = true;
    this.member.pause();
  }

  resume(): void {
    this.paused = false;
    this.member.resume();
  }

  stop(): Promise<void> {
    this.stopping ??= this.shutDown();
    return this.stopping;
  }

  private async join(): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        return await this.member.open(false);
      } catch (error) {
        if (!isCoordinatorStarting(error) || failures >= KAFKA_RETRY.retries) throw error;
      }
      await this.member.close();
      await delay(KAFKA_RETRY.initialRetryTime * 2 ** failures);
      this.member = this.createMember();
    }
  }

  private createMember(): KafkaMember {
    return new KafkaMember(this.options, {
      ...this.deps,
      running: this.running,
      onFailure: (error) => this.fail(error),
      onProgress: () => {
        this.lastProgressAtMs = this.deps.now();
        this.crashes = 0;
      },
    });
  }

  private async supervise(): Promise<void> {
    while (!this.stopSignal.signal.aborted) {
      const error = await Promise.race([this.member.crashed, aborted(this.stopSignal.signal)]);
      if (error === null) return;
      await this.restart(error);
    }
  }

  private async restart(crash: Error): Promise<void> {
    for (let error: unknown = crash; !this.stopSignal.signal.aborted;) {
      this.crashes++;
      this.deps.logger.warn('kafka consumer crashed', { groupId: this.groupId, crashes: this.crashes, error });
      const outageMs = this.deps.now() - this.lastProgressAtMs;
      if (this.crashes >= MAX_CRASHES && outageMs >= MAX_OUTAGE_MS) {
        return this.fail(toLogError(error, `consume as ${this.groupId}: ${this.crashes} crashes in a row`));
      }
      const waitMs = Math.min(CRASH_BACKOFF_MS * 2 ** (this.crashes - 1), MAX_CRASH_BACKOFF_MS);
      await delay(waitMs, undefined, { signal: this.stopSignal.signal }).catch(() => undefined);
      if (this.stopSignal.signal.aborted) return;
      this.member = this.createMember();
      try {
        return await this.member.open(this.paused);
      } catch (reopening) {
        error = reopening;
        await this.member.close();
      }
    }
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    void this.stop();
  }

  private async shutDown(): Promise<void> {
    clearInterval(this.refreshing);
    this.member.quiesce();
    this.stopSignal.abort();
    const drained = await this.running.drain(this.options.drainTimeoutMs ?? 3_000);
    if (!drained) this.deps.logger.warn('batch ignored its abort', { groupId: this.groupId, batches: this.running.size });
    await Promise.race([this.supervised, delay(3_000, undefined, { ref: false })]);
    await this.member.close();
    if (this.failure) this.settle?.reject(this.failure.error);
    else this.settle?.resolve();
  }

  private async refresh(): Promise<void> {
    try {
      await this.member.refresh();
    } catch (error) {
      this.deps.logger.debug('kafka watermarks not refreshed', { error });
    }
  }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}
