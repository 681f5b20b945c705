import { TRANSITION, TransitionKind } from '@tradewind/contracts';
import type { LogRecord } from '@tradewind/eventing';

/** Events that were sent late on purpose say nothing about latency. */
const LATE_MS = 60_000;

/** A transition of a user whose memberships are checked, as it was told. */
interface Told {
  readonly segmentId: string;
  readonly entered: boolean;
  readonly reason: string;
  readonly occurredAtMs: number;
}

export interface TallyOptions {
  /** Whose memberships are kept. */
  isSampled(userKey: string): boolean;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** Reads transitions off the topic: how late they came, and who is in which segment by them. */
export class MembershipTally {
  /** From the event's stamp to the transition in our hands, of what an event made so. */
  readonly entryMs: number[] = [];
  /** From the moment a window closed to the exit in our hands. */
  readonly exitMs: number[] = [];
  /** The same for who enters because a time has passed. */
  readonly dueEntryMs: number[] = [];
  /** All transitions. */
  count = 0;
  /** Latencies are kept of transitions whose event or due time is not before; epoch milliseconds. */
  measureFromMs = Infinity;
  private readonly told = new Map<string, Told[]>();
  /** When the last of each second's transitions came, by the second they were due in. */
  private readonly arrivals = new Map<number, number>();

  constructor(private readonly options: TallyOptions) {}

  take(records: readonly LogRecord[]): void {
    const nowMs = (this.options.now ?? Date.now)();
    for (const { value } of records) {
      const { userKey, segmentId, kind, reason, occurredAtMs } = TRANSITION.decode(value);
      const entered = kind === TransitionKind.TRANSITION_KIND_ENTERED;
      this.count++;
      this.arrivals.set(Math.floor(occurredAtMs / 1000), nowMs);
      this.measure(nowMs - occurredAtMs, occurredAtMs, entered, reason);
      if (!this.options.isSampled(userKey)) continue;
      const told = this.told.get(userKey);
      const one = { segmentId, entered, reason, occurredAtMs };
      if (told) told.push(one);
      else this.told.set(userKey, [one]);
    }
  }

  /** When the last transition came that was due by `atMs`, epoch milliseconds; 0 before any. */
  lastDueAtMs(atMs: number): number {
    let last = 0;
    for (const [second, arrivedMs] of this.arrivals) if (second * 1000 <= atMs) last = Math.max(last, arrivedMs);
    return last;
  }

  /** Segments by what was told of the user, but for what time changed after `atMs`. */
  membershipsAt(userKey: string, atMs: number): string[] {
    const members = new Set<string>();
    for (const { segmentId, entered, reason, occurredAtMs } of this.told.get(userKey) ?? []) {
      if (reason === 'time' && occurredAtMs > atMs) continue;
      if (entered) members.add(segmentId);
      else members.delete(segmentId);
    }
    return [...members].sort();
  }

  private measure(lateMs: number, occurredAtMs: number, entered: boolean, reason: string): void {
    if (occurredAtMs < this.measureFromMs) return;
    if (reason === 'time') (entered ? this.dueEntryMs : this.exitMs).push(lateMs);
    else if (reason === 'event' && entered && lateMs < LATE_MS) this.entryMs.push(lateMs);
  }
}
