import { AppError, EVENT, PURPOSES, TOPICS, mayUseFor, type Event } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';
import { EventKind, PROFILE_FEATURES, createFeatureSet, kindOf, type UserState } from '@tradewind/feature-store';

/** The profile features alone: the columns that segmentation serves. */
export const PROFILE = createFeatureSet(PROFILE_FEATURES);

/** One product of one order of a known customer. */
export interface Purchase {
  readonly userKey: string;
  readonly itemId: string;
  /** Units. */
  readonly quantity: number;
  readonly occurredAtMs: number;
}

/** What the log says up to the moment it was read. Sorted, so that equal logs give equal models however their partitions interleave. */
export interface Snapshot {
  /** Customers with an order, by user key. */
  readonly userKeys: readonly string[];
  /** [userKeys, PROFILE.columns] float32, row-major, as of `untilMs`. */
  readonly profiles: Float32Array;
  /** By user, item, time. */
  readonly purchases: readonly Purchase[];
  /** Event time of the first and last event, epoch milliseconds UTC. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly events: number;
}

export interface SnapshotOptions {
  /** Share done, 0–1. */
  onProgress?(done: number): void;
}

/** Folds the whole log as serving folds it. Corrupt records are left out: serving sent them to the dead-letter topic. */
export async function takeSnapshot(log: EventLog, { onProgress }: SnapshotOptions = {}): Promise<Snapshot> {
  const total = (await log.watermarks(TOPICS.events.name)).reduce((sum, { low, high }) => sum + high - low, 0);
  const fold = new Fold();
  let read = 0;
  for await (const records of log.read(TOPICS.events.name)) {
    for (const record of records) fold.add(record, tryDecode(record.value));
    read += records.length;
    onProgress?.(total === 0 ? 1 : Math.min(1, read / total));
  }
  return fold.finish();
}

function tryDecode(value: Buffer | null): Event | null {
  try {
    return EVENT.decode(value);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

class Fold {
  private readonly states = new Map<string, UserState>();
  private readonly customers = new Set<string>();
  private readonly purchases: Purchase[] = [];
  private fromMs = Infinity;
  private untilMs = -Infinity;
  private events = 0;

  add(position: Parameters<typeof PROFILE.apply>[1], event: Event | null): void {
    // Serving leaves these out, too.
    if (event === null || !mayUseFor(PURPOSES.personalization, event)) return;
    const { userKey, occurredAtMs } = event;
    let state = this.states.get(userKey);
    if (state === undefined) this.states.set(userKey, (state = PROFILE.create(userKey)));
    if (PROFILE.apply(state, position, event) !== 'applied') return;
    this.events++;
    this.fromMs = Math.min(this.fromMs, occurredAtMs);
    this.untilMs = Math.max(this.untilMs, occurredAtMs);
    if (kindOf(event) !== EventKind.order) return;
    this.customers.add(userKey);
    if (event.userId === '') return; // one anonymous basket is no history
    for (const { productId, quantity } of event.items) {
      // As the item history of serving: a line without an item or without units is none.
      if (productId !== '' && quantity > 0 && Number.isFinite(quantity))
        this.purchases.push({ userKey, itemId: productId, quantity, occurredAtMs });
    }
  }

  finish(): Snapshot {
    const userKeys = [...this.customers].sort();
    const width = PROFILE.columns.length;
    const profiles = new Float32Array(userKeys.length * width);
    userKeys.forEach((userKey, row) => PROFILE.vector(this.states.get(userKey)!, this.untilMs, profiles, row * width));
    const { purchases, fromMs, untilMs, events } = this;
    purchases.sort(
      (a, b) => compare(a.userKey, b.userKey) || compare(a.itemId, b.itemId) || a.occurredAtMs - b.occurredAtMs || a.quantity - b.quantity,
    );
    return { userKeys, profiles, purchases, fromMs: events === 0 ? 0 : fromMs, untilMs: events === 0 ? 0 : untilMs, events };
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
