import { writeFrame, type PreparedRecord } from './record-frame';

const INITIAL_BYTES = 4 * 1024;
/** A buffer that grew over this in a burst is let go afterwards. */
const KEPT_BYTES = 1024 * 1024;

/** Frames waiting for one write, and the promise of everyone who waits for it. */
export class AppendBuffer {
  bytes: Buffer = Buffer.alloc(0);
  length = 0;
  private waiting: { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } | null = null;

  append(record: PreparedRecord, offset: number, timestampMs: number): void {
    this.reserve(record.frameBytes);
    this.length = writeFrame(this.bytes, this.length, record, offset, timestampMs);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(INITIAL_BYTES, this.bytes.length * 2, this.length + more));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  /** One promise for all that is in the buffer. */
  written(): Promise<void> {
    if (this.waiting === null) {
      let settle!: { resolve: () => void; reject: (error: Error) => void };
      const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
      this.waiting = { promise, ...settle };
    }
    return this.waiting.promise;
  }

  succeed(): void {
    this.waiting?.resolve();
    this.waiting = null;
  }

  fail(error: Error): void {
    this.waiting?.reject(error);
    this.waiting = null;
  }

  clear(): void {
    this.length = 0;
    if (this.bytes.length > KEPT_BYTES) this.bytes = Buffer.alloc(0);
  }
}
