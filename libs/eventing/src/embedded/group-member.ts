import { AppError, describeError } from '@tradewind/contracts';
import type { PartitionProgress, SubscribeOptions, Subscription } from '../event-log';
import type { ConsumerGroup } from './consumer-group';
import { HeldPartition } from './held-partition';
import type { PartitionLog } from './partition-log';
import type { LogCallback } from './recovery';

const DEFAULTS = { concurrency: 4, maxBatchRecords: 2000, maxBufferedBytes: 32 * 1024 * 1024, drainTimeoutMs: 3_000 };
/** One batch's share of `maxBufferedBytes`, but no read larger than this: it would hold up the process. */
const MAX_SLICE_BYTES = 4 * 1024 * 1024;
/** `stop` does not wait longer than this for a batch that ignores its abort; its partition stays taken until it ends. */
const ABORT_TIMEOUT_MS = 3_000;

export interface MemberDependencies {
  readonly group: ConsumerGroup;
  readonly now: () => number;
  readonly log: LogCallback;
  /** Called once, when the member has left its group. */
  readonly onLeft: () => void;
}

/** One subscription: takes batches of the partitions it holds, `concurrency` at a time, and commits what was handled. */
export class GroupMember implements Subscription {
  readonly groupId: string;
  readonly topics: ReadonlySet<string>;
  readonly finished: Promise<void>;
  private readonly limits: typeof DEFAULTS;
  private readonly held = new Map<string, HeldPartition>();
  private settle!: { resolve: () => void; reject: (error: unknown) => void };
  private running = 0;
  private paused = false;
  private stopping: Promise<void> | null = null;
  private failure: { error: unknown } | null = null;
  private pumpScheduled = false;
  private announcing = false;
  private unannounced = false;
  private lastEndedAtMs: number;

  constructor(
    private readonly options: SubscribeOptions,
    private readonly deps: MemberDependencies,
  ) {
    this.groupId = options.groupId;
    this.topics = new Set(options.topics);
    const { concurrency, maxBatchRecords, maxBufferedBytes, drainTimeoutMs } = options;
    this.limits = {
      concurrency: concurrency ?? DEFAULTS.concurrency,
      maxBatchRecords: maxBatchRecords ?? DEFAULTS.maxBatchRecords,
      maxBufferedBytes: maxBufferedBytes ?? DEFAULTS.maxBufferedBytes,
      drainTimeoutMs: drainTimeoutMs ?? DEFAULTS.drainTimeoutMs,
    };
    this.lastEndedAtMs = deps.now();
    this.finished = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    // The failure is logged where it happens; whoever cares awaits `finished`.
    this.finished.catch(() => undefined);
  }

  progress(): readonly PartitionProgress[] {
    return [...this.held.values()].map((partition) => partition.progress(this.deps.now()));
  }

  /** Idle with nothing to read counts as progress: an empty fetch would return at any moment. */
  get lastProgressAtMs(): number {
    const idle = this.running === 0 && [...this.held.values()].every((partition) => !partition.hasMore);
    return idle || this.paused ? this.deps.now() : this.lastEndedAtMs;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (this.paused) this.lastEndedAtMs = this.deps.now();
    this.paused = false;
    this.wake();
  }

  stop(): Promise<void> {
    this.stopping ??= this.shutDown();
    return this.stopping;
  }

  private async shutDown(): Promise<void> {
    const left = this.deps.group.leave(this);
    if (!(await endsWithin(left, this.limits.drainTimeoutMs + ABORT_TIMEOUT_MS)))
      this.deps.log('warn', 'batch ignored its abort', { groupId: this.groupId, batches: this.running });
    this.deps.onLeft();
    if (this.failure) this.settle.reject(this.failure.error);
    else this.settle.resolve();
  }

  private fail(error: unknown): void {
    if (this.failure === null)
      this.deps.log('error', 'subscription stops: a batch failed', { groupId: this.groupId, error: describeError(error) });
    this.failure ??= { error };
    void this.stop();
  }

  /** The group gives this member a partition; its first batch waits for `onAssigned`. */
  grant(key: string, log: PartitionLog): void {
    this.held.set(key, new HeldPartition(log, this.deps.group.startOf(log), () => this.wake()));
    this.announce();
  }

  /** The group takes the partition back: its batch may end within `drainTimeoutMs`, then it is aborted. Resolves when it has ended. */
  async release(key: string): Promise<void> {
    await this.held.get(key)?.release(this.limits.drainTimeoutMs);
    this.held.delete(key);
    this.announce();
  }

  /** Resolves when the partition, which is being released, has no running batch. */
  async released(key: string): Promise<void> {
    await this.held.get(key)?.ended;
  }

  /** Tells `onAssigned` what this member holds now; changes of the same turn are told together. */
  announce(): void {
    this.unannounced = true;
    if (this.announcing || this.stopping) return;
    this.announcing = true;
    setImmediate(() => void this.tellAssigned());
  }

  private async tellAssigned(): Promise<void> {
    try {
      while (this.unannounced && !this.stopping) {
        this.unannounced = false;
        const current = [...this.held.values()].filter((partition) => !partition.isReleasing);
        await this.options.onAssigned?.(current.map(({ log: { topic, partition } }) => ({ topic, partition })));
        for (const partition of current) partition.announced = true;
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.announcing = false;
      this.wake();
    }
  }

  /** Looks for work in the next turn of the event loop, never inside a producer's call. */
  private wake(): void {
    if (this.pumpScheduled) return;
    this.pumpScheduled = true;
    setImmediate(() => {
      this.pumpScheduled = false;
      this.startBatches();
    });
  }

  private startBatches(): void {
    for (const [key, partition] of [...this.held]) {
      if (this.stopping || this.paused || this.running >= this.limits.concurrency) return;
      if (!partition.isReady) continue;
      // To the end of the line: every partition gets its turn.
      this.held.delete(key);
      this.held.set(key, partition);
      // Until now there was nothing to do.
      if (this.running++ === 0) this.lastEndedAtMs = this.deps.now();
      void this.handleNext(partition);
    }
  }

  private async handleNext(partition: HeldPartition): Promise<void> {
    const { maxBatchRecords, maxBufferedBytes, concurrency } = this.limits;
    const maxBytes = Math.min(MAX_SLICE_BYTES, Math.floor(maxBufferedBytes / concurrency));
    try {
      const end = await partition.handleNext({ maxRecords: maxBatchRecords, maxBytes }, this.options, (offset) =>
        this.deps.group.commit(partition.log, offset),
      );
      if (end === 'handled') this.lastEndedAtMs = this.deps.now();
    } catch (error) {
      this.fail(error);
    } finally {
      this.running--;
      this.wake();
    }
  }
}

/** @throws CONFIG_INVALID when an option is no positive number. */
export function checkSubscribeOptions(options: SubscribeOptions): void {
  for (const name of ['concurrency', 'maxBatchRecords', 'maxBufferedBytes'] as const) {
    const value = options[name];
    if (value !== undefined && !(value >= 1))
      throw new AppError('CONFIG_INVALID', `${name} of a subscription must be at least 1, not ${value}.`);
  }
}

async function endsWithin(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), timeoutMs)));
  try {
    return await Promise.race([work.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
