import type { DueTimes } from './due-times/due-times';

/** One write: the new bytes of a key. */
export interface StateWrite {
  readonly key: string;
  /** Copied by the store before `writeMany` resolves; the caller may use the memory again then. */
  readonly value: Buffer;
  /**
   * How far the log was applied when this value was made: it never decreases for a key. A write whose revision is below the
   * stored one is refused, so a member that lost its partition cannot undo its successor's work; an equal one replaces it.
   * Safe integer, 0 or more.
   */
  readonly revision: number;
}

/** Bytes by key: Redis, or memory with the same behaviour. Values are opaque here; `FeatureStore` gives them meaning. */
export interface StateStore {
  readonly kind: 'redis' | 'memory';
  /** Timers beside the state, in keys or memory of their own: `scan` and `readMany` do not see them. */
  readonly dueTimes: DueTimes;
  /** Values in key order; `null` where there is none. One round trip per cluster node. @throws STATE_UNAVAILABLE (retryable) */
  readMany(keys: readonly string[]): Promise<(Buffer | null)[]>;
  /** Atomic per key, pipelined. @returns the keys that were refused because the stored revision is higher. @throws STATE_UNAVAILABLE (retryable) */
  writeMany(writes: readonly StateWrite[]): Promise<string[]>;
  deleteMany(keys: readonly string[]): Promise<void>;
  /** Keys and values under a prefix, in pages, in no order; keys written meanwhile may be missed, and a key may come twice. */
  scan(prefix: string): AsyncIterable<readonly (readonly [key: string, value: Buffer])[]>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
