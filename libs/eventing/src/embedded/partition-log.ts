import { ftruncateSync } from 'node:fs';
import { AppError, type LogPosition } from '@tradewind/contracts';
import type { LogRecord } from '../event-log';
import { syncData, syncNames, writeAt } from './files';
import { AppendBuffer } from './append-buffer';
import type { PreparedRecord } from './record-frame';
import { createSegment, emptySegment, recoverSegments, type LogCallback } from './recovery';
import type { Segment } from './segment';
import { SegmentList } from './segment-list';
import type { SliceLimits } from './slice';

export interface PartitionLogOptions {
  readonly folder: string;
  readonly topic: string;
  readonly partition: number;
  /** A segment that reached this size is sealed and a new one begins. */
  readonly segmentBytes: number;
  /** A segment whose first record is older is sealed at the next write, so that retention reaches quiet topics. */
  readonly segmentMs: () => number;
  /** Wait for the disk, not only for the operating system, before a write counts as done. */
  readonly fsyncEachWrite: boolean;
  readonly log: LogCallback;
  readonly now: () => number;
  /** Called after a segment was sealed. */
  readonly onSealed: (log: PartitionLog) => void;
}

export interface LogSlice {
  readonly records: LogRecord[];
  /** Where to read on; past the last record when compaction left a gap behind it. */
  readonly nextOffset: number;
  readonly highWatermark: number;
}

/**
 * One partition: an append-only sequence of records in segment files. Appends of the same turn of the event loop, and all that
 * arrive while a write runs, go to the file in one write (group commit). Records become readable once they are written.
 */
