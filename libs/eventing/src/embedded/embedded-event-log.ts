import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, describeError, type LogPosition, type TopicSpec } from '@tradewind/contracts';
import type {
  EventLog,
  Following,
  FollowOptions,
  LogRecord,
  OutboundRecord,
  PartitionOffsets,
  SubscribeOptions,
  Subscription,
} from '../event-log';
import { CommittedOffsets } from './committed-offsets';
import { ConsumerGroup } from './consumer-group';
import { Follower } from './follower';
import { checkSubscribeOptions, GroupMember } from './group-member';
import { lockDataDir, type DataDirLock } from './lock';
import { LogUpkeep, type FsyncPolicy } from './log-upkeep';
import type { PartitionLog } from './partition-log';
import { prepareRecord, type PreparedRecord } from './record-frame';
import type { LogCallback } from './recovery';
import { TopicStore } from './topic-store';

const MIB = 1024 * 1024;
const DAY_MS = 24 * 3_600_000;
const READ_LIMITS = { maxRecords: 2000, maxBytes: MIB };

export interface EmbeddedEventLogOptions {
  /** Created when missing. Records lie below `log/`, the groups' offsets in `log-groups.jsonl`, the lock in `log.lock`. */
  readonly dataDir: string;
  readonly log?: LogCallback;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /**
   * When bytes go from the operating system to the disk. The death of the process loses nothing in any case; power loss can take
   * back what was acknowledged since the last time: nothing ('always'), about `everyMs`, or some 30 s and more ('os').
   * @default { everyMs: 1000 }
   */
  readonly fsync?: FsyncPolicy;
  /** A segment file of this size is sealed; on a compacted topic a quarter of it, since only sealed segments are compacted. @default 64 MiB */
  readonly segmentBytes?: number;
  /** How long a tombstone outlives what it deletes, milliseconds. @default 24 h, Kafka's `delete.retention.ms` */
  readonly deleteRetentionMs?: number;
  /** Larger records are refused, as by Kafka's `message.max.bytes`. @default 1 MiB */
  readonly maxRecordBytes?: number;
  /** Acknowledgements still owed, in bytes, over which `publish` refuses more. @default 128 MiB */
  readonly maxPendingBytes?: number;
}

/**
 * Opens the log in `dataDir` and recovers what a crash left.
 * @throws DATA_DIR_LOCKED when another process works there, STATE_CORRUPT naming the file that is damaged.
 */
