import type { TrackState } from '../tracks/track';
import { IDS_KEPT, MessageIds } from './message-ids';
import type { RecentIds } from './recent-ids';

/** Slots at which the event table is first looked through for what nobody needs any more. */
const LEAST_TABLE = 24;
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
  /** @internal Ascending; `tracks[i]` is the state of the track `trackIds[i]`, and `flips[i]` when the next of its leaves turns. */
  readonly trackIds: number[] = [];
  /** @internal */
  readonly tracks: TrackState[] = [];
  /** @internal */
  readonly flips: number[] = [];
  /** @internal Event table: event times by slot, in order of arrival. */
  readonly times: number[] = [];
  /** @internal Of the last events. */
  readonly ids = new MessageIds();
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
    readonly leafBits: number[],
    /** @internal One bit per rule. */
    readonly ruleBits: number[],
    /** @internal `null` when the caller drops repeats. */
    readonly recent: RecentIds | null,
  ) {}

  /** @internal Where the track stands, or would stand. */
  indexOf(id: number): number {
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

  /** @internal */
  track(id: number): TrackState | undefined {
    const at = this.indexOf(id);
    return this.trackIds[at] === id ? this.tracks[at] : undefined;
  }

  /** @internal At the place that `indexOf` told. */
  addTrack(at: number, id: number, state: TrackState): void {
    if (at === this.tracks.length) {
      this.trackIds.push(id);
      this.tracks.push(state);
      this.flips.push(Infinity);
      return;
    }
    this.trackIds.splice(at, 0, id);
    this.tracks.splice(at, 0, state);
    this.flips.splice(at, 0, Infinity);
  }

  /** @internal The slot of a new event. */
  addEvent(atMs: number, messageId: string): number {
    this.ids.set(this.entered, messageId);
    this.numbers.push(this.entered++);
    return this.times.push(atMs) - 1;
  }

  /** @internal '' when there is none or it is not among the last 16 events. */
  messageId(slot: number): string {
    const number = this.numbers[slot]!;
    return this.entered - number <= IDS_KEPT ? this.ids.get(number) : '';
  }

  /**
   * @internal Drops the slots that no track holds and renumbers the others, keeping their order. Costs one pass over tracks and table.
   */
  compact(): void {
    const { tracks, times, numbers } = this;
    const before = times.length;
    if (renamed.length < before) renamed = new Uint32Array(2 * before);
    renamed.fill(0, 0, before);
    for (let i = 0; i < tracks.length; i++) for (const slot of tracks[i]!.slots) renamed[slot] = 1;
    let size = 0;
    for (let slot = 0; slot < before; slot++) {
      if (renamed[slot] === 0) continue;
      times[size] = times[slot]!;
      numbers[size] = numbers[slot]!;
      renamed[slot] = size++;
    }
    this.compactAt = Math.max(LEAST_TABLE, 2 * size);
    if (size === before) return;
    times.length = size;
    numbers.length = size;
    for (let i = 0; i < tracks.length; i++) {
      const { slots } = tracks[i]!;
      for (let k = 0; k < slots.length; k++) slots[k] = renamed[slots[k]!]!;
    }
  }
}

/** Scratch space of `compact`: marks, then new numbers. */
let renamed = new Uint32Array(256);

export function bit(bits: number[], index: number): boolean {
  return ((bits[index >>> 5]! >>> (index & 31)) & 1) === 1;
}

export function setBit(bits: number[], index: number, value: boolean): void {
  const mask = 1 << (index & 31);
  if (value) bits[index >>> 5]! |= mask;
  else bits[index >>> 5]! &= ~mask;
}
