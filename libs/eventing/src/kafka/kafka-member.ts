import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Logger } from '@tradewind/observability';
import type { BatchContext, PartitionOffsets, SubscribeOptions } from '../event-log';
import { KAFKA_RETRY } from './kafka-client';
import { isMembershipLost, isRebalancing } from './kafka-errors';
import { toLogRecords } from './kafka-records';
import { TrackedPartition } from './partition-progress';
import type { RunningBatches } from './running-batches';

export interface MemberOptions extends SubscribeOptions {
  /** False for readers, which keep their own place. */
  readonly commits: boolean;
  /** Where to start instead of the group's commits; `skip` leaves the partition out. Asked at each assignment. */
  startAt?(topic: string, partition: number): number | 'skip' | undefined;
  /** Everything below `next` was handled, or turned out to be no record. */
  onAdvanced?(partition: number, next: number): void;
}

export interface MemberDependencies {
  readonly kafka: Kafka;
  readonly logger: Logger;
  readonly running: RunningBatches;
  /** Brokers of the cluster: each is fetched from at the same time, so they share the byte bound. */
  readonly brokers: number;
  /** A batch, or what the caller does about the assignment, failed: the subscription has to end with this error. */
  onFailure(error: unknown): void;
  onProgress(): void;
  watermarks(topic: string): Promise<PartitionOffsets[]>;
  committed(groupId: string, topic: string): Promise<Map<number, number>>;
  now(): number;
}

const MIB = 1024 * 1024;
const MAX_WAIT_MS = 250;
const HEARTBEAT_MS = 1_000;
const SESSION_TIMEOUT_MS = 15_000;
const REBALANCE_TIMEOUT_MS = 30_000;
/** Part of the rebalance time that running batches get; the rest is for aborting and joining. */
const REBALANCE_SHARE = 0.7;
const DISCONNECT_TIMEOUT_MS = 5_000;

/** One consumer of a group from its connect to its crash or close. It never restarts itself: `KafkaSubscription` opens another one. */
export class KafkaMember {
  /** Resolves with the error when the consumer has crashed and is gone. */
  readonly crashed: Promise<Error>;
  private readonly consumer: Consumer;
  private crash: Error | null = null;
  private tracked = new Map<string, TrackedPartition>();
  private assigning: Promise<void> = Promise.resolve();
  private paused = false;
  private closing = false;
  private rebalancing: NodeJS.Timeout | null = null;
  private lost = false;

  constructor(
    private readonly options: MemberOptions,
    private readonly deps: MemberDependencies,
  ) {
    const fetchBytes = Math.max(MIB / 4, Math.floor((options.maxBufferedBytes ?? 32 * MIB) / deps.brokers));
    this.consumer = deps.kafka.consumer({
      groupId: options.groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytes: Math.min(fetchBytes, 10 * MIB),
      maxBytesPerPartition: Math.min(fetchBytes, MIB),
      retry: { ...KAFKA_RETRY, restartOnFailure: () => Promise.resolve(false) },
    });
    this.crashed = this.watch();
  }

