import type { StateReader } from '../feature';

/** Reads what `RecordWriter` wrote, never past `end`. */
export class RecordReader implements StateReader {
  constructor(
    private readonly buffer: Buffer,
    public position = 0,
    public end = buffer.length,
  ) {}

  get remaining(): number {
    return this.end - this.position;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 128;
    }
    throw new RangeError(`no varint ends before byte ${this.position}`);
  }

  number(): number {
    const head = this.varint();
    if (head % 2 === 0) return head / 2;
    if (head !== 1) throw new RangeError(`no number at byte ${this.position}`);
    return this.float64();
  }

  float64(): number {
    return this.buffer.readDoubleLE(this.take(8));
  }

  uint32(): number {
    return this.buffer.readUInt32LE(this.take(4));
  }

  uint32s(count: number): Uint32Array {
    const start = this.take(count * 4);
    const values = new Uint32Array(count);
    for (let i = 0; i < count; i++) values[i] = this.buffer.readUInt32LE(start + i * 4);
    return values;
  }

  byte(): number {
    return this.buffer[this.take(1)]!;
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

  block(): RecordReader {
    const size = this.varint();
    const start = this.take(size);
    return this.window(start, start + size);
  }

  /** Reads a part of the same bytes. */
  window(start: number, end: number): RecordReader {
    return new RecordReader(this.buffer, start, end);
  }

  /** Moves over `size` bytes. @returns where they start. */
  take(size: number): number {
    const start = this.position;
    if (size > this.end - start) throw new RangeError(`${size} bytes wanted at ${start}, ${this.end - start} left`);
    this.position = start + size;
    return start;
  }
}
