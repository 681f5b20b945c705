import type { Fingerprints } from './fingerprints';

/** Which messages were published lately: fingerprints of their ids, kept for 24 to 36 hours from when they were added. */
export interface MessageIdStore {
  readonly kind: 'redis' | 'memory';
  /**
   * Remembers `added`, then looks `asked` up, in one round trip. Adding again changes nothing. Both may be used again once it settled.
   * @returns for each of `asked` whether it is remembered
   * @throws STATE_UNAVAILABLE (retryable); some of `added` may be remembered then
   */
  exchange(asked: Fingerprints, added: Fingerprints): Promise<boolean[]>;
  /** Resolves when the store answers. @throws STATE_UNAVAILABLE */
  ping(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Ids are kept by slices of this length; the current one and the two before are asked. */
export const SLICE_MS = 12 * 3_600_000;
const SLICES_BEFORE = 2;
/** Clocks of replicas may differ by this much: one that is behind still finds what one ahead wrote into the next slice. */
const CLOCK_TOLERANCE_MS = 60_000;

/** The slices, numbered from 1970, that hold what is still remembered at `nowMs`. */
export function slicesAt(nowMs: number): { readonly first: number; readonly current: number; readonly last: number } {
  const current = Math.floor(nowMs / SLICE_MS);
  return { first: current - SLICES_BEFORE, current, last: Math.floor((nowMs + CLOCK_TOLERANCE_MS) / SLICE_MS) };
}

/** How long what is added at `nowMs` must be kept, seconds. */
export function keepSeconds(nowMs: number): number {
  const end = (Math.floor(nowMs / SLICE_MS) + 1 + SLICES_BEFORE) * SLICE_MS;
  return Math.ceil((end + CLOCK_TOLERANCE_MS - nowMs) / 1000);
}
