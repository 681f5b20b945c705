import { hash53 } from '../values/hash';
import type { StateReader, StateWriter } from './state-port';

const HIGH = 0x1_0000_0000;

/** The last `capacity` distinct message ids of a user as 53-bit hashes, the oldest leaving first. */
export class RecentIds {
  private readonly hashes: number[] = [];
  private head = 0;

  constructor(private readonly capacity: number) {}

  /** @returns false when the id is among them already; then nothing changes. */
  add(id: string): boolean {
    const hash = hash53(id);
    const { hashes, capacity } = this;
    if (hashes.includes(hash)) return false;
    if (hashes.length < capacity) {
      hashes.push(hash);
    } else {
      hashes[this.head] = hash;
      this.head = (this.head + 1) % capacity;
    }
    return true;
  }

  /** Their number, the low 32 bits of each, the rest of each; oldest first. */
  encode(writer: StateWriter): void {
    const ordered = [...this.hashes.slice(this.head), ...this.hashes.slice(0, this.head)];
    writer.varint(ordered.length);
    writer.uint32s(
      Uint32Array.from(ordered, (hash) => hash % HIGH),
      ordered.length,
    );
    for (const hash of ordered) writer.varint(Math.floor(hash / HIGH));
  }

  decode(reader: StateReader): this {
    const size = reader.varint();
    if (size > this.capacity) throw new RangeError(`${size} message ids`);
    const lows = reader.uint32s(size);
    for (const low of lows) this.hashes.push(low + reader.varint() * HIGH);
    return this;
  }
}
