import type { TrackState } from '../tracks/track';
import type { RecentIds } from './recent-ids';

/** How many of the latest events keep their message id for evidence; older ones are told by name, time and value. */
const IDS_KEPT = 32;
const LEAST_TABLE = 64;

/** An accepted event whose time has not come, as protobuf bytes. */
export interface PendingEvent {
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

/**
 * What a rule engine keeps about one user: the times of the events that can still matter, small accumulators that refer to them by
 * slot, and which rules hold. Made and changed by the engine of one rule set only.
 */
export class UserRuleState {
  /** The latest `nowMs` the engine was given, epoch milliseconds UTC; never goes back. */
  clockMs = -Infinity;
  /**
   * The first moment after `clockMs` at which a membership may change without a further event; Infinity when none. Never too late, and
   * seldom too early (then `advance` finds nothing).
   */
  nextCheckAtMs = Infinity;

  /** @internal Memberships were told once. */
  started = false;
  /** @internal Ascending; `tracks[i]` is the state of the track `trackIds[i]`. */
  readonly trackIds: number[] = [];
  /** @internal */
  readonly tracks: TrackState[] = [];
  /** @internal Event table: event times by slot, in order of arrival. */
  readonly times: number[] = [];
  /** @internal Message ids by slot; '' when there is none or no more. */
  readonly ids: string[] = [];
  /** @internal By slot: the how-manieth event it was. */
  readonly numbers: number[] = [];
  /** @internal Events so far, counted from anywhere. */
  entered = 0;
  /** @internal Table length at which slots nobody refers to are dropped. */
  compactAt = LEAST_TABLE;
  /** @internal By time, then arrival. */
  readonly pending: PendingEvent[] = [];
  /** @internal Latest time of a future event that found no room; -Infinity when none. */
  lostFutureMs = -Infinity;

  /** @internal */
  constructor(
    readonly userKey: string,
    /** @internal One bit per leaf condition. */
    readonly leafBits: Uint32Array,
    /** @internal One bit per rule. */
    readonly ruleBits: Uint32Array,
    /** @internal `null` when the caller drops repeats. */
    readonly recent: RecentIds | null,
  ) {}

  /** @internal */
  track(id: number): TrackState | undefined {
    const at = this.indexOf(id);
    return this.trackIds[at] === id ? this.tracks[at] : undefined;
  }

  /** @internal Tracks must come with ids that are not there yet. */
  addTrack(id: number, state: TrackState): void {
    const at = this.indexOf(id);
    this.trackIds.splice(at, 0, id);
    this.tracks.splice(at, 0, state);
  }

  /** @internal The slot of a new event. */
  addEvent(atMs: number, messageId: string): number {
    this.ids.push(messageId);
    this.numbers.push(this.entered++);
    return this.times.push(atMs) - 1;
  }

  /** @internal '' when it is not among the last 32 events. */
  messageId(slot: number): string {
    return this.entered - this.numbers[slot]! <= IDS_KEPT ? this.ids[slot]! : '';
  }

  /**
   * @internal Drops the slots that none of the lists holds and renumbers the others in the lists, keeping their order.
   * Costs one pass over lists and table.
   */
  compact(lists: readonly number[][]): void {
    const live = new Uint8Array(this.times.length);
    for (const list of lists) for (const slot of list) live[slot] = 1;
    const renamed = new Uint32Array(this.times.length);
    let size = 0;
    for (let slot = 0; slot < live.length; slot++) {
      if (live[slot] === 0) continue;
      this.times[size] = this.times[slot]!;
      this.ids[size] = this.messageId(slot);
      this.numbers[size] = this.numbers[slot]!;
      renamed[slot] = size++;
    }
    this.compactAt = Math.max(LEAST_TABLE, 2 * size);
    if (size === live.length) return;
    this.times.length = size;
    this.ids.length = size;
    this.numbers.length = size;
    for (const list of lists) for (let i = 0; i < list.length; i++) list[i] = renamed[list[i]!]!;
  }

  private indexOf(id: number): number {
    const { trackIds } = this;
    let low = 0;
    let high = trackIds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (trackIds[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function bit(bits: Uint32Array, index: number): boolean {
  return ((bits[index >>> 5]! >>> (index & 31)) & 1) === 1;
}

export function setBit(bits: Uint32Array, index: number, value: boolean): void {
  const mask = 1 << (index & 31);
  if (value) bits[index >>> 5]! |= mask;
  else bits[index >>> 5]! &= ~mask;
}
