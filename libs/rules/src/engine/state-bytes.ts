import { crc32 } from 'node:zlib';
import type { StateReader, StateWriter } from './state-port';

const COMPACT_LIMIT = 2 ** 50;

/** A growing buffer for one state on its own. Integers are LEB128 varints, the rest little-endian. */
export class ByteWriter implements StateWriter {
  private buffer = Buffer.allocUnsafeSlow(1024);
  length = 0;

  varint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`varint: ${value} is not an integer from 0 to 2^53-1`);
    this.reserve(8);
    const { buffer } = this;
    let at = this.length;
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
    if (value >= 0 && value < COMPACT_LIMIT && Math.floor(value) === value && !Object.is(value, -0)) return this.varint(value * 2);
    this.varint(1);
    this.reserve(8);
    this.length = this.buffer.writeDoubleLE(value, this.length);
  }

  uint32s(values: Uint32Array, count: number): void {
    this.reserve(count * 4);
    for (let i = 0; i < count; i++) this.length = this.buffer.writeUInt32LE(values[i]!, this.length);
  }

  text(value: string): void {
    const size = Buffer.byteLength(value, 'utf8');
    this.varint(size);
    this.reserve(size);
    this.length += this.buffer.write(value, this.length, 'utf8');
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.reserve(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  /** Appends the CRC-32 (zlib polynomial) of everything so far. */
  checksum(): void {
    const checksum = crc32(this.buffer.subarray(0, this.length));
    this.reserve(4);
    this.length = this.buffer.writeUInt32LE(checksum, this.length);
  }

  /** A copy of what was written. */
  finish(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.length));
  }

  /** Forgets what was written and keeps the memory. */
  clear(): void {
    this.length = 0;
  }

  private reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }
}

/** Reads what `ByteWriter` wrote. */
export class ByteReader implements StateReader {
  private at = 0;

  constructor(private readonly buffer: Buffer) {}

  get remaining(): number {
    return this.buffer.length - this.at;
  }

  varint(): number {
    const { buffer, at } = this;
    if (at < buffer.length && buffer[at]! < 0x80) {
      this.at = at + 1;
      return buffer[at]!;
    }
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = buffer[this.take(1)]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new RangeError(`no varint ends before byte ${this.at}`);
  }

  number(): number {
    const head = this.varint();
    if (head % 2 === 0) return head / 2;
    if (head !== 1) throw new RangeError(`no number at byte ${this.at}`);
    return this.buffer.readDoubleLE(this.take(8));
  }

  uint32s(count: number): Uint32Array {
    const start = this.take(count * 4);
    const values = new Uint32Array(count);
    for (let i = 0; i < count; i++) values[i] = this.buffer.readUInt32LE(start + i * 4);
    return values;
  }

  text(): string {
    const size = this.varint();
    const start = this.take(size);
    return this.buffer.toString('utf8', start, start + size);
  }

  bytes(): Uint8Array {
    const size = this.varint();
    const start = this.take(size);
    return Uint8Array.prototype.slice.call(this.buffer, start, start + size);
  }

  private take(size: number): number {
    const start = this.at;
    if (size > this.remaining) throw new RangeError(`${size} bytes wanted at ${start}, ${this.remaining} left`);
    this.at = start + size;
    return start;
  }
}
