import type { Fingerprints } from './fingerprints';

/** Which messages were published lately: fingerprints of their ids, kept for at least 24 hours from when they were added and at most 36. */
export interface MessageIdStore {
  readonly kind: 'redis' | 'memory';
  /**
   * Remembers `added`, then looks `asked` up, in one round trip. Adding again changes no answer, and may take room twice. Both may be used again once it settled.
   * @returns for each of `asked` whether it is remembered
   * @throws STATE_UNAVAILABLE (retryable); some of `added` may be remembered then
   */
  exchange(asked: Fingerprints, added: Fingerprints): Promise<boolean[]>;
  /** Resolves when the store answers. @throws STATE_UNAVAILABLE */
  ping(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}
