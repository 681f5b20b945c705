import type { PartitionOffsets, PartitionProgress } from '../event-log';

/** What one member knows about one partition it holds. Lag is derived, never stored. */
export class TrackedPartition {
  /** Next offset to be handled; `null` before the first batch. */
  position: number | null = null;
  highWatermark = 0;
  /** Where handling starts when nothing was handled yet, as the broker said. */
  private start: number | null = null;
  /** Stamp of the oldest record known to be unhandled, epoch milliseconds; when only its existence is known, since when. */
  private oldestMs: number | null = null;

  constructor(
    readonly topic: string,
    readonly partition: number,
  ) {}

  /** A slice is about to be handled. */
  began(firstTimestampMs: number, highWatermark: number): void {
    this.highWatermark = Math.max(this.highWatermark, highWatermark);
    this.oldestMs = firstTimestampMs;
  }

  /** Everything below `next` is handled; `lastTimestampMs` is the best known age of what follows. */
  advanced(next: number, lastTimestampMs: number): void {
    this.position = next;
    this.oldestMs = next < this.highWatermark ? lastTimestampMs : null;
  }

  /** The broker told the ends of the partition, and where the group stands. */
  refreshed(offsets: PartitionOffsets, committed: number | undefined, from: 'earliest' | 'latest', nowMs: number): void {
    this.highWatermark = Math.max(this.highWatermark, offsets.high);
    this.start ??= committed ?? (from === 'earliest' ? offsets.low : offsets.high);
    if (this.lagRecords() > 0) this.oldestMs ??= nowMs;
  }

  progress(nowMs: number): PartitionProgress {
    const lagRecords = this.lagRecords();
    const lagSeconds = lagRecords === 0 || this.oldestMs === null ? 0 : Math.max(0, nowMs - this.oldestMs) / 1000;
    const { topic, partition, position, highWatermark } = this;
    return { topic, partition, position, highWatermark, lagRecords, lagSeconds };
  }

  private lagRecords(): number {
    const next = this.position ?? this.start;
    return next === null ? 0 : Math.max(0, this.highWatermark - next);
  }
}