export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  private readonly segments: SegmentList;
  private nextOffset: number;
  private durableEnd: number;
  private pending = new AppendBuffer();
  private spare = new AppendBuffer();
  private draining: Promise<void> | null = null;
  private scheduled = false;
  /** A failed write may have left bytes behind the last record. */
  private dirtyEnd = false;
  private unsynced = false;
  /** A segment file was created since the folder was last flushed. */
  private folderUnsynced = false;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly options: PartitionLogOptions) {
    this.topic = options.topic;
    this.partition = options.partition;
    this.segments = new SegmentList(recoverSegments(options.folder, options.log));
    this.durableEnd = this.nextOffset = this.segments.last?.endOffset ?? 0;
  }

  /** First offset still kept. */
  get low(): number {
    return this.segments.low;
  }

  /** Offset after the last readable record. */
  get high(): number {
    return this.durableEnd;
  }

  /** Of the files. */
  get bytes(): number {
    return this.segments.bytes;
  }

  get pendingBytes(): number {
    return this.pending.length;
  }

  /** Segments that no write touches any more, oldest first. */
  get sealed(): readonly Segment[] {
    return this.segments.sealed;
  }

  /** Takes the record's bytes at once and gives it its position; `flushed` tells when it is written. */
  append(record: PreparedRecord, timestampMs: number): LogPosition {
    const offset = this.nextOffset++;
    this.pending.append(record, offset, timestampMs);
    if (!this.scheduled && this.draining === null) {
      this.scheduled = true;
      setImmediate(() => this.startDrain());
    }
    return { topic: this.topic, partition: this.partition, offset };
  }

  /** Resolves when everything appended so far is written. @throws LOG_UNAVAILABLE (retryable) when it could not be; nothing of it is in the log then. */
  flushed(): Promise<void> {
    return this.pending.length > 0 ? this.pending.written() : (this.draining ?? Promise.resolve());
  }

  private startDrain(): void {
    this.scheduled = false;
    this.draining ??= this.drain().finally(() => this.drained());
  }

  private drained(): void {
    this.draining = null;
    if (this.pending.length > 0) this.startDrain();
  }

  private async drain(): Promise<void> {
    while (this.pending.length > 0) {
      const batch = this.pending;
      this.pending = this.spare;
      try {
        const segment = await this.write(batch);
        segment.appended(batch.bytes, 0, batch.length);
        this.durableEnd = segment.endOffset;
        batch.succeed();
      } catch (error) {
        this.discard(batch, error);
      }
      batch.clear();
      this.spare = batch;
      for (const listener of this.listeners) listener();
    }
  }

  private async write(batch: AppendBuffer): Promise<Segment> {
    const segment = await this.writable();
    if (this.dirtyEnd) ftruncateSync(segment.descriptor, segment.bytes);
    this.dirtyEnd = true;
    await writeAt(segment.descriptor, batch.bytes, batch.length, segment.bytes);
    this.unsynced = true;
    if (this.options.fsyncEachWrite) await this.sync();
    this.dirtyEnd = false;
    return segment;
  }

  /** The segment to write to: the last one, or a new one when there is none or the last is full or old. */
  private async writable(): Promise<Segment> {
    const last = this.segments.last;
    const { segmentBytes, segmentMs, now } = this.options;
    if (last && last.bytes < segmentBytes && now() - last.firstTimestampMs < segmentMs()) return last;
    return this.roll();
  }

  /** Seals the last segment when its first record is older than `ageMs`, unless a write is under way. */
  async sealOlderThan(ageMs: number): Promise<void> {
    const last = this.segments.last;
    if (!last || this.draining !== null || this.options.now() - last.firstTimestampMs < ageMs) return;
    this.draining = this.roll()
      .then(() => undefined)
      .finally(() => this.drained());
    await this.draining;
  }

  /** Seals the last segment, unless it is empty, and begins a new one. */
  private async roll(): Promise<Segment> {
    const last = this.segments.last;
    if (last?.records === 0) return last;
    if (last) {
      if (this.dirtyEnd) ftruncateSync(last.descriptor, last.bytes);
      this.dirtyEnd = false;
      await syncData(last.descriptor);
      last.writeIndex();
    }
    const next = createSegment(this.options.folder, this.durableEnd);
    this.folderUnsynced = true;
    this.segments.push(next);
    if (last) this.options.onSealed(this);
    return next;
  }

  /** Fails the batch and whatever was appended behind it: their offsets are given out again. */
  private discard(batch: AppendBuffer, cause: unknown): void {
    const { topic, partition, folder } = this.options;
    const error = new AppError('LOG_UNAVAILABLE', `Could not write ${topic}/${partition} in ${folder}; check the disk.`, {
      cause,
      retryable: true,
    });
    batch.fail(error);
    this.pending.fail(error);
    this.pending.clear();
    this.nextOffset = this.durableEnd;
  }

  /** Makes everything written survive power loss. */
  async sync(): Promise<void> {
    const last = this.segments.last;
    if (!this.unsynced || !last) return;
    this.unsynced = false;
    try {
      await syncData(last.descriptor);
      if (this.folderUnsynced) await syncNames(this.options.folder);
      this.folderUnsynced = false;
    } catch (error) {
      this.unsynced = true;
      throw error;
    }
  }

  /** Records from offset `from` (or the first kept one behind it) within the limits; empty only at `high` or at the limit. */
  async read(from: number, limits: SliceLimits): Promise<LogSlice> {
    const highWatermark = this.high;
    const endOffset = Math.min(highWatermark, limits.endOffset ?? Infinity);
    return { ...(await this.segments.read(from, { ...limits, endOffset }, this)), highWatermark };
  }

  /** When the first record at or behind `offset` was written, epoch milliseconds; null at the end. A small read, for figures about lag. */
  timestampAt(offset: number): number | null {
    return offset >= this.high ? null : this.segments.timestampAt(offset);
  }

  /** Calls `listener` after each write (and each failed one) until the returned function is called. */
  onAppended(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves when there is a record at `offset` or behind it, or when `signal` is aborted; one signal may wait on many partitions. */
  async appendedPast(offset: number, signal: AbortSignal): Promise<void> {
    while (this.high <= offset && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.listeners.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.listeners.add(wake);
        signal.addEventListener('abort', wake);
      });
    }
  }

  /** Puts `replacement` where the sealed segments `old` were; readers of the old ones may finish. */
  replace(old: readonly Segment[], replacement: Segment | null): void {
    this.segments.replace(old, replacement);
  }

  /** Deletes the segments that hold nothing from `offset` on, the last one too unless a write is under way; offsets go on. */
  deleteBefore(offset: number): void {
    for (const segment of this.sealed) {
      if (segment.endOffset > offset) return;
      this.segments.replace([segment], null);
      segment.delete();
    }
    const last = this.segments.last;
    const isIdle = this.draining === null && this.pending.length === 0;
    if (!last || last.records === 0 || last.endOffset > offset || !isIdle) return;
    this.segments.replace([last], emptySegment(last, this.durableEnd));
    this.dirtyEnd = false;
    this.unsynced = false;
    this.folderUnsynced = true;
  }

  /** Finishes the writes under way, makes them survive power loss and closes the files. */
  async close(): Promise<void> {
    while (this.pending.length > 0 || this.draining) {
      this.startDrain();
      await this.draining;
    }
    const last = this.segments.last;
    if (this.dirtyEnd && last) ftruncateSync(last.descriptor, last.bytes);
    await this.sync();
    this.segments.close();
  }
}
