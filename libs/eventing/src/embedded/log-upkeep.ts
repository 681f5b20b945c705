import { AppError, describeError } from '@tradewind/contracts';
import { applyRetention, compact } from './compaction';
import type { PartitionLog } from './partition-log';
import type { LogCallback } from './recovery';
import type { Topic } from './topic-store';

export type FsyncPolicy = 'os' | 'always' | { readonly everyMs: number };

const CLEAN_EVERY_MS = 3_600_000;

export interface LogUpkeepOptions {
  readonly fsync: FsyncPolicy;
  readonly segmentBytes: number;
  readonly deleteRetentionMs: number;
  readonly now: () => number;
  readonly log: LogCallback;
}

/** What happens to a log beside reading and writing: flushing to disk, retention and compaction, one partition at a time. */
export class LogUpkeep {
  private unsynced = new Set<PartitionLog>();
  private readonly waiting = new Map<PartitionLog, Topic>();
  private working: Promise<void> | null = null;
  private syncing: Promise<void> | null = null;
  private timers: NodeJS.Timeout[] = [];
  private stopped = false;
  /** Work that failed at its last attempt. */
  private readonly failures = new Map<string, unknown>();

  constructor(private readonly options: LogUpkeepOptions) {}

  /** Cleans every partition once, then again every hour. */
  start(topics: Iterable<Topic>): void {
    const { fsync } = this.options;
    if (typeof fsync === 'object') this.timers.push(setInterval(() => void (this.syncing ??= this.syncAll()), fsync.everyMs).unref());
    this.timers.push(setInterval(() => this.cleanAll(topics), CLEAN_EVERY_MS).unref());
    this.cleanAll(topics);
  }

  /** Remembers what the next flush to disk has to cover. */
  wrote(partitions: Iterable<PartitionLog>): void {
    if (typeof this.options.fsync === 'object') for (const partition of partitions) this.unsynced.add(partition);
  }

  /** Applies the topic's clean-up to the partition soon. */
  clean(topic: Topic, partition: PartitionLog): void {
    if (this.stopped) return;
    this.waiting.set(partition, topic);
    this.working ??= this.work().finally(() => (this.working = null));
  }

  /** @throws LOG_UNAVAILABLE when the last flush or clean-up of a partition failed. */
  assertHealthy(): void {
    for (const [work, cause] of this.failures)
      throw new AppError('LOG_UNAVAILABLE', `The log's ${work} fails: ${describeError(cause)}`, { cause, retryable: true });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    this.waiting.clear();
    await Promise.all([this.working, this.syncing]);
  }

  private cleanAll(topics: Iterable<Topic>): void {
    for (const topic of topics) for (const partition of topic.partitions) if (partition.high > 0) this.clean(topic, partition);
  }

  private async work(): Promise<void> {
    for (const [partition, topic] of this.waiting) {
      this.waiting.delete(partition);
      await this.attempt('clean-up', partition, () => this.cleanOne(topic, partition));
    }
  }

  private async cleanOne(topic: Topic, partition: PartitionLog): Promise<void> {
    const { segmentBytes, deleteRetentionMs, now } = this.options;
    const { cleanup, retentionMs } = topic.metadata;
    await partition.sealOlderThan(topic.segmentMs);
    if (cleanup === 'compact') await compact(partition, { nowMs: now(), deleteRetentionMs, segmentBytes });
    else if (retentionMs >= 0) applyRetention(partition, retentionMs, now());
  }

  private async syncAll(): Promise<void> {
    const partitions = this.unsynced;
    this.unsynced = new Set();
    for (const partition of partitions) await this.attempt('flush to disk', partition, () => partition.sync());
    this.syncing = null;
  }

  /** A failure here harms no record: it is logged, shown by `ping` and tried again next time. */
  private async attempt(kind: string, { topic, partition }: PartitionLog, work: () => Promise<void>): Promise<void> {
    const name = `${kind} of ${topic}/${partition}`;
    try {
      await work();
      this.failures.delete(name);
    } catch (error) {
      this.failures.set(name, error);
      this.options.log('error', `event log: ${kind} failed`, { topic, partition, error: describeError(error) });
    }
  }
}
