import { high16 } from './hash';
import type { RecordReader } from './record-reader';
import type { RecordWriter } from './record-writer';

/** How many ids a user's record remembers. */
export const MESSAGE_WINDOW = 128;

const TWO_32 = 0x1_0000_0000;
const lows = new Uint32Array(MESSAGE_WINDOW);

/**
 * The last 128 distinct message ids of one user as 48-bit hashes, oldest leaving first; stored in 6 bytes each. In memory an array of numbers:
 * typed arrays cost a user three objects each, and the collector of garbage more than that.
 */
export class MessageWindow {
  private readonly hashes: number[] = [];
  /** The oldest entry once the window is full. */
  private head = 0;

  /** @returns false when the id is in the window already; then nothing changes. */
  add(hash: number): boolean {
    if (this.hashes.includes(hash)) return false;
    if (this.hashes.length < MESSAGE_WINDOW) {
      this.hashes.push(hash);
      return true;
    }
    this.hashes[this.head] = hash;
    this.head = (this.head + 1) % MESSAGE_WINDOW;
    return true;
  }

  /** Their number, then the low 32 bits of each, then the high 16 bits of each, oldest first. */
  encode(writer: RecordWriter): void {
    const { hashes, head } = this;
    const size = hashes.length;
    writer.varint(size);
    for (let i = 0; i < size; i++) lows[i] = hashes[(head + i) % size]! >>> 0;
    writer.uint32s(lows, size);
    for (let i = 0; i < size; i++) {
      const high = high16(hashes[(head + i) % size]!);
      writer.byte(high);
      writer.byte(high >>> 8);
    }
  }

  static decode(reader: RecordReader): MessageWindow {
    const window = new MessageWindow();
    const size = reader.varint();
    if (size > MESSAGE_WINDOW) throw new RangeError(`a window of ${size} message ids`);
    for (const low of reader.uint32s(size)) window.hashes.push(low + (reader.byte() | (reader.byte() << 8)) * TWO_32);
    return window;
  }
}
