import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, describeError, type LogPosition } from '@tradewind/contracts';
import { lockDataDir, type DataDirLock } from '../embedded/lock';
import { PartitionLog } from '../embedded/partition-log';
import { prepareRecord, type PreparedRecord } from '../embedded/record-frame';
import type { LogCallback } from '../embedded/recovery';
import type { EventLog, LogRecord, OutboundRecord } from '../event-log';
import { DrainedOffset } from './drained-offset';

export interface SpooledPublisherOptions {
  readonly log: Pick<EventLog, 'publish'>;
  /** On a disk that outlives the process, of one process at a time. Created when missing. */
  readonly dir: string;
  /** Of the files; at least 64 KiB more may be needed for a moment. */
  readonly maxBytes: number;
  readonly onMessage?: LogCallback;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** Between attempts to publish while the log is away: doubled from the first to the second, milliseconds. @default [100, 2000] */
  readonly retryMs?: readonly [first: number, longest: number];
}

export interface SpoolStatus {
  /** Acknowledged and not on the log yet. */
  readonly records: number;
  /** Of the files, drained records that are not deleted yet included. */
  readonly bytes: number;
  /** When the oldest of them was spooled, epoch milliseconds; null when there is none. */
  readonly oldestAtMs: number | null;
}

/** Publishes to the log; while it is away, to the local disk. */
export interface SpooledPublisher {
  /**
   * As `EventLog.publish`, and it also resolves once all records are on the local disk (fsync), when the log is unavailable or records spooled
   * before are not on it yet. Records then go to the log in the order of the calls; their positions here are those in the spool, with partition -1.
   * @throws LOG_UNAVAILABLE (retryable) when the spool or its disk is full too; nothing of the call is kept then
   */
  publish(records: readonly OutboundRecord[]): Promise<LogPosition[]>;
  status(): SpoolStatus;
  /** Stops draining; what is spooled stays on the disk for the next process. Idempotent. */
  close(): Promise<void>;
}

const TOPIC_HEADER = 'tw_spool_topic';
const CHUNK = { maxRecords: 1000, maxBytes: 512 * 1024 };
const MIB = 1024 * 1024;
const RECORD_FAULTS = new Set(['EVENT_TOO_LARGE', 'EVENT_INVALID']);

/**
 * Opens the spool in `dir` and goes on draining what a former process left there.
 * @throws DATA_DIR_LOCKED when another process uses it, STATE_CORRUPT naming the file that is damaged
 */
