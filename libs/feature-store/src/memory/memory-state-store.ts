import { MemoryDueTimes } from '../due-times/memory-due-times';
import type { StateStore, StateWrite } from '../state-store';
import { readSnapshot, writeSnapshot } from './snapshot-file';

const PAGE = 500;

interface Entry {
  /** Capacity; the value is its first `length` bytes. */
  buffer: Buffer;
  length: number;
  revision: number;
}

/**
 * Limits: one process, everything in RAM, no replication; what was not snapshotted or journaled is gone with the process
 * (`openMemoryStateStore` journals). Otherwise it behaves as Redis does: values are copied in and out, writes are
 * conditional on the revision.
 */
export class MemoryStateStore implements StateStore {
  readonly kind = 'memory';
  readonly dueTimes = new MemoryDueTimes();
  private readonly entries = new Map<string, Entry>();

  get size(): number {
    return this.entries.size;
  }

  async readMany(keys: readonly string[]): Promise<(Buffer | null)[]> {
    return keys.map((key) => {
      const entry = this.entries.get(key);
      return entry === undefined ? null : copyOf(entry);
    });
  }

  async writeMany(writes: readonly StateWrite[]): Promise<string[]> {
    return this.put(writes);
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    this.remove(keys);
  }

  async *scan(prefix: string): AsyncIterable<readonly (readonly [key: string, value: Buffer])[]> {
    let page: (readonly [string, Buffer])[] = [];
    for (const [key, entry] of this.entries) {
      if (!key.startsWith(prefix)) continue;
      page.push([key, copyOf(entry)]);
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {}

  /** Synchronous `writeMany`. */
  put(writes: readonly StateWrite[]): string[] {
    const refused: string[] = [];
    for (const { key, value, revision } of writes) {
      const entry = this.entries.get(key);
      if (entry !== undefined && entry.revision > revision) refused.push(key);
      else this.store(key, value, revision, entry);
    }
    return refused;
  }

  remove(keys: readonly string[]): void {
    for (const key of keys) this.entries.delete(key);
  }

  /**
   * Writes all keys to `file` atomically (temporary file, fsync, rename). Every value is whole; values written meanwhile
   * may be in or not, which is sound because each record carries the log positions that it includes.
   */
  async snapshot(file: string): Promise<void> {
    await writeSnapshot(file, this.writes());
  }

  /** Adds what `file` holds. @returns the number of keys; 0 when there is no such file. @throws STATE_CORRUPT */
  async restore(file: string): Promise<number> {
    let keys = 0;
    for await (const write of readSnapshot(file)) {
      this.put([write]);
      keys++;
    }
    return keys;
  }

  private *writes(): Iterable<StateWrite> {
    for (const [key, entry] of this.entries) yield { key, value: entry.buffer.subarray(0, entry.length), revision: entry.revision };
  }

  /** Overwrites in place when the new value fits: hot users cost no garbage. */
  private store(key: string, value: Buffer, revision: number, entry: Entry | undefined): void {
    const reusable = entry !== undefined && value.length <= entry.buffer.length && value.length * 4 >= entry.buffer.length;
    const buffer = reusable ? entry.buffer : Buffer.allocUnsafeSlow(value.length + (entry === undefined ? 0 : value.length >>> 2));
    value.copy(buffer);
    if (entry === undefined) {
      this.entries.set(key, { buffer, length: value.length, revision });
      return;
    }
    entry.buffer = buffer;
    entry.length = value.length;
    entry.revision = revision;
  }
}

function copyOf(entry: Entry): Buffer {
  return Buffer.from(entry.buffer.subarray(0, entry.length));
}
