import { crc32 } from 'node:zlib';
import type { Headers, LogRecord, OutboundRecord } from '../event-log';
import { setOwn } from '../own-property';

/**
 * One record in a segment file, big-endian:
 *
 *   u32 length of what follows the checksum │ u32 CRC-32 of it │ u48 offset │ u48 timestamp ms │
 *   i32 key length (-1: null) │ i32 value length (-1: null) │ u16 headers │ key │ value │ (u16 name length, u32 value length, name, value)*
 */
const CRC_AT = 4;
const OFFSET_AT = 8;
const TIMESTAMP_AT = 14;
const KEY_LENGTH_AT = 20;
const VALUE_LENGTH_AT = 24;
const HEADER_COUNT_AT = 28;
const BODY_AT = 30;

/** Bytes before the key; a frame is never shorter. */
export const FRAME_MIN_BYTES = BODY_AT;
const NULL_LENGTH = -1;
const MAX_KNOWN_NAMES = 1024;

/** An outbound record turned into bytes, not yet placed in the log. */
export interface PreparedRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Name and value in turn. */
  readonly headers: readonly Buffer[];
  /** Length of the whole frame. */
  readonly frameBytes: number;
}

const nameBytes = new Map<string, Buffer>();

function bytesOfName(name: string): Buffer {
  const known = nameBytes.get(name);
  if (known) return known;
  const bytes = Buffer.from(name, 'utf8');
  if (nameBytes.size < MAX_KNOWN_NAMES) nameBytes.set(name, bytes);
  return bytes;
}

/** Turns strings into UTF-8 and measures the frame; the caller's buffers are copied later, by `writeFrame`. */
export function prepareRecord(record: OutboundRecord): PreparedRecord {
  const key = typeof record.key === 'string' ? Buffer.from(record.key, 'utf8') : record.key;
  const { value } = record;
  let frameBytes = BODY_AT + (key?.length ?? 0) + (value?.length ?? 0);
  const headers: Buffer[] = [];
  for (const name in record.headers) {
    const header = record.headers[name]!;
    const bytes = typeof header === 'string' ? Buffer.from(header, 'utf8') : header;
    const nameAsBytes = bytesOfName(name);
    headers.push(nameAsBytes, bytes);
    frameBytes += 6 + nameAsBytes.length + bytes.length;
  }
  return { key, value, headers, frameBytes };
}

/** Writes the frame of `record` at `at` (room for `frameBytes` is the caller's duty) and returns its end. */
export function writeFrame(target: Buffer, at: number, record: PreparedRecord, offset: number, timestampMs: number): number {
  target.writeUIntBE(offset, at + OFFSET_AT, 6);
  target.writeUIntBE(timestampMs, at + TIMESTAMP_AT, 6);
  target.writeInt32BE(record.key ? record.key.length : NULL_LENGTH, at + KEY_LENGTH_AT);
  target.writeInt32BE(record.value ? record.value.length : NULL_LENGTH, at + VALUE_LENGTH_AT);
  target.writeUInt16BE(record.headers.length / 2, at + HEADER_COUNT_AT);
  let end = at + BODY_AT;
  if (record.key) end += record.key.copy(target, end);
  if (record.value) end += record.value.copy(target, end);
  for (let i = 0; i < record.headers.length; i += 2) {
    const name = record.headers[i]!;
    const value = record.headers[i + 1]!;
    target.writeUInt16BE(name.length, end);
    target.writeUInt32BE(value.length, end + 2);
    end += 6;
    end += name.copy(target, end);
    end += value.copy(target, end);
  }
  target.writeUInt32BE(end - at - OFFSET_AT, at);
  target.writeUInt32BE(crc32(target.subarray(at + OFFSET_AT, end)), at + CRC_AT);
  return end;
}

/** End of the frame at `at` by its length field, which may lie past the chunk; `null` when the chunk is too short to tell. */
export function frameEnd(chunk: Buffer, at: number): number | null {
  return at + BODY_AT > chunk.length ? null : at + OFFSET_AT + chunk.readUInt32BE(at);
}

/** True when [at, end) is long enough for a frame and its checksum holds. */
export function isIntact(chunk: Buffer, at: number, end: number): boolean {
  return end - at >= BODY_AT && end <= chunk.length && crc32(chunk.subarray(at + OFFSET_AT, end)) === chunk.readUInt32BE(at + CRC_AT);
}

export function frameOffset(chunk: Buffer, at: number): number {
  return chunk.readUIntBE(at + OFFSET_AT, 6);
}

/** Epoch milliseconds. */
export function frameTimestampMs(chunk: Buffer, at: number): number {
  return chunk.readUIntBE(at + TIMESTAMP_AT, 6);
}

/** The key as a string that is equal exactly when the bytes are; `null` for a record without key. */
export function frameKey(chunk: Buffer, at: number): string | null {
  const length = chunk.readInt32BE(at + KEY_LENGTH_AT);
  return length === NULL_LENGTH ? null : chunk.toString('latin1', at + BODY_AT, at + BODY_AT + length);
}

/** True when the record's value is `null`. */
export function isTombstone(chunk: Buffer, at: number): boolean {
  return chunk.readInt32BE(at + VALUE_LENGTH_AT) === NULL_LENGTH;
}

/** Decodes an intact frame; key, value and headers are views on `chunk`. */
export function decodeFrame(chunk: Buffer, at: number, topic: string, partition: number): LogRecord {
  const keyLength = chunk.readInt32BE(at + KEY_LENGTH_AT);
  const valueLength = chunk.readInt32BE(at + VALUE_LENGTH_AT);
  const keyEnd = at + BODY_AT + Math.max(keyLength, 0);
  const valueEnd = keyEnd + Math.max(valueLength, 0);
  return {
    topic,
    partition,
    offset: frameOffset(chunk, at),
    timestampMs: frameTimestampMs(chunk, at),
    key: keyLength === NULL_LENGTH ? null : chunk.subarray(at + BODY_AT, keyEnd),
    value: valueLength === NULL_LENGTH ? null : chunk.subarray(keyEnd, valueEnd),
    headers: decodeHeaders(chunk, valueEnd, chunk.readUInt16BE(at + HEADER_COUNT_AT)),
  };
}

function decodeHeaders(chunk: Buffer, start: number, count: number): Headers {
  const headers: Record<string, Buffer> = {};
  let at = start;
  for (let i = 0; i < count; i++) {
    const valueAt = at + 6 + chunk.readUInt16BE(at);
    const end = valueAt + chunk.readUInt32BE(at + 2);
    setOwn(headers, chunk.toString('utf8', at + 6, valueAt), chunk.subarray(valueAt, end));
    at = end;
  }
  return headers;
}
