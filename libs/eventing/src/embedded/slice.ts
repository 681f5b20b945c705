import type { LogPosition } from '@tradewind/contracts';
import type { LogRecord } from '../event-log';
import { decodeFrame, FRAME_MIN_BYTES, frameEnd, frameOffset, isIntact } from './record-frame';
import type { Segment } from './segment';

export interface SliceLimits {
  readonly maxRecords: number;
  /** Bytes read at a time; a single larger record is still read. */
  readonly maxBytes: number;
  /** Reads no record at or behind this offset. */
  readonly endOffset?: number;
}

/** What is read at least: more costs nothing, and an index look-up may be some records early. */
const MIN_READ_BYTES = 16 * 1024;

/** Records of one segment; `nextOffset` is null when the segment holds no more. */
export interface SegmentSlice {
  readonly records: LogRecord[];
  readonly nextOffset: number | null;
}

/**
 * Reads records of one segment from offset `from` on, within the limits.
 * @throws STATE_CORRUPT naming file and position when a frame is damaged.
 */
export async function readSlice(
  segment: Segment,
  place: Omit<LogPosition, 'offset'>,
  from: number,
  limits: SliceLimits,
  hot: boolean,
): Promise<SegmentSlice> {
  let position = segment.positionOf(from);
  let wanted = Math.min(Math.max(limits.maxBytes, MIN_READ_BYTES), readAhead(segment, limits.maxRecords));
  while (position < segment.bytes) {
    const chunk = await segment.read(position, wanted, hot);
    const decoded = decodeChunk(chunk, place, from, limits);
    if (decoded.damagedAt !== null) throw segment.corruptAt(position + decoded.damagedAt);
    if (decoded.records.length > 0) return { records: decoded.records, nextOffset: decoded.records.at(-1)!.offset + 1 };
    if (decoded.reachedEnd) return { records: [], nextOffset: limits.endOffset ?? null };
    position += decoded.end;
    if (decoded.end > 0) continue;
    wanted = frameEnd(chunk, 0) ?? FRAME_MIN_BYTES;
    if (position + wanted > segment.bytes) throw segment.corruptAt(position);
  }
  return { records: [], nextOffset: null };
}

interface DecodedChunk {
  readonly records: LogRecord[];
  /** Where the first frame that is not whole begins. */
  readonly end: number;
  readonly damagedAt: number | null;
  /** A record at or behind the limit was met. */
  readonly reachedEnd: boolean;
}

/** Decodes the whole frames of `chunk` from offset `from` on; damage behind good records is left for the next read to report. */
function decodeChunk(chunk: Buffer, place: Omit<LogPosition, 'offset'>, from: number, limits: SliceLimits): DecodedChunk {
  const records: LogRecord[] = [];
  const endOffset = limits.endOffset ?? Infinity;
  let bytes = 0;
  let at = 0;
  for (let end = frameEnd(chunk, 0); end !== null && end <= chunk.length; end = frameEnd(chunk, at)) {
    if (!isIntact(chunk, at, end)) return { records, end: at, damagedAt: records.length > 0 ? null : at, reachedEnd: false };
    const offset = frameOffset(chunk, at);
    if (offset >= endOffset) return { records, end: at, damagedAt: null, reachedEnd: true };
    if (offset >= from) {
      records.push(decodeFrame(chunk, at, place.topic, place.partition));
      bytes += end - at;
    }
    at = end;
    if (records.length >= limits.maxRecords || bytes >= limits.maxBytes) break;
  }
  return { records, end: at, damagedAt: null, reachedEnd: false };
}

/** About as many bytes as `maxRecords` of this segment's records take. */
function readAhead(segment: Segment, maxRecords: number): number {
  return MIN_READ_BYTES + Math.ceil((1.25 * maxRecords * segment.bytes) / Math.max(1, segment.records));
}