export function createSpooledPublisher(options: SpooledPublisherOptions): SpooledPublisher {
  mkdirSync(options.dir, { recursive: true });
  const lock = lockDataDir(options.dir);
  try {
    return new DiskSpooledPublisher(options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

class DiskSpooledPublisher implements SpooledPublisher {
  private readonly spool: PartitionLog;
  private readonly refused: PartitionLog;
  private readonly drained: DrainedOffset;
  /** Bytes of records on their way to the disk. */
  private appending = 0;
  private draining: Promise<void> | null = null;
  private closing: Promise<void> | null = null;
  private wake: () => void = () => undefined;

  constructor(
    private readonly options: SpooledPublisherOptions,
    private readonly lock: DataDirLock,
  ) {
    this.spool = this.openFiles('records');
    this.refused = this.openFiles('refused');
    this.drained = DrainedOffset.open(join(options.dir, 'drained'), this.spool.high);
    if (this.drained.value < this.spool.low) this.drained.value = this.spool.low;
    const { records } = this.status();
    if (records > 0) this.tell('info', 'spool: records of a former process go to the log', { records });
    this.drain();
  }

  async publish(records: readonly OutboundRecord[]): Promise<LogPosition[]> {
    if (this.isSpooling) return this.append(records);
    try {
      return await this.options.log.publish(records);
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'LOG_UNAVAILABLE' && error.retryable)) throw error;
      if (!this.isSpooling) this.tell('warn', 'spool: the log is away, records go to the disk', { error: describeError(error) });
      return this.append(records, error);
    }
  }

  status(): SpoolStatus {
    const { spool, drained } = this;
    return { records: spool.high - drained.value, bytes: spool.bytes, oldestAtMs: spool.timestampAt(drained.value) };
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    this.wake();
    return this.closing;
  }

  /** From the first record on the disk until the last one is on the log: what comes meanwhile must stay behind them. */
  private get isSpooling(): boolean {
    return this.appending > 0 || this.drained.value < this.spool.high;
  }

  private async append(records: readonly OutboundRecord[], cause?: unknown): Promise<LogPosition[]> {
    if (this.closing) throw new AppError('LOG_UNAVAILABLE', 'The spool is closed.', { cause, retryable: true });
    const prepared = records.map(toSpool);
    const bytes = prepared.reduce((sum, { frameBytes }) => sum + frameBytes, 0);
    if (this.spool.bytes + this.appending + bytes > this.options.maxBytes)
      throw new AppError('LOG_UNAVAILABLE', `The log is away and the spool in ${this.options.dir} is full.`, { cause, retryable: true });
    this.appending += bytes;
    try {
      const timestampMs = this.now();
      const offsets = prepared.map((record) => this.spool.append(record, timestampMs).offset);
      await this.spool.flushed();
      return records.map(({ topic }, i) => ({ topic, partition: -1, offset: offsets[i]! }));
    } finally {
      this.appending -= bytes;
      this.drain();
    }
  }

  private drain(): void {
    if (this.draining !== null || this.closing || this.drained.value >= this.spool.high) return;
    this.draining = this.drainAll().finally(() => {
      this.draining = null;
      this.drain();
    });
  }

  private async drainAll(): Promise<void> {
    const [firstMs, longestMs] = this.options.retryMs ?? [100, 2_000];
    let pauseMs = firstMs;
    while (!this.closing && this.drained.value < this.spool.high) {
      try {
        const { records, nextOffset } = await this.spool.read(this.drained.value, CHUNK);
        await this.deliver(records);
        this.advance(nextOffset);
        pauseMs = firstMs;
      } catch (error) {
        this.tell('warn', 'spool: the log does not take records yet', { ...this.backlog(), error: describeError(error) });
        await this.pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, longestMs);
      }
    }
    if (!this.closing) this.tell('info', 'spool: drained', { offset: this.drained.value });
  }

  /** Publishes the records in order. */
  private async deliver(records: readonly LogRecord[]): Promise<void> {
    if (records.length === 0) return;
    try {
      await this.options.log.publish(records.map(fromSpool));
    } catch (error) {
      if (!(error instanceof AppError && RECORD_FAULTS.has(error.code))) throw error;
      await this.deliverApart(records, error);
    }
  }

  /** Finds the record that the log never takes, and sets it aside for a person: it must neither be lost nor hold up the others. */
  private async deliverApart(records: readonly LogRecord[], error: AppError): Promise<void> {
    if (records.length > 1) {
      const half = records.length >> 1;
      await this.deliver(records.slice(0, half));
      await this.deliver(records.slice(half));
      return;
    }
    const [record] = records;
    const { offset } = this.refused.append(prepareRecord({ ...record!, topic: '' }), record!.timestampMs);
    await this.refused.flushed();
    this.tell('error', 'spool: the log never takes this record; it is kept aside', { refused: offset, error: describeError(error) });
  }

  private advance(offset: number): void {
    try {
      this.drained.set(offset);
    } catch (error) {
      this.tell('warn', 'spool: progress cannot be written; a restart would publish some records again', { error: describeError(error) });
    }
    this.spool.deleteBefore(offset);
  }

  private backlog(): { records: number; bytes: number } {
    const { records, bytes } = this.status();
    return { records, bytes };
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async shutDown(): Promise<void> {
    await this.draining;
    await Promise.all([this.spool.close(), this.refused.close()]);
    this.drained.close();
    this.lock.release();
  }

  private openFiles(name: string): PartitionLog {
    const { dir, maxBytes } = this.options;
    return new PartitionLog({
      folder: join(dir, name),
      topic: 'spool',
      partition: 0,
      segmentBytes: Math.max(64 * 1024, Math.min(16 * MIB, maxBytes / 16)),
      segmentMs: () => Infinity,
      fsyncEachWrite: true,
      log: (level, message, details) => this.tell(level, message, details),
      now: () => this.now(),
      onSealed: () => undefined,
    });
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }

  private tell(...message: Parameters<LogCallback>): void {
    this.options.onMessage?.(...message);
  }
}

function toSpool(record: OutboundRecord): PreparedRecord {
  return prepareRecord({ ...record, headers: { ...record.headers, [TOPIC_HEADER]: record.topic } });
}

function fromSpool({ key, value, headers }: LogRecord): OutboundRecord {
  const { [TOPIC_HEADER]: topic, ...rest } = headers;
  return { topic: topic!.toString(), key, value, headers: rest };
}
