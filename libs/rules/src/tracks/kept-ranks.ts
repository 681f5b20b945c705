/** A leaf's wish: the `count` latest entries, as long as they are in its window. */
export interface Need {
  readonly count: number;
  /** Infinity for all time. */
  readonly windowMs: number;
}

/** Which entries of a list that ascends by time are needed: the r-th latest while it is in the longest window of those that count so far. */
export class KeptRanks {
  /** By rank from 1: the window in which an entry of that rank is needed. Never grows with the rank. */
  private windows: number[] = [0];

  need({ count, windowMs }: Need): void {
    for (let rank = this.windows.length; rank <= count; rank++) this.windows.push(0);
    for (let rank = 1; rank <= count; rank++) this.windows[rank] = Math.max(this.windows[rank]!, windowMs);
  }

  get most(): number {
    return this.windows.length - 1;
  }

  /** How many of the oldest entries can go: none of them is needed at `nowMs` or later. */
  surplus(slots: readonly number[], times: readonly number[], nowMs: number): number {
    const { windows } = this;
    let dropped = 0;
    while (dropped < slots.length) {
      const rank = slots.length - dropped;
      if (rank < windows.length && times[slots[dropped]!]! + windows[rank]! > nowMs) break;
      dropped++;
    }
    return dropped;
  }
}
