import type { LogPosition, TopicSpec } from '@tradewind/contracts';

export type Headers = Readonly<Record<string, Buffer>>;

/** A record as it lies in the log: bytes, undecoded. */
export interface LogRecord extends LogPosition {
  /** When the producer or broker stamped it, epoch milliseconds UTC. */
  readonly timestampMs: number;
  readonly key: Buffer | null;
  /** `null` is a tombstone on a compacted topic. */
  readonly value: Buffer | null;
  readonly headers: Headers;
}

export interface OutboundRecord {
  readonly topic: string;
  /** Decides the partition (Java's murmur2); `null` spreads records over the partitions. */
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer | string>>;
}

/** Records of one partition in log order, without gaps except those that compaction left. Never empty. */
export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** Offset the next record of this partition will get, as known when the batch was fetched. */
  readonly highWatermark: number;
}

export interface BatchContext {
  /**
   * Aborted when this member lost the partition, or when `stop` waited `drainTimeoutMs` for this batch: stop early, by
   * resolving or rejecting; nothing of the batch is committed and the rejection is no failure.
   */
  readonly signal: AbortSignal;
  /** Tells the group this member is alive; call it between slices of long work. */
  heartbeat(): Promise<void>;
}

export interface SubscribeOptions {
  /** Members of one group share the partitions. */
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where a partition without a committed offset starts. @default 'earliest' */
  readonly from?: 'earliest' | 'latest';
  /** Partitions handled at the same time; within one partition batches never overlap. @default 4 */
  readonly concurrency?: number;
  /** Upper bound of one batch. @default 2000 */
  readonly maxBatchRecords?: number;
  /** Fetched but unhandled bytes over which fetching pauses. @default 32 MiB */
  readonly maxBufferedBytes?: number;
  /** How long `stop` lets running batches end before it aborts them, milliseconds. @default 3000 */
  readonly drainTimeoutMs?: number;
  /**
   * Handles one batch. When it resolves, last offset + 1 is committed; when it rejects, nothing is committed and the
   * subscription stops with that error (retries and dead letters are the caller's policy, see `createBatchProcessor`).
   */
  onBatch(batch: Batch, context: BatchContext): Promise<void>;
  /** The partitions this member now holds; called before their first batch and after each rebalance. */
  onAssigned?(partitions: readonly { topic: string; partition: number }[]): void | Promise<void>;
}

export interface PartitionProgress {
  readonly topic: string;
  readonly partition: number;
  /** Next offset to be handled; `null` before the first batch. */
  readonly position: number | null;
  readonly highWatermark: number;
  /** Records not handled yet. */
  readonly lagRecords: number;
  /** Age of the oldest unhandled record, seconds; 0 when there is none. */
  readonly lagSeconds: number;
}

export interface Subscription {
  readonly groupId: string;
  /** Rejects when a batch failed or the client crashed for good; resolves after `stop`. */
  readonly finished: Promise<void>;
  /** What this member holds, as of its last fetch. */
  progress(): readonly PartitionProgress[];
  /** When a batch last ended or an empty fetch last returned, epoch milliseconds: liveness is progress. */
  readonly lastProgressAtMs: number;
  pause(): void;
  resume(): void;
  /** Stops fetching, lets running batches end and commit, leaves the group. Idempotent. */
  stop(): Promise<void>;
}

export interface PartitionOffsets {
  readonly partition: number;
  /** First offset still kept. */
  readonly low: number;
  /** Offset the next record gets. */
  readonly high: number;
}

export interface FollowOptions {
  readonly topic: string;
  /** Records in log order per partition; resolves before the next call for that partition. */
  onRecords(records: readonly LogRecord[]): void | Promise<void>;
}

export interface Following {
  /** Resolves once everything that was in the topic at the start has been handed over. */
  readonly caughtUp: Promise<void>;
  readonly finished: Promise<void>;
  stop(): Promise<void>;
}

/** A partitioned, durable, ordered log: Kafka, or the embedded log with the same behaviour in one process. */
export interface EventLog {
  readonly kind: 'kafka' | 'embedded';
  /** Creates missing topics; @throws TOPIC_MISMATCH when a present one differs in partitions or cleanup, LOG_UNAVAILABLE. */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>;
  /**
   * Resolves with the positions, in input order, once every record is durable (Kafka: acks=all, idempotent producer).
   * Records of one key keep their order across calls that do not overlap, and within a call.
   * @throws LOG_UNAVAILABLE or, when too much is queued, OVERLOADED (both retryable), EVENT_TOO_LARGE; then some records may have been written.
   */
  publish(records: readonly OutboundRecord[]): Promise<LogPosition[]>;
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** Every member of the world gets every record from the start: for compacted topics that each replica mirrors. No offsets are committed. */
  follow(options: FollowOptions): Promise<Following>;
  /** Reads from `from` (default: the low watermarks) to the high watermarks at call time, then ends. */
  read(
    topic: string,
    options?: { readonly from?: ReadonlyMap<number, number>; readonly partitions?: readonly number[] },
  ): AsyncIterable<readonly LogRecord[]>;
  watermarks(topic: string): Promise<PartitionOffsets[]>;
  /** Committed offset per partition; absent when the group committed none. */
  committed(groupId: string, topic: string): Promise<Map<number, number>>;
  /**
   * Moves a group to these offsets by partition; for tools that read without subscribing.
   * @throws STATE_CONFLICT while the group has members, LOG_UNAVAILABLE
   */
  commit(groupId: string, topic: string, offsets: ReadonlyMap<number, number>): Promise<void>;
  /** Resolves when the log answers; @throws LOG_UNAVAILABLE. */
  ping(): Promise<void>;
  /** Stops every subscription, then the clients. Idempotent. */
  close(): Promise<void>;
}