export async function openEmbeddedEventLog(options: EmbeddedEventLogOptions): Promise<EventLog> {
  const lock = lockDataDir(options.dataDir);
  try {
    return new EmbeddedEventLog(options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The event log in one process: durable over its death, neither replicated nor shared with other processes. */
class EmbeddedEventLog implements EventLog {
  readonly kind = 'embedded';
  private readonly topics: TopicStore;
  private readonly offsets: CommittedOffsets;
  private readonly upkeep: LogUpkeep;
  private readonly groups = new Map<string, ConsumerGroup>();
  private readonly open = new Set<Subscription | Following>();
  private readonly now: () => number;
  private readonly log: LogCallback;
  private closing: Promise<void> | null = null;

  constructor(
    private readonly options: EmbeddedEventLogOptions,
    private readonly lock: DataDirLock,
  ) {
    const { dataDir, fsync = { everyMs: 1000 }, segmentBytes = 64 * MIB, deleteRetentionMs = DAY_MS } = options;
    this.now = options.now ?? Date.now;
    this.log = options.log ?? (() => undefined);
    const { now, log } = this;
    this.upkeep = new LogUpkeep({ fsync, segmentBytes, deleteRetentionMs, now, log });
    this.topics = new TopicStore(join(dataDir, 'log'), {
      segmentBytes,
      fsyncEachWrite: fsync === 'always',
      now,
      log,
      onSealed: (topic, partition) => this.upkeep.clean(topic, partition),
    });
    this.offsets = new CommittedOffsets(join(dataDir, 'log-groups.jsonl'));
    this.log('warn', 'embedded event log: no replication, one process; its disk is the only copy', { dataDir });
    this.upkeep.start(this.topics);
  }

  async ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    this.assertOpen();
    for (const topic of topics) this.topics.ensure(topic);
  }

  async publish(records: readonly OutboundRecord[]): Promise<LogPosition[]> {
    this.assertOpen();
    const routed = records.map((record) => this.route(record));
    const timestampMs = this.now();
    const touched = new Set<PartitionLog>();
    const positions = routed.map(({ partition, prepared }) => {
      touched.add(partition);
      return partition.append(prepared, timestampMs);
    });
    await Promise.all(Array.from(touched, (partition) => partition.flushed()));
    this.upkeep.wrote(touched);
    return positions;
  }

  /** Everything that can be wrong with a record is found before the first of its call is appended. */
  private route(record: OutboundRecord): { partition: PartitionLog; prepared: PreparedRecord } {
    const { maxRecordBytes = MIB, maxPendingBytes = 128 * MIB } = this.options;
    const topic = this.topics.get(record.topic);
    const prepared = prepareRecord(record);
    const details = { topic: record.topic, bytes: prepared.frameBytes };
    if (prepared.frameBytes > maxRecordBytes)
      throw new AppError(
        'EVENT_TOO_LARGE',
        `A record of ${prepared.frameBytes} bytes for ${record.topic} is over the ${maxRecordBytes} that fit.`,
        { details },
      );
    if (prepared.key === null && topic.metadata.cleanup === 'compact')
      throw new AppError('EVENT_INVALID', `A record without key cannot go to the compacted topic ${record.topic}.`, { details });
    const partition = topic.partitionFor(prepared.key);
    if (partition.pendingBytes > maxPendingBytes)
      throw new AppError('LOG_UNAVAILABLE', `The disk is behind: ${partition.pendingBytes} bytes wait for ${record.topic}.`, {
        details,
        retryable: true,
      });
    return { partition, prepared };
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    this.assertOpen();
    checkSubscribeOptions(options);
    const { groupId } = options;
    const { topics, offsets, log, now } = this;
    const group = this.groups.get(groupId) ?? new ConsumerGroup(groupId, { topics, offsets, log });
    const member = new GroupMember(options, {
      group,
      now,
      log,
      onLeft: () => this.open.delete(member),
    });
    group.join(member, options.from ?? 'earliest');
    this.groups.set(groupId, group);
    this.open.add(member);
    return member;
  }

  async follow(options: FollowOptions): Promise<Following> {
    this.assertOpen();
    const follower = new Follower(this.topics.get(options.topic).partitions, options, this.log);
    this.open.add(follower);
    const forget = () => this.open.delete(follower);
    follower.finished.then(forget, forget);
    return follower;
  }

  read(topic: string, options: Parameters<EventLog['read']>[1] = {}): AsyncIterable<readonly LogRecord[]> {
    this.assertOpen();
    const { from, partitions } = options;
    const chosen = this.topics.get(topic).partitions.filter(({ partition }) => partitions?.includes(partition) ?? true);
    const ranges = chosen.map((log) => ({ log, start: from?.get(log.partition) ?? log.low, endOffset: log.high }));
    return this.readRanges(ranges);
  }

  private async *readRanges(
    ranges: readonly { log: PartitionLog; start: number; endOffset: number }[],
  ): AsyncGenerator<readonly LogRecord[]> {
    for (const { log, start, endOffset } of ranges) {
      for (let offset = start; offset < endOffset;) {
        this.assertOpen();
        const { records, nextOffset } = await log.read(offset, { ...READ_LIMITS, endOffset });
        offset = nextOffset;
        if (records.length > 0) yield records;
      }
    }
  }

  async watermarks(topic: string): Promise<PartitionOffsets[]> {
    this.assertOpen();
    return this.topics.get(topic).partitions.map(({ partition, low, high }) => ({ partition, low, high }));
  }

  async committed(groupId: string, topic: string): Promise<Map<number, number>> {
    this.assertOpen();
    return new Map(this.offsets.of(groupId, topic));
  }

  async commit(groupId: string, topic: string, offsets: ReadonlyMap<number, number>): Promise<void> {
    this.assertOpen();
    if (this.groups.get(groupId)?.size)
      throw new AppError('STATE_CONFLICT', `The group ${groupId} has members; stop them before it is moved.`);
    for (const [partition, offset] of offsets) this.offsets.commit(groupId, topic, partition, offset);
  }

  async ping(): Promise<void> {
    this.assertOpen();
    const { dataDir } = this.options;
    this.upkeep.assertHealthy();
    try {
      await access(dataDir, constants.W_OK);
    } catch (cause) {
      throw new AppError('LOG_UNAVAILABLE', `The data directory ${dataDir} cannot be written.`, { cause, retryable: true });
    }
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    await Promise.all(Array.from(this.open, (consumer) => consumer.stop()));
    await this.upkeep.stop();
    const closed = await Promise.allSettled([...this.topics].flatMap((topic) => topic.partitions.map((partition) => partition.close())));
    this.offsets.close();
    this.lock.release();
    const failed = closed.find((result) => result.status === 'rejected');
    if (failed)
      throw new AppError('LOG_UNAVAILABLE', `The log was closed, but its last bytes may not be on disk: ${describeError(failed.reason)}`, {
        cause: failed.reason,
      });
  }

  private assertOpen(): void {
    if (this.closing) throw new AppError('LOG_UNAVAILABLE', 'The event log is closed.', { retryable: true });
  }
}
