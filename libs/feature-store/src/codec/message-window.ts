import { high16 } from './hash';
import type { RecordReader } from './record-reader';
import type { RecordWriter } from './record-writer';

/** How many ids a user's record remembers. */
export const MESSAGE_WINDOW = 128;

/** The last 128 distinct message ids of one user as 48-bit hashes, oldest leaving first; stored in 6 bytes each. */
export class MessageWindow {
  private low = new Uint32Array(4);
  private high = new Uint16Array(4);
  private size = 0;
  /** The oldest entry once the window is full. */
  private head = 0;

  /** @returns false when the id is in the window already; then nothing changes. */
  add(hash: number): boolean {
    const low = hash >>> 0;
    const high = high16(hash);
    if (this.has(low, high)) return false;
    if (this.size === MESSAGE_WINDOW) {
      this.low[this.head] = low;
      this.high[this.head] = high;
      this.head = (this.head + 1) % MESSAGE_WINDOW;
    } else {
      this.append(low, high);
    }
    return true;
  }

  /** Their number, then the low 32 bits of each, then the high 16 bits of each, oldest first. */
  encode(writer: RecordWriter): void {
    const { size, head } = this;
    writer.varint(size);
    writer.uint32s(this.low.subarray(head), size - head);
    writer.uint32s(this.low, head);
    for (let i = 0; i < size; i++) {
      const high = this.high[(head + i) % size]!;
      writer.byte(high);
      writer.byte(high >>> 8);
    }
  }

  static decode(reader: RecordReader): MessageWindow {
    const window = new MessageWindow();
    const size = reader.varint();
    if (size > MESSAGE_WINDOW) throw new RangeError(`a window of ${size} message ids`);
    const lows = reader.uint32s(size);
    for (const low of lows) window.append(low, reader.byte() | (reader.byte() << 8));
    return window;
  }

  private has(low: number, high: number): boolean {
    for (let i = 0; i < this.size; i++) if (this.low[i] === low && this.high[i] === high) return true;
    return false;
  }

  private append(low: number, high: number): void {
    if (this.size === this.low.length) {
      const { low: lows, high: highs } = this;
      this.low = new Uint32Array(this.size * 2);
      this.high = new Uint16Array(this.size * 2);
      this.low.set(lows);
      this.high.set(highs);
    }
    this.low[this.size] = low;
    this.high[this.size] = high;
    this.size++;
  }
}
