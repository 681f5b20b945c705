import type { LogPosition } from '@tradewind/contracts';
import type { LogRecord } from '../event-log';
import type { Segment } from './segment';
import { readSlice, type SliceLimits } from './slice';

/** The segments of one partition in offset order; only the last one is written to. */
export class SegmentList {
  constructor(private segments: readonly Segment[]) {}

  get last(): Segment | undefined {
    return this.segments.at(-1);
  }

  get sealed(): readonly Segment[] {
    return this.segments.slice(0, -1);
  }

  /** First offset still kept. */
  get low(): number {
    return this.segments[0]?.baseOffset ?? 0;
  }

  /** Of the files. */
  get bytes(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  push(segment: Segment): void {
    this.segments = [...this.segments, segment];
  }

  /** Puts `replacement` where the neighbours `old` were. */
  replace(old: readonly Segment[], replacement: Segment | null): void {
    const at = this.segments.indexOf(old[0]!);
    this.segments = [...this.segments.slice(0, at), ...(replacement ? [replacement] : []), ...this.segments.slice(at + old.length)];
    for (const segment of old) segment.retire();
  }

  /** Records from `from` on, of one segment at a time; `nextOffset` passes over what compaction or retention took away. */
  async read(
    from: number,
    limits: SliceLimits & { readonly endOffset: number },
    place: Omit<LogPosition, 'offset'>,
  ): Promise<{ records: LogRecord[]; nextOffset: number }> {
    let offset = Math.max(from, this.low);
    while (offset < limits.endOffset) {
      const at = this.indexFor(offset);
      const segment = this.segments[at]!;
      const next = this.segments[at + 1];
      const { records, nextOffset } = await segment.use(() => readSlice(segment, place, offset, limits, next === undefined));
      const last = records.at(-1);
      if (last) return { records, nextOffset: last.offset + 1 };
      offset = nextOffset ?? next?.baseOffset ?? limits.endOffset;
    }
    return { records: [], nextOffset: offset };
  }

  /** Timestamp of the first record at or behind `offset`; null when there is none. */
  timestampAt(offset: number): number | null {
    for (const segment of this.segments.slice(this.indexFor(offset))) {
      const found = segment.timestampFrom(offset);
      if (found !== null) return found;
    }
    return null;
  }

  close(): void {
    for (const segment of this.segments) segment.retire();
  }

  /** The last segment that begins at or before `offset`, else the first. */
  private indexFor(offset: number): number {
    return Math.max(
      0,
      this.segments.findLastIndex((segment) => segment.baseOffset <= offset),
    );
  }
}
