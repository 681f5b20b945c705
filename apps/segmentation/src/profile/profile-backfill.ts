import { TOPICS, describeError, partitionForKey } from '@tradewind/contracts';
import { createAttribute, createFeatureSet, createFeatureStore, type FeatureStore } from '@tradewind/feature-store';
import { RepeatLatest, visitUsers } from '@tradewind/runtime';
import type { HeldPartition } from '../rules/held-partitions';
import { backfillPartition, type BackfillOptions } from './backfill-partition';

const PARTITIONS = Array.from({ length: TOPICS.events.partitions }, (_, partition) => partition);
const WAIT_MS = 100;
const RETRY_MS = 5_000;

/** What is kept of a partition of the events, in a record of its own. */
interface Marker {
  /** Of the declaration that all its users' profiles follow; '' while they are being made. */
  fingerprint: string;
  /** Nobody waits for events that the log no longer has. */
  isSwept: boolean;
}

const MARKER = createAttribute<Marker>({
  name: 'profile marker',
  tag: 1,
  initial: () => ({ fingerprint: '', isSwept: false }),
  encode(marker, writer) {
    writer.text(marker.fingerprint);
    writer.varint(marker.isSwept ? 1 : 0);
  },
  decode: (reader) => ({ fingerprint: reader.text(), isSwept: reader.varint() === 1 }),
});
const MARKERS = createFeatureSet([MARKER]);

export interface ProfileBackfillOptions extends BackfillOptions {
  /** The group of consumers that folds the events. */
  readonly consumers: string;
}

/**
 * Completes profiles after their declaration has changed: once for each partition and declaration, while events go on. Users of whom the log knows nothing
 * any more are given what someone without events has. Events that the log no longer has are not in what is made from it.
 */
export class ProfileBackfill {
  private readonly running: RepeatLatest;
  private readonly markers: FeatureStore;
  private readonly done = new WeakSet<HeldPartition>();
  /** What was kept of the partition when it was opened, if it was ours. */
  private readonly claimed = new WeakMap<HeldPartition, Marker>();
  private isSwept = true;
  private isStopped = false;
  private stopListening: () => void = () => undefined;
  private retry: NodeJS.Timeout | null = null;

  constructor(private readonly options: ProfileBackfillOptions) {
    const { platform } = options;
    this.markers = createFeatureStore({
      store: platform.state,
      features: MARKERS,
      prefix: 'segmentation-partition:profile:',
      cacheEntries: 0,
    });
    this.running = new RepeatLatest(
      (signal) => this.run(signal),
      (error) => {
        platform.logger.error('profiles were not all made from the log; tried again', { error: describeError(error) });
        this.retry = setTimeout(() => this.running.request(), RETRY_MS);
      },
    );
  }

  start(): void {
    this.stopListening = this.options.platform.gate.onAssigned(this.options.consumers, () => this.running.request());
    this.running.request();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.stopListening();
    await this.running.stop();
    if (this.retry !== null) clearTimeout(this.retry);
  }

  /** Resolves when every partition held here has complete profiles. For tests and tools. */
  async settled(): Promise<void> {
    do {
      this.running.request();
      await this.running.idle();
    } while (!this.isStopped && this.waiting().length + Number(!this.isSwept) > 0);
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { partitions } = this.options;
    for (;;) {
      const waiting = this.waiting();
      if (signal.aborted) return;
      if (waiting.length === 0) break;
      const opened = waiting.flatMap((partition) => partitions.get(partition) ?? []);
      for (const held of opened) await this.claim(held);
      // Those first whose records are no further than what was committed: else events between would be missed.
      const ready = opened.find(({ handledOffset, settledFrom }) => handledOffset >= settledFrom);
      if (ready === undefined) await pause(WAIT_MS);
      else await this.follow(ready, signal);
    }
    if (!this.isSwept) await this.sweep(signal);
  }

  private waiting(): number[] {
    return PARTITIONS.filter((partition) => this.options.partitions.holds(partition) && !this.isDone(partition));
  }

  private isDone(partition: number): boolean {
    const held = this.options.partitions.get(partition);
    return held !== undefined && this.done.has(held);
  }

  /** From now on nobody else's declaration can be taken for what the records follow, also when the partition goes back to them before ours is done. */
  private async claim(held: HeldPartition): Promise<void> {
    if (this.claimed.has(held)) return;
    const marker = (await this.markers.get(String(held.partition)))?.of(MARKER) ?? MARKER.initial();
    const isOurs = marker.fingerprint === this.options.group.fingerprint;
    if (!isOurs && marker.fingerprint !== '') await this.mark(held.partition, { fingerprint: '', isSwept: false });
    this.claimed.set(held, isOurs ? marker : MARKER.initial());
  }

  /** Makes a partition's profiles those of the declaration, if they are not. */
  private async follow(held: HeldPartition, signal: AbortSignal): Promise<void> {
    const { group, platform } = this.options;
    const { fingerprint } = group;
    const marker = this.claimed.get(held)!;
    if (marker.fingerprint !== fingerprint) {
      const startedAtMs = platform.now();
      const users = await backfillPartition(this.options, held, signal);
      if (users === null) return;
      await this.mark(held.partition, { fingerprint, isSwept: false });
      const durationMs = platform.now() - startedAtMs;
      if (users > 0) platform.logger.info('profiles made from the log', { partition: held.partition, users, durationMs });
    }
    this.isSwept &&= marker.isSwept;
    this.done.add(held);
  }

  /** Users without any event on the log wait for nothing. */
  private async sweep(signal: AbortSignal): Promise<void> {
    const { group, platform, features, consumers } = this.options;
    await visitUsers({
      features,
      gate: platform.gate,
      group: consumers,
      signal,
      isStale: (user) => !group.isComplete(user.of(group)) && this.isDone(partitionForKey(Buffer.from(user.userKey), PARTITIONS.length)),
      visit: async (users) => {
        for (const user of users) group.complete(user.of(group), null);
      },
    });
    if (signal.aborted) return;
    for (const partition of PARTITIONS)
      if (this.isDone(partition)) await this.mark(partition, { fingerprint: group.fingerprint, isSwept: true });
    this.isSwept = true;
  }

  private async mark(partition: number, marker: Marker): Promise<void> {
    const record = MARKERS.create(String(partition));
    Object.assign(record.of(MARKER), marker);
    await this.markers.save([record]);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
