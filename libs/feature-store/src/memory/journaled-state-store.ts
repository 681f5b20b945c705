import { mkdir, open, readdir, rm, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@tradewind/contracts';
import { MemoryDueTimes } from '../due-times/memory-due-times';
import type { StateStore, StateWrite } from '../state-store';
import { MemoryStateStore } from './memory-state-store';
import { readFile, syncDirectory } from './snapshot-file';
import { encodeFrame, readFrames, type StateChange } from './state-frame';

export interface MemoryStateStoreOptions {
  /** Where snapshot and journals live; one process at a time. Unset: nothing outlives the process. */
  readonly dir?: string;
  /** True also survives a power cut, at the price of one fdatasync per group of writes. @default false: survives kill -9, not a power cut */
  readonly fsync?: boolean;
  /** A journal that grew past this and past twice the snapshot is folded into a new snapshot. @default 64 MiB */
  readonly compactBytes?: number;
}

/** A memory store; with `dir` its writes are journaled before they are acknowledged and it opens with all of them. @throws STATE_CORRUPT, STATE_UNAVAILABLE */
export async function openMemoryStateStore(options: MemoryStateStoreOptions = {}): Promise<StateStore> {
  if (options.dir === undefined) return new MemoryStateStore();
  const { dir, fsync = false, compactBytes = 64 << 20 } = options;
  return JournaledStateStore.open(dir, fsync, compactBytes);
}

interface Waiting {
  readonly frames: readonly Buffer[];
  done(error?: AppError): void;
}

/**
 * Limits: one process, everything in RAM, no replication. A write is acknowledged once it is in the journal file.
 *
 * Files: `state.snapshot` and `state.<n>.journal`, ascending. Opening reads the snapshot, then the journals in order;
 * replaying a journal that the snapshot already includes changes nothing, because writes are conditional on the revision
 * and later ones follow. Compaction starts journal n+1, writes the snapshot, then deletes journals up to n.
 */
class JournaledStateStore implements StateStore {
  readonly kind = 'memory';
  readonly dueTimes = new MemoryDueTimes();
  private waiting: Waiting[] = [];
  private flushing: Promise<void> | null = null;
  private compacting: Promise<void> | null = null;
  private snapshotBytes = 0;
  private closed = false;
  /** The journal's end is damaged and could not be cut off: nothing may be appended any more. */
  private broken: AppError | null = null;
  private compactionError: AppError | null = null;

  private constructor(
    private readonly dir: string,
    private readonly fsync: boolean,
    private readonly compactBytes: number,
    private readonly memory: MemoryStateStore,
    private generation: number,
    private journal: FileHandle,
    private journalBytes: number,
  ) {}

  static async open(dir: string, fsync: boolean, compactBytes: number): Promise<JournaledStateStore> {
    const memory = new MemoryStateStore();
    await mkdir(dir, { recursive: true });
    await memory.restore(join(dir, 'state.snapshot'));
    const generations = await journalsIn(dir);
    const last = generations.at(-1) ?? 1;
    for (const generation of generations) await replay(journalFile(dir, generation), memory, generation === last);
    const journal = await open(journalFile(dir, last), 'a+');
    const { size } = await journal.stat();
    const store = new JournaledStateStore(dir, fsync, compactBytes, memory, last, journal, size);
    if (generations.length > 1) await store.compact();
    return store;
  }

  readMany(keys: readonly string[]): Promise<(Buffer | null)[]> {
    return this.memory.readMany(keys);
  }

  async writeMany(writes: readonly StateWrite[]): Promise<string[]> {
    const refused = this.memory.put(writes);
    await this.append(writes); // with the refused ones: replaying refuses them again
    return refused;
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    this.memory.remove(keys);
    await this.append(keys.map((key) => ({ key, value: null })));
  }

  scan(prefix: string): AsyncIterable<readonly (readonly [key: string, value: Buffer])[]> {
    return this.memory.scan(prefix);
  }

  /** @throws STATE_UNAVAILABLE while the journal cannot be written or compacted. */
  async ping(): Promise<void> {
    const error = this.broken ?? this.compactionError;
    if (error !== null) throw error;
  }

  /** Waits for running writes. Idempotent. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.settled();
    await this.compacting;
    await this.journal.close();
  }

  private async settled(): Promise<void> {
    while (this.flushing !== null) await this.flushing;
  }

  /** Resolves once the changes are in the file. Calls that come while one is being written share the next write. */
  private append(changes: readonly StateChange[]): Promise<void> {
    if (changes.length === 0) return Promise.resolve();
    if (this.broken !== null || this.closed) return Promise.reject(this.broken ?? this.unavailable('is closed'));
    const frames = changes.map(encodeFrame);
    return new Promise((resolve, reject) => {
      this.waiting.push({ frames, done: (error) => (error === undefined ? resolve() : reject(error)) });
      this.flushing ??= this.flush();
    });
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      const error = await this.write(Buffer.concat(group.flatMap(({ frames }) => frames)));
      for (const { done } of group) done(error);
    }
    this.flushing = null;
    if (this.journalBytes > Math.max(this.compactBytes, 2 * this.snapshotBytes)) this.compacting ??= this.compactInBackground();
  }

  private async write(bytes: Buffer): Promise<AppError | undefined> {
    try {
      await this.journal.appendFile(bytes);
      if (this.fsync) await this.journal.datasync();
      this.journalBytes += bytes.length;
      return undefined;
    } catch (cause) {
      return this.cutOff(cause);
    }
  }

  /** Removes what a failed write left, so that later frames stay readable. */
  private async cutOff(cause: unknown): Promise<AppError> {
    try {
      await this.journal.truncate(this.journalBytes);
      return this.unavailable('cannot be written', cause);
    } catch (truncating) {
      this.broken = new AppError('STATE_UNAVAILABLE', `the state journal in ${this.dir} has a damaged end`, { cause: truncating });
      return this.broken;
    }
  }

  private unavailable(what: string, cause?: unknown): AppError {
    return new AppError('STATE_UNAVAILABLE', `the state journal in ${this.dir} ${what}`, { cause, retryable: true });
  }

  /** A failed compaction leaves the journals as they are: `ping` tells, and the next flush tries again. */
  private async compactInBackground(): Promise<void> {
    try {
      await this.compact();
      this.compactionError = null;
    } catch (cause) {
      this.compactionError = this.unavailable('cannot be compacted', cause);
    } finally {
      this.compacting = null;
    }
  }

  private async compact(): Promise<void> {
    const next = await open(journalFile(this.dir, this.generation + 1), 'a+');
    await this.settled();
    const previous = this.journal;
    this.generation++;
    this.journal = next;
    this.journalBytes = 0;
    await previous.close();
    const file = join(this.dir, 'state.snapshot');
    await this.memory.snapshot(file);
    this.snapshotBytes = await sizeOf(file);
    for (const generation of await journalsIn(this.dir)) if (generation < this.generation) await rm(journalFile(this.dir, generation));
    await syncDirectory(this.dir);
  }
}

async function replay(file: string, memory: MemoryStateStore, isLast: boolean): Promise<void> {
  const frames = readFrames(readFile(file));
  let whole = 0;
  for (;;) {
    const { done, value } = await frames.next();
    if (done) {
      whole = value;
      break;
    }
    if (value.value === null) memory.remove([value.key]);
    else memory.put([value]);
  }
  if (whole === (await sizeOf(file))) return;
  if (!isLast)
    throw new AppError(
      'STATE_CORRUPT',
      `the state journal ${file} is damaged after ${whole} bytes; restore its folder from a backup, or rebuild it from the log (docs/failures.md)`,
    );
  await truncate(file, whole); // the write that the crash cut short was never acknowledged
}

async function journalsIn(dir: string): Promise<number[]> {
  const names = await readdir(dir);
  const numbers = names.flatMap((name) => /^state\.(\d+)\.journal$/.exec(name)?.[1] ?? []).map(Number);
  return numbers.sort((a, b) => a - b);
}

function journalFile(dir: string, generation: number): string {
  return join(dir, `state.${generation}.journal`);
}

async function sizeOf(file: string): Promise<number> {
  const handle = await open(file, 'r');
  try {
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}
