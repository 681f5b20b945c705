import { setMaxListeners } from 'node:events';
import { describeError } from '@tradewind/contracts';
import type { Following, FollowOptions } from '../event-log';
import type { PartitionLog } from './partition-log';
import type { LogCallback } from './recovery';
import type { SliceLimits } from './slice';

const LIMITS: SliceLimits = { maxRecords: 2000, maxBytes: 1024 * 1024 };

/** Hands every record of a topic, from the first kept one on, to `onRecords`, partition by partition side by side. */
export class Follower implements Following {
  readonly caughtUp: Promise<void>;
  readonly finished: Promise<void>;
  private readonly abort = new AbortController();

  constructor(
    partitions: readonly PartitionLog[],
    private readonly options: FollowOptions,
    log: LogCallback,
  ) {
    setMaxListeners(0, this.abort.signal); // each partition's reader waits on it
    const readers = partitions.map((partition) => this.start(partition));
    this.caughtUp = Promise.all(readers.map((reader) => reader.caughtUp)).then(() => undefined);
    this.finished = Promise.all(readers.map((reader) => reader.ended)).then(
      () => undefined,
      (error: unknown) => {
        this.abort.abort();
        log('error', 'following stops: its reader failed', { topic: options.topic, error: describeError(error) });
        throw error;
      },
    );
    // The failure is logged above; whoever cares awaits these.
    this.caughtUp.catch(() => undefined);
    this.finished.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await Promise.allSettled([this.finished]);
  }

  private start(log: PartitionLog): { caughtUp: Promise<void>; ended: Promise<void> } {
    let ended!: Promise<void>;
    const caughtUp = new Promise<void>((resolve, reject) => {
      ended = this.run(log, resolve);
      // Stopped before it was caught up: nothing more will come, so nobody should wait.
      ended.then(resolve, reject);
    });
    return { caughtUp, ended };
  }

  private async run(log: PartitionLog, onCaughtUp: () => void): Promise<void> {
    const { signal } = this.abort;
    const target = log.high;
    let position = log.low;
    while (!signal.aborted) {
      if (position >= target) onCaughtUp();
      await log.appendedPast(position, signal);
      if (signal.aborted) return;
      const { records, nextOffset } = await log.read(position, LIMITS);
      if (records.length > 0) await this.options.onRecords(records);
      position = nextOffset;
    }
  }
}
