import type { PartitionProgress, SubscribeOptions } from '../event-log';
import type { PartitionLog } from './partition-log';
import type { SliceLimits } from './slice';

/** A partition in the hands of one group member: at most one batch at a time. */
export class HeldPartition {
  /** `onAssigned` was told of it. */
  announced = false;
  private position: number;
  private handledAny = false;
  private running: Promise<unknown> | null = null;
  private readonly abort = new AbortController();
  private releasing = false;
  private readonly stopListening: () => void;

  constructor(
    readonly log: PartitionLog,
    start: number,
    wake: () => void,
  ) {
    this.position = start;
    this.stopListening = log.onAppended(wake);
  }

  get hasMore(): boolean {
    return this.position < this.log.high;
  }

  get isReleasing(): boolean {
    return this.releasing;
  }

  get isReady(): boolean {
    return this.announced && !this.releasing && this.running === null && this.hasMore;
  }

  /** Resolves when no batch runs; never rejects. */
  get ended(): Promise<unknown> {
    return this.running ?? Promise.resolve();
  }

  /**
   * Hands the next slice to `onBatch` and commits it. 'abandoned' when the partition was taken away meanwhile: nothing is
   * committed, and a rejection is no failure then. @throws what `onBatch`, the read or the commit threw
   */
  handleNext(limits: SliceLimits, options: SubscribeOptions, commit: (offset: number) => void): Promise<'handled' | 'abandoned'> {
    const work = this.handle(limits, options, commit);
    this.running = work.then(
      () => (this.running = null),
      () => (this.running = null), // told to the caller by `work`
    );
    return work;
  }

  private async handle(limits: SliceLimits, options: SubscribeOptions, commit: (offset: number) => void): Promise<'handled' | 'abandoned'> {
    const { topic, partition } = this.log;
    const { signal } = this.abort;
    const { records, nextOffset, highWatermark } = await this.log.read(this.position, limits);
    if (this.releasing) return 'abandoned';
    if (records.length > 0) {
      try {
        await options.onBatch({ topic, partition, records, highWatermark }, { signal, heartbeat: () => Promise.resolve() });
      } catch (error) {
        if (signal.aborted) return 'abandoned';
        throw error;
      }
      if (signal.aborted) return 'abandoned';
      commit(records.at(-1)!.offset + 1);
      this.handledAny = true;
    }
    this.position = nextOffset;
    return 'handled';
  }

  /** Starts no further batch, lets the running one end within `drainTimeoutMs`, then aborts it; resolves when it has ended. */
  async release(drainTimeoutMs: number): Promise<void> {
    this.releasing = true;
    this.stopListening();
    const timer = setTimeout(() => this.abort.abort(), drainTimeoutMs);
    await this.ended;
    clearTimeout(timer);
  }

  progress(nowMs: number): PartitionProgress {
    const { topic, partition, high } = this.log;
    const lagRecords = Math.max(0, high - this.position);
    const oldestMs = lagRecords === 0 ? null : this.log.timestampAt(this.position);
    return {
      topic,
      partition,
      position: this.handledAny ? this.position : null,
      highWatermark: high,
      lagRecords,
      lagSeconds: oldestMs === null ? 0 : Math.max(0, nowMs - oldestMs) / 1000,
    };
  }
}
