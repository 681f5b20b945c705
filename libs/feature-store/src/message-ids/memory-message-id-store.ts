import { closeSync, constants, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@tradewind/contracts';
import { FingerprintTable } from './fingerprint-table';
import type { Fingerprints } from './fingerprints';
import type { MessageIdStore } from './message-id-store';

export interface MemoryMessageIdStoreOptions {
  /** Where the files live, one process at a time. Unset: nothing outlives the process. */
  readonly dir?: string;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** Ids are kept by slices of this length; the current one and the two before are asked. */
export const SLICE_MS = 12 * 3_600_000;
const SLICES_BEFORE = 2;
/** Print (float64) and spread (uint32), little-endian. */
const ENTRY_BYTES = 12;

/**
 * Message ids of one process, all in RAM, no replication. With `dir` each exchange first appends what it adds to a file per 12 hours, so kill -9
 * forgets nothing; a power cut may. Damaged files need no repair: an entry is an id that is remembered or not.
 * @throws STATE_UNAVAILABLE when the files cannot be read
 */
export async function openMemoryMessageIdStore(options: MemoryMessageIdStoreOptions = {}): Promise<MessageIdStore> {
  const { dir, now = Date.now } = options;
  try {
    return new MemoryMessageIdStore(dir, now);
  } catch (cause) {
    throw new AppError('STATE_UNAVAILABLE', `the message ids in ${dir} cannot be read`, { cause });
  }
}

/** The ids of 12 hours and their file; `fd` is null without one. */
interface Slice {
  readonly table: FingerprintTable;
  readonly fd: number | null;
  bytes: number;
}

class MemoryMessageIdStore implements MessageIdStore {
  readonly kind = 'memory';
  private readonly slices = new Map<number, Slice>();
  private closed = false;

  constructor(
    private readonly dir: string | undefined,
    private readonly now: () => number,
  ) {
    if (dir === undefined) return;
    mkdirSync(dir, { recursive: true });
    for (const name of readdirSync(dir)) {
      const number = /^(\d+)\.ids$/.exec(name)?.[1];
      if (number !== undefined) this.open(Number(number));
    }
    this.forgetBefore(this.currentSlice() - SLICES_BEFORE);
  }

  async exchange(asked: Fingerprints, added: Fingerprints): Promise<boolean[]> {
    if (this.closed) throw unavailable('the message ids are closed');
    const current = this.currentSlice();
    if (added.length > 0) this.add(current, added);
    this.forgetBefore(current - SLICES_BEFORE);
    return Array.from({ length: asked.length }, (_, i) => this.has(asked.prints[i]!, asked.spreads[i]!));
  }

  async ping(): Promise<void> {
    if (this.closed) throw unavailable('the message ids are closed');
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const number of [...this.slices.keys()]) this.drop(number);
  }

  private currentSlice(): number {
    return Math.floor(this.now() / SLICE_MS);
  }

  private has(print: number, spread: number): boolean {
    for (const { table } of this.slices.values()) if (table.has(print, spread)) return true;
    return false;
  }

  private add(number: number, { prints, spreads, length }: Fingerprints): void {
    const slice = this.slices.get(number) ?? this.open(number);
    const fresh = Buffer.allocUnsafe(length * ENTRY_BYTES);
    let end = 0;
    for (let i = 0; i < length; i++) {
      if (slice.table.has(prints[i]!, spreads[i]!)) continue;
      fresh.writeDoubleLE(prints[i]!, end);
      fresh.writeUInt32LE(spreads[i]!, end + 8);
      end += ENTRY_BYTES;
    }
    append(slice, fresh, end);
    for (let i = 0; i < length; i++) slice.table.add(prints[i]!, spreads[i]!);
  }

  private open(number: number): Slice {
    const slice: Slice = { table: new FingerprintTable(), fd: this.openFile(number), bytes: 0 };
    this.slices.set(number, slice);
    if (slice.fd === null) return slice;
    const bytes = readFileSync(slice.fd);
    // What a killed process left of its last entry is overwritten by the next one.
    slice.bytes = bytes.length - (bytes.length % ENTRY_BYTES);
    for (let at = 0; at < slice.bytes; at += ENTRY_BYTES) {
      const print = bytes.readDoubleLE(at);
      if (Number.isSafeInteger(print) && print > 0) slice.table.add(print, bytes.readUInt32LE(at + 8));
    }
    return slice;
  }

  private openFile(number: number): number | null {
    if (this.dir === undefined) return null;
    const path = join(this.dir, `${number}.ids`);
    try {
      return openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
    } catch (cause) {
      throw unavailable(`${path} cannot be opened`, cause);
    }
  }

  private forgetBefore(first: number): void {
    for (const number of this.slices.keys()) {
      if (number >= first) continue;
      this.drop(number);
      if (this.dir !== undefined) rmSync(join(this.dir, `${number}.ids`), { force: true });
    }
  }

  private drop(number: number): void {
    const fd = this.slices.get(number)?.fd ?? null;
    if (fd !== null) closeSync(fd);
    this.slices.delete(number);
  }
}

/** Writes behind what is there. After a failure the next call writes over the part that was written. @throws STATE_UNAVAILABLE (retryable) */
function append(slice: Slice, entries: Buffer, length: number): void {
  if (slice.fd === null) return;
  try {
    for (let done = 0; done < length;) done += writeSync(slice.fd, entries, done, length - done, slice.bytes + done);
  } catch (cause) {
    throw unavailable('message ids cannot be written', cause);
  }
  slice.bytes += length;
}

function unavailable(message: string, cause?: unknown): AppError {
  return new AppError('STATE_UNAVAILABLE', message, { cause, retryable: true });
}
