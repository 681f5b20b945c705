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

/** Larger deltas than this take more than five bytes. */
const MAX_INT = 0x3fffffff;
/** Above this, a native call is cheaper than a loop over the characters. */
const SHORT_TEXT = 64;

/**
 * A record of a Kafka record batch (magic 2) in one buffer of the right size; kafkajs makes one of half a kilobyte for the record, one for each header
 * and one for each number.
 * @see https://kafka.apache.org/documentation/#record
 */
export function encodeRecord(record: RecordToEncode): Encoded {
  const { offsetDelta = 0, timestampDelta = 0 } = record;
  const size = bodySize(record, offsetDelta, timestampDelta);
  const buffer = Buffer.allocUnsafe(sizeOfInt(size) + size);
  writeRecord(buffer, 0, record, { size, offsetDelta, timestampDelta });
  return { buf: buffer, buffer };
}

/** Bytes of the record after its length. */
export function bodySize({ key, value, headers }: RecordToEncode, offsetDelta: number, timestampDelta: number): number {
  let count = 0;
  let size = 1 + sizeOfInt(timestampDelta) + sizeOfInt(offsetDelta) + sizeOf(key) + sizeOf(value);
  for (const name in headers) {
    const values = headers[name]!;
    if (isList(values)) {
      count += values.length;
      for (const each of values) size += sizeOf(name) + sizeOf(each);
    } else {
      count++;
      size += sizeOf(name) + sizeOf(values);
    }
  }
  return size + sizeOfInt(count);
}

/** Bytes of a record whose body has `size` bytes. */
export function recordSize(size: number): number {
  return sizeOfInt(size) + size;
}

/**
 * Writes the record at `at`; `size` is its `bodySize`.
 * @returns the index after it
 */
export function writeRecord(
  buffer: Buffer,
  start: number,
  { key, value, headers }: RecordToEncode,
  { size, offsetDelta, timestampDelta }: { readonly size: number; readonly offsetDelta: number; readonly timestampDelta: number },
): number {
  let at = writeInt(buffer, start, size);
  buffer[at++] = 0; // attributes
  at = writeInt(buffer, at, timestampDelta);
  at = writeInt(buffer, at, offsetDelta);
  at = writeBytes(buffer, at, key);
  at = writeBytes(buffer, at, value);
  at = writeInt(buffer, at, countOf(headers));
  for (const name in headers) {
    const values = headers[name]!;
    if (!isList(values)) at = writeBytes(buffer, writeBytes(buffer, at, name), values);
    else for (const each of values) at = writeBytes(buffer, writeBytes(buffer, at, name), each);
  }
  return at;
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

/** Most texts are short ASCII, for which two native calls each would cost more than the rest of the record. */
function byteLength(bytes: Buffer | string): number {
  if (typeof bytes !== 'string') return bytes.length;
  if (bytes.length > SHORT_TEXT) return Buffer.byteLength(bytes);
  for (let i = 0; i < bytes.length; i++) if (bytes.charCodeAt(i) > 0x7f) return Buffer.byteLength(bytes);
  return bytes.length;
}

function sizeOf(bytes: Bytes): number {
  if (bytes === null || bytes === undefined) return 1;
  const length = byteLength(bytes);
  return sizeOfInt(length) + length;
}

function writeBytes(buffer: Buffer, at: number, bytes: Bytes): number {
  if (bytes === null || bytes === undefined) return writeInt(buffer, at, -1);
  const length = byteLength(bytes);
  const start = writeInt(buffer, at, length);
  if (typeof bytes !== 'string') bytes.copy(buffer, start);
  else if (length === bytes.length && length <= SHORT_TEXT) for (let i = 0; i < length; i++) buffer[start + i] = bytes.charCodeAt(i);
  else buffer.write(bytes, start);
  return start + length;
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