  /** Connects, joins the group and starts fetching. @throws what kafkajs throws */
  async open(paused: boolean): Promise<void> {
    const { topics, from = 'earliest', concurrency = 4 } = this.options;
    this.paused = paused;
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [...topics], fromBeginning: from === 'earliest' });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: concurrency,
      eachBatch: (payload) => this.handleFetched(payload),
    });
    if (this.crash) throw this.crash;
  }

  progress(): readonly TrackedPartition[] {
    return [...this.tracked.values()];
  }

  pause(): void {
    this.paused = true;
    this.stopFetching();
  }

  resume(): void {
    this.paused = false;
    if (this.isJoined) this.consumer.resume(this.options.topics.map((topic) => ({ topic })));
  }

  /** No further batch is begun, and nothing is fetched only to be left lying. */
  quiesce(): void {
    this.closing = true;
    this.stopFetching();
  }

  /** Leaves the group. The caller has drained the batches: kafkajs drops commits that come after this. */
  async close(): Promise<void> {
    this.quiesce();
    if (this.rebalancing) clearTimeout(this.rebalancing);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, DISCONNECT_TIMEOUT_MS)));
    const gone = this.consumer.disconnect().catch((error: unknown) => this.deps.logger.warn('kafka consumer left uncleanly', { error }));
    await Promise.race([gone, late]);
    clearTimeout(timer);
  }

  /** Asks the broker how far the partitions reach, so that lag grows even while nothing is fetched. */
  async refresh(): Promise<void> {
    const { groupId, commits, from = 'earliest' } = this.options;
    const { tracked } = this;
    for (const topic of new Set([...tracked.values()].map((partition) => partition.topic))) {
      const offsets = await this.deps.watermarks(topic);
      const committed = commits ? await this.deps.committed(groupId, topic) : new Map<number, number>();
      for (const found of offsets) {
        tracked.get(keyOf(topic, found.partition))?.refreshed(found, committed.get(found.partition), from, this.deps.now());
      }
    }
  }

  private watch(): Promise<Error> {
    const { CRASH, GROUP_JOIN, FETCH, END_BATCH_PROCESS } = this.consumer.events;
    this.consumer.on(GROUP_JOIN, ({ payload }) => this.joined(payload.memberAssignment));
    this.consumer.on(FETCH, () => this.deps.onProgress());
    this.consumer.on(END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.advanced(payload.topic, payload.partition, Number(payload.lastOffset) + 1, this.deps.now());
    });
    return new Promise((resolve) => {
      this.consumer.on(CRASH, ({ payload }) => {
        this.crash = payload.error;
        resolve(payload.error);
      });
    });
  }

  /** Runs between the join and the first fetch, since kafkajs emits synchronously: seeks and pauses hold from the first record on. */
  private joined(assignment: Record<string, number[]>): void {
    if (this.rebalancing) clearTimeout(this.rebalancing);
    this.rebalancing = null;
    this.lost = false;
    const partitions = Object.entries(assignment).flatMap(([topic, held]) => held.map((partition) => ({ topic, partition })));
    this.tracked = new Map(partitions.map(({ topic, partition }) => [keyOf(topic, partition), new TrackedPartition(topic, partition)]));
    if (this.paused || this.closing) this.stopFetching();
    for (const { topic, partition } of partitions) {
      const start = this.options.startAt?.(topic, partition);
      if (start === 'skip') this.consumer.pause([{ topic, partitions: [partition] }]);
      else if (start !== undefined) this.consumer.seek({ topic, partition, offset: String(start) });
    }
    this.assigning = this.tell(partitions);
    this.refresh().catch((error: unknown) => this.deps.logger.debug('kafka watermarks not refreshed', { error }));
  }

  private get isJoined(): boolean {
    return this.crash === null && this.tracked.size > 0;
  }

  private stopFetching(): void {
    if (this.isJoined) this.consumer.pause(this.options.topics.map((topic) => ({ topic })));
  }

  private async tell(partitions: readonly { topic: string; partition: number }[]): Promise<void> {
    try {
      await this.options.onAssigned?.(partitions);
    } catch (error) {
      this.closing = true;
      this.deps.onFailure(error);
    }
  }

  private get mayBegin(): boolean {
    return !this.closing && !this.paused && !this.lost && this.rebalancing === null;
  }

  /** Hands over one fetched batch in slices. Leaving early is safe: what was not resolved is fetched again. */
  private async handleFetched(payload: EachBatchPayload): Promise<void> {
    const { messages } = payload.batch;
    const size = this.options.maxBatchRecords ?? 2_000;
    await this.assigning;
    const beat = setInterval(() => void this.heartbeat(payload), HEARTBEAT_MS);
    try {
      for (let start = 0; start < messages.length && this.mayBegin && !payload.isStale(); start += size) {
        const end = Math.min(start + size, messages.length);
        const done = await this.deps.running.run((signal) => this.handleSlice(payload, start, end, signal));
        if (!done) return;
      }
    } finally {
      clearInterval(beat);
    }
  }

  private async handleSlice(payload: EachBatchPayload, start: number, end: number, signal: AbortSignal): Promise<boolean> {
    const { topic, partition, messages, highWatermark } = payload.batch;
    const records = toLogRecords(topic, partition, messages, start, end);
    const context: BatchContext = { signal, heartbeat: () => this.heartbeat(payload) };
    this.tracked.get(keyOf(topic, partition))?.began(records[0]!.timestampMs, Number(highWatermark));
    try {
      await this.options.onBatch({ topic, partition, records, highWatermark: Number(highWatermark) }, context);
    } catch (error) {
      if (signal.aborted) return false;
      this.closing = true;
      this.deps.onFailure(error);
      return false;
    }
    if (signal.aborted) return false;
    const last = messages[end - 1]!;
    // The end of the batch may lie behind its last record: transaction markers are no records, but offsets.
    const next = end === messages.length ? Number(payload.batch.lastOffset()) + 1 : Number(last.offset) + 1;
    if (this.options.commits) {
      await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: String(next) }] }] });
    }
    payload.resolveOffset(last.offset);
    this.advanced(topic, partition, next, records.at(-1)!.timestampMs);
    return true;
  }

  private advanced(topic: string, partition: number, next: number, timestampMs: number): void {
    this.tracked.get(keyOf(topic, partition))?.advanced(next, timestampMs);
    this.deps.onProgress();
    this.options.onAdvanced?.(partition, next);
  }

  /**
   * Tells the group that this member is alive, from a timer as well, because a long batch must not cost the membership. A rebalance
   * lets running batches end within the time that the group waits for this member; a lost membership aborts them.
   */
  private async heartbeat(payload: EachBatchPayload): Promise<void> {
    try {
      await payload.heartbeat();
    } catch (error) {
      if (isMembershipLost(error)) {
        this.lost = true;
        this.deps.running.abort();
      } else if (isRebalancing(error)) {
        this.rebalancing ??= setTimeout(() => this.deps.running.abort(), REBALANCE_TIMEOUT_MS * REBALANCE_SHARE);
      } else {
        this.deps.logger.debug('kafka heartbeat failed', { error });
      }
    }
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
