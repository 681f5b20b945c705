import { endianness } from 'node:os';
import { crc32 } from 'node:zlib';
import type { StateWriter } from '../feature';

const scratch = new Float64Array(1);
const scratchBytes = new Uint8Array(scratch.buffer);
const LITTLE_ENDIAN = endianness() === 'LE';
const COMPACT_LIMIT = 2 ** 50;

/** Appends records to one growing buffer, so that a batch of records costs one allocation. */
export class RecordWriter implements StateWriter {
  private buffer: Buffer;
  /** Bytes written so far. */
  length = 0;

  constructor(capacity = 4096) {
    this.buffer = Buffer.allocUnsafeSlow(Math.max(64, capacity));
  }

  varint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`varint: ${value} is not an integer from 0 to 2^53-1`);
    this.reserve(8);
    const buffer = this.buffer;
    let at = this.length;
    if (value < 0x80) {
      buffer[at] = value;
      this.length = at + 1;
      return;
    }
    let rest = value;
    while (rest > 0x7fffffff) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[at++] = rest;
    this.length = at;
  }

  /** Even varint = twice the integer; the byte 1 = a double follows. */
  number(value: number): void {
    if (value >= 0 && value < COMPACT_LIMIT && Math.floor(value) === value && (value !== 0 || 1 / value > 0)) return this.varint(value * 2);
    this.byte(1);
    this.float64(value);
  }

  float64(value: number): void {
    this.reserve(8);
    scratch[0] = value;
    this.buffer.set(scratchBytes, this.length);
    this.length += 8;
  }

  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.length++] = value;
  }

  uint32(value: number): void {
    this.reserve(4);
    const { buffer, length } = this;
    buffer[length] = value;
    buffer[length + 1] = value >>> 8;
    buffer[length + 2] = value >>> 16;
    buffer[length + 3] = value >>> 24;
    this.length = length + 4;
  }

  uint32s(values: Uint32Array, count: number): void {
    if (!LITTLE_ENDIAN) {
      for (let i = 0; i < count; i++) this.uint32(values[i]!);
      return;
    }
    this.reserve(count * 4);
    this.buffer.set(new Uint8Array(values.buffer, values.byteOffset, count * 4), this.length);
    this.length += count * 4;
  }

  text(value: string): void {
    const units = value.length;
    if (units < 64 && this.ascii(value)) return;
    const bytes = Buffer.byteLength(value, 'utf8');
    this.varint(bytes);
    this.reserve(bytes);
    this.buffer.write(value, this.length, 'utf8');
    this.length += bytes;
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.reserve(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  /** Forgets what was written and keeps the memory. */
  clear(): void {
    this.length = 0;
  }

  /** Starts a length-prefixed block; hand the result to `endBlock`. */
  beginBlock(): number {
    this.byte(0);
    return this.length;
  }

  endBlock(start: number): void {
    const size = this.length - start;
    if (size < 0x80) {
      this.buffer[start - 1] = size;
      return;
    }
    const extra = size < 0x4000 ? 1 : size < 0x20_0000 ? 2 : size < 0x1000_0000 ? 3 : 4;
    this.reserve(extra);
    this.buffer.copyWithin(start + extra, start, this.length);
    this.length = start - 1;
    this.varint(size);
    this.length = start + extra + size;
  }

  /** Appends the CRC-32 (zlib polynomial) of everything from `start`. */
  checksum(start: number): void {
    this.uint32(crc32(this.buffer.subarray(start, this.length)));
  }

  /** A view of what was written; stays valid only while nothing more is written. */
  view(start: number, end: number): Buffer {
    return this.buffer.subarray(start, end);
  }

  private ascii(value: string): boolean {
    const units = value.length;
    this.reserve(units + 1);
    const buffer = this.buffer;
    let at = this.length;
    buffer[at++] = units;
    for (let i = 0; i < units; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      buffer[at++] = code;
    }
    this.length = at;
    return true;
  }

  private reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }
}
