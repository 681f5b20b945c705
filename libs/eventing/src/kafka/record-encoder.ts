/** What kafkajs hands to its record encoder; absent fields take its defaults. */
export interface RecordToEncode {
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
  readonly key?: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: Readonly<Record<string, Buffer | string | readonly (Buffer | string)[]>>;
}

/** What kafkajs takes for an encoder. */
export interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

type Bytes = Buffer | string | null | undefined;

/** Larger numbers than this take more than five bytes. */
const MAX_INT = 0x3fffffff;
/** Above this, native calls are cheaper than a loop over the characters. */
const SHORT_TEXT = 64;
/** A number of any size. */
const MAX_INT_BYTES = 10;
/** Bytes kept for the length of a record: that of 64 to 8,191 bytes. A record of another size is moved. */
const LENGTH_BYTES = 2;
const INITIAL_BYTES = 64 * 1024;
/** A larger buffer is not kept. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/**
 * A record of a Kafka record batch (magic 2); kafkajs makes a buffer of half a kilobyte for the record, one for each header and one for each number.
 * @see https://kafka.apache.org/documentation/#record
 */
export function encodeRecord(record: RecordToEncode): Encoded {
  const writer = RecordWriter.shared();
  writer.writeRecord(record, record.offsetDelta ?? 0, record.timestampDelta ?? 0);
  const buffer = writer.finish();
  return { buf: buffer, buffer };
}

/** Writes records one after another into one growing buffer, each text once: its bytes are not counted before. */
export class RecordWriter {
  private static free: RecordWriter | null = null;
  buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  /** Where the next byte goes. */
  at = 0;

  /** An empty writer, to be given back by `finish` within the same turn. */
  static shared(): RecordWriter {
    const writer = RecordWriter.free ?? new RecordWriter();
    RecordWriter.free = null;
    writer.at = 0;
    return writer;
  }

  /** A copy of what was written. The writer must not be used any more. */
  finish(): Buffer {
    const written = Buffer.allocUnsafe(this.at);
    this.buffer.copy(written, 0, 0, this.at);
    if (this.buffer.length <= MAX_KEPT_BYTES) RecordWriter.free = this;
    return written;
  }

  /** Makes room for `bytes` more. */
  reserve(bytes: number): void {
    const needed = this.at + bytes;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.buffer.length));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }

  writeRecord({ key, value, headers }: RecordToEncode, offsetDelta: number, timestampDelta: number): void {
    this.reserve(MAX_INT_BYTES * 5);
    const start = this.at;
    this.at += LENGTH_BYTES;
    this.buffer[this.at++] = 0; // attributes
    this.writeInt(timestampDelta);
    this.writeInt(offsetDelta);
    this.writeBytes(key);
    this.writeBytes(value);
    this.writeHeaders(headers);
    const size = this.at - start - LENGTH_BYTES;
    const moved = sizeOfInt(size) - LENGTH_BYTES;
    if (moved !== 0) {
      this.reserve(MAX_INT_BYTES);
      this.buffer.copyWithin(start + LENGTH_BYTES + moved, start + LENGTH_BYTES, this.at);
    }
    this.at = start;
    this.writeInt(size);
    this.at += size;
  }

  private writeHeaders(headers: RecordToEncode['headers']): void {
    this.reserve(MAX_INT_BYTES);
    this.writeInt(countOf(headers));
    for (const name in headers) {
      const values = headers[name]!;
      if (!isList(values)) {
        this.writeBytes(name);
        this.writeBytes(values);
        continue;
      }
      for (const each of values) {
        this.writeBytes(name);
        this.writeBytes(each);
      }
    }
  }

  /** With the length before them. */
  private writeBytes(bytes: Bytes): void {
    if (bytes === null || bytes === undefined) {
      this.reserve(MAX_INT_BYTES);
      this.writeInt(-1);
    } else if (typeof bytes !== 'string') {
      this.reserve(MAX_INT_BYTES + bytes.length);
      this.writeInt(bytes.length);
      this.at += bytes.copy(this.buffer, this.at);
    } else if (bytes.length >= SHORT_TEXT || !this.writeShortAscii(bytes)) {
      this.reserve(MAX_INT_BYTES + 3 * bytes.length);
      this.writeInt(Buffer.byteLength(bytes));
      this.at += this.buffer.write(bytes, this.at);
    }
  }

  /** Most texts are short ASCII, for which two native calls each would cost more than the rest of the record. @returns false when it is none */
  private writeShortAscii(text: string): boolean {
    this.reserve(1 + text.length);
    const { buffer, at } = this;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return false;
      buffer[at + 1 + i] = unit;
    }
    buffer[at] = zigzag(text.length);
    this.at = at + 1 + text.length;
    return true;
  }

  /** Within the room that is there. */
  private writeInt(value: number): void {
    let left = zigzag(value);
    while (left >= 0x80) {
      this.buffer[this.at++] = (left % 0x80) | 0x80;
      left = left > MAX_INT ? Math.floor(left / 0x80) : left >>> 7;
    }
    this.buffer[this.at++] = left;
  }
}

function isList(values: Buffer | string | readonly (Buffer | string)[]): values is readonly (Buffer | string)[] {
  return Array.isArray(values);
}

function countOf(headers: RecordToEncode['headers']): number {
  let count = 0;
  for (const name in headers) {
    const values = headers[name]!;
    count += isList(values) ? values.length : 1;
  }
  return count;
}

/** Small numbers of either sign take few bytes. */
function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

function sizeOfInt(value: number): number {
  let size = 1;
  for (let left = zigzag(value); left >= 0x80; left = Math.floor(left / 0x80)) size++;
  return size;
}
