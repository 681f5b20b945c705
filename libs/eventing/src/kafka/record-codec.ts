import { setOwn } from '../own-property';

/** What kafkajs hands to its record encoder; absent fields take its defaults. */
export interface RecordToEncode {
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
  readonly key?: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: Readonly<Record<string, Buffer | string | readonly (Buffer | string)[]>>;
}

/** What kafkajs takes for an encoder. */
export interface EncodedRecord {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

type Bytes = Buffer | string | null | undefined;

/** Larger deltas than this take more than five bytes. */
const MAX_INT = 0x3fffffff;
/** Longest varint of a safe integer. */
const MAX_VARINT_BYTES = 8;

/**
 * A record of a Kafka record batch (magic 2) in one buffer of the right size; kafkajs makes one of half a kilobyte for the record, one for each header
 * and one for each number.
 * @see https://kafka.apache.org/documentation/#record
 */
export function encodeRecord({ offsetDelta = 0, timestampDelta = 0, key, value, headers = {} }: RecordToEncode): EncodedRecord {
  let count = 0;
  let headerBytes = 0;
  for (const name in headers) {
    const nameSize = sizeOf(name);
    for (const each of valuesOf(headers[name])) {
      count++;
      headerBytes += nameSize + sizeOf(each);
    }
  }
  const size = 1 + sizeOfInt(timestampDelta) + sizeOfInt(offsetDelta) + sizeOf(key) + sizeOf(value) + sizeOfInt(count) + headerBytes;
  const buffer = Buffer.allocUnsafe(sizeOfInt(size) + size);
  let at = writeInt(buffer, 0, size);
  buffer[at++] = 0; // attributes
  at = writeInt(buffer, at, timestampDelta);
  at = writeInt(buffer, at, offsetDelta);
  at = writeBytes(buffer, at, key);
  at = writeBytes(buffer, at, value);
  at = writeInt(buffer, at, count);
  for (const name in headers) {
    for (const each of valuesOf(headers[name])) at = writeBytes(buffer, writeBytes(buffer, at, name), each);
  }
  return { buf: buffer, buffer };
}

type HeaderValue = Buffer | string | readonly (Buffer | string)[] | undefined;

function valuesOf(value: HeaderValue): readonly Bytes[] {
  return Array.isArray(value) ? (value as readonly Bytes[]) : [value as Bytes];
}

function byteLength(bytes: Buffer | string): number {
  return typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
}

function sizeOf(bytes: Bytes): number {
  if (bytes === null || bytes === undefined) return 1;
  const length = byteLength(bytes);
  return sizeOfInt(length) + length;
}

function writeBytes(buffer: Buffer, at: number, bytes: Bytes): number {
  if (bytes === null || bytes === undefined) return writeInt(buffer, at, -1);
  const start = writeInt(buffer, at, byteLength(bytes));
  return start + (typeof bytes === 'string' ? buffer.write(bytes, start) : bytes.copy(buffer, start));
}

/** Zigzag: small numbers of either sign take few bytes. */
function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

function sizeOfInt(value: number): number {
  let size = 1;
  for (let left = zigzag(value); left >= 0x80; left = Math.floor(left / 0x80)) size++;
  return size;
}

function writeInt(buffer: Buffer, at: number, value: number): number {
  let left = zigzag(value);
  while (left >= 0x80) {
    buffer[at++] = (left % 0x80) | 0x80;
    left = left > MAX_INT ? Math.floor(left / 0x80) : left >>> 7;
  }
  buffer[at++] = left;
  return at;
}

/** What of kafkajs' decoder a record is read from. */
export interface RecordSource {
  readonly buffer: Buffer;
  offset: number;
}

/** What kafkajs knows of the record's batch. */
export interface RecordBatchContext {
  readonly firstOffset?: string | number;
  readonly firstTimestamp?: string | number;
  readonly magicByte?: number;
  readonly isControlBatch?: boolean;
  /** 1: the broker stamped the records. */
  readonly timestampType?: number;
  readonly maxTimestamp?: string | number;
}

type DecodedHeaders = Record<string, Buffer | Buffer[] | null>;

const LOG_APPEND_TIME = 1;

/** A record as kafkajs decodes it, field by field, without the objects on the way: records repeat their header names. */
export function decodeRecord(source: RecordSource, context: RecordBatchContext = {}) {
  const reader = new VarReader(source.buffer, source.offset);
  const { firstOffset = 0, firstTimestamp = 0, magicByte, isControlBatch = false, timestampType, maxTimestamp } = context;
  const attributes = (reader.byte() << 24) >> 24;
  const stamped = String(Number(firstTimestamp) + reader.int());
  const timestamp = timestampType === LOG_APPEND_TIME && maxTimestamp ? maxTimestamp : stamped;
  const offset = String(Number(firstOffset) + reader.int());
  const key = reader.bytes();
  const value = reader.bytes();
  const headers: DecodedHeaders = {};
  const count = reader.int();
  for (let i = 0; i < count; i++) addHeader(headers, reader.name(i), reader.bytes());
  source.offset = reader.at;
  return { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord: isControlBatch, batchContext: context };
}

/** A name that repeats collects its values in a list. A name that every object has, such as `constructor`, is a name like any other. */
function addHeader(headers: DecodedHeaders, name: string, value: Buffer | null): void {
  const present = headers[name];
  if (present === undefined) headers[name] = value;
  else if (!Object.hasOwn(headers, name)) setOwn<DecodedHeaders[string]>(headers, name, value);
  else setOwn<DecodedHeaders[string]>(headers, name, (Array.isArray(present) ? present : [present]).concat([value]) as Buffer[]);
}

/** The names that the last records had, place by place. */
const lastNames: { bytes: Buffer; text: string }[] = [];
const REMEMBERED_NAMES = 16;

class VarReader {
  constructor(
    private readonly buffer: Buffer,
    public at: number,
  ) {}

  byte(): number {
    return this.buffer[this.at++]!;
  }

  int(): number {
    let result = 0;
    let scale = 1;
    for (let i = 0; i <= MAX_VARINT_BYTES; i++) {
      const byte = this.byte();
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result % 2 === 0 ? result / 2 : -(result + 1) / 2;
      scale *= 0x80;
    }
    throw new RangeError('a number of a Kafka record is longer than 53 bits');
  }

  bytes(): Buffer | null {
    const length = this.int();
    if (length < 0) return null;
    const start = this.at;
    this.at += length;
    return this.buffer.subarray(start, this.at);
  }

  /** The header name that comes at this place. */
  name(place: number): string {
    const length = this.int();
    const start = this.at;
    this.at += length;
    const last = lastNames[place];
    if (last !== undefined && last.bytes.length === length && this.holds(last.bytes, start)) return last.text;
    const text = this.buffer.toString('utf8', start, this.at);
    // A copy: a slice would keep the whole fetched buffer alive.
    if (place < REMEMBERED_NAMES) lastNames[place] = { bytes: Buffer.from(text), text };
    return text;
  }

  private holds(bytes: Buffer, start: number): boolean {
    for (let i = 0; i < bytes.length; i++) if (this.buffer[start + i] !== bytes[i]) return false;
    return true;
  }
}
