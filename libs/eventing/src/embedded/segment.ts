import { closeSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { AppError } from '@tradewind/contracts';
import { readAt, writeFileAtomically } from './files';
import { FRAME_MIN_BYTES, frameEnd, frameOffset, frameTimestampMs } from './record-frame';

/** One index entry about every so many bytes; a look-up skips at most this much. */
const INDEX_INTERVAL_BYTES = 4 * 1024;
/** Up to this a read at the log's tail, which is in the page cache, is done without the thread pool. */
const INLINE_READ_BYTES = 128 * 1024;

/** What is known of a segment without reading it; written beside it once it is sealed. */
interface SegmentIndex {
  readonly format: 1;
  readonly bytes: number;
  readonly records: number;
  readonly endOffset: number;
  readonly firstTimestampMs: number;
  readonly maxTimestampMs: number;
  readonly compacted: boolean;
  readonly offsets: number[];
  readonly positions: number[];
}

/** A file of frames with ascending offsets from `baseOffset` on, with a sparse index from offset to file position. */
export class Segment {
  bytes = 0;
  records = 0;
  /** Offset after the last one this segment accounts for; records that compaction dropped count too. */
  endOffset: number;
  firstTimestampMs = Infinity;
  maxTimestampMs = -Infinity;
  compacted = false;
  private offsets: number[] = [];
  private positions: number[] = [];
  private fd: number | null = null;
  private readers = 0;
  private retired = false;

  constructor(
    readonly path: string,
    readonly baseOffset: number,
  ) {
    this.endOffset = baseOffset;
  }

  /** The file, opened for reading and writing on first use. */
  get descriptor(): number {
    return (this.fd ??= openSync(this.path, 'r+'));
  }

  /** Creates the file, empty. */
  create(): void {
    this.fd = openSync(this.path, 'w+');
  }

  /** Accounts for intact frames that now lie at the end of the file: `chunk[start, end)`. */
  appended(chunk: Buffer, start: number, end: number): void {
    for (let at = start; at < end;) {
      const offset = frameOffset(chunk, at);
      const timestampMs = frameTimestampMs(chunk, at);
      if (this.bytes - (this.positions.at(-1) ?? -INDEX_INTERVAL_BYTES) >= INDEX_INTERVAL_BYTES) {
        this.offsets.push(offset);
        this.positions.push(this.bytes);
      }
      if (this.records++ === 0) this.firstTimestampMs = timestampMs;
      if (timestampMs > this.maxTimestampMs) this.maxTimestampMs = timestampMs;
      const next = frameEnd(chunk, at)!;
      this.bytes += next - at;
      this.endOffset = offset + 1;
      at = next;
    }
  }

  /** A position at or before the record with `offset`, at most one index interval early. */
  positionOf(offset: number): number {
    let low = 0;
    let high = this.offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.offsets[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : this.positions[low - 1]!;
  }

  /** Reads up to `length` bytes at `position`, never past the last complete frame. `hot`: they were just written. */
  async read(position: number, length: number, hot: boolean): Promise<Buffer> {
    const wanted = Math.min(length, this.bytes - position);
    return hot && wanted <= INLINE_READ_BYTES ? this.readNow(position, wanted) : readAt(this.descriptor, wanted, position);
  }

  /** Timestamp of the first record at or behind `offset`; null when there is none. */
  timestampFrom(offset: number): number | null {
    for (let position = this.positionOf(offset); position < this.bytes;) {
      const head = this.readNow(position, FRAME_MIN_BYTES);
      if (frameOffset(head, 0) >= offset) return frameTimestampMs(head, 0);
      position += Math.max(FRAME_MIN_BYTES, frameEnd(head, 0)!);
    }
    return null;
  }

  /** Keeps the file open, even when it is deleted or replaced meanwhile, until `work` has ended. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this.readers++;
    this.fd = this.descriptor;
    try {
      return await work();
    } finally {
      this.readers--;
      if (this.retired && this.readers === 0) this.close();
    }
  }

  /** The same without leaving the current turn of the event loop: for small reads. */
  readNow(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(Math.min(length, this.bytes - position));
    return bytes.subarray(0, readSync(this.descriptor, bytes, 0, bytes.length, position));
  }

  /** Closes the file once its running readers have ended. */
  retire(): void {
    this.retired = true;
    if (this.readers === 0) this.close();
  }

  private close(): void {
    if (this.fd !== null) closeSync(this.fd);
    this.fd = null;
  }

  /** Writes the index file; the segment itself must be on disk before. */
  writeIndex(): void {
    const { bytes, records, endOffset, firstTimestampMs, maxTimestampMs, compacted, offsets, positions } = this;
    const index: SegmentIndex = { format: 1, bytes, records, endOffset, firstTimestampMs, maxTimestampMs, compacted, offsets, positions };
    writeFileAtomically(indexPath(this.path), JSON.stringify(index));
  }

  /** Takes over the index file when it describes a file of `fileBytes`; false when there is none to trust. */
  loadIndex(fileBytes: number): boolean {
    const index = readIndex(indexPath(this.path));
    if (index?.format !== 1 || index.bytes !== fileBytes) return false;
    this.bytes = index.bytes;
    this.records = index.records;
    this.endOffset = index.endOffset;
    this.firstTimestampMs = index.firstTimestampMs;
    this.maxTimestampMs = index.maxTimestampMs;
    this.compacted = index.compacted;
    this.offsets = index.offsets;
    this.positions = index.positions;
    return true;
  }

  /** Removes the file and its index; a reader that has it open may finish. */
  delete(): void {
    rmSync(indexPath(this.path), { force: true });
    rmSync(this.path, { force: true });
    this.retire();
  }

  corruptAt(position: number): AppError {
    return new AppError(
      'STATE_CORRUPT',
      `The log segment ${this.path} holds a damaged record at byte ${position}; restore the file from a copy.`,
      {
        details: { file: this.path, position },
      },
    );
  }
}

export function indexPath(segmentPath: string): string {
  return segmentPath.replace(/\.log$/, '.index');
}

/** The index file's content, or null when it is absent or not complete: it can always be rebuilt from the segment. */
function readIndex(path: string): SegmentIndex | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SegmentIndex;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
