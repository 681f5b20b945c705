import { randomUUID } from 'node:crypto';
import type { FollowOptions, Following, LogRecord, PartitionOffsets, Subscription } from '../event-log';
import type { MemberOptions } from './kafka-member';

/** kafkajs fetches only as a member of a group, so a reader is the only member of a group of its own, which leaves nothing behind. */
type OpenReader = (options: MemberOptions) => Promise<Subscription>;

/** Chunks that wait for the reader; over it, fetching waits. */
const MAX_WAITING_CHUNKS = 4;

/** Where reading stands per partition. kafkajs may deliver again from before it after a reconnect; what was seen is dropped. */
class Places {
  private readonly next = new Map<number, number>();

  constructor(
    starts: ReadonlyMap<number, number>,
    private readonly ends: Map<number, number>,
  ) {
    for (const [partition, start] of starts) this.advance(partition, start);
  }

  get(partition: number): number | undefined {
    return this.next.get(partition);
  }

  get isAtEnd(): boolean {
    return this.ends.size === 0;
  }

  /** The records not seen yet, and below the end while there is one. */
  unseen(partition: number, records: readonly LogRecord[], end = Infinity): readonly LogRecord[] {
    const next = this.next.get(partition) ?? 0;
    if (records[0]!.offset >= next && records.at(-1)!.offset < end) return records;
    return records.filter(({ offset }) => offset >= next && offset < end);
  }

  advance(partition: number, next: number): void {
    if (next > (this.next.get(partition) ?? 0)) this.next.set(partition, next);
    if ((this.next.get(partition) ?? 0) >= (this.ends.get(partition) ?? Infinity)) this.ends.delete(partition);
  }
}

function readerOptions(topic: string, places: Places): Omit<MemberOptions, 'onBatch'> {
  return {
    groupId: `tradewind-reader-${randomUUID()}`,
    topics: [topic],
    commits: false,
    startAt: (_topic, partition) => places.get(partition),
  };
}

/** Hands every record of the topic to `options.onRecords`, from the start and for ever. */
export async function followTopic(options: FollowOptions, offsets: readonly PartitionOffsets[], open: OpenReader): Promise<Following> {
  const filled = offsets.filter(({ low, high }) => high > low);
  const places = new Places(new Map(), new Map(filled.map(({ partition, high }) => [partition, high])));
  let settle: { resolve(): void; reject(error: unknown): void } | undefined;
  const caughtUp = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  caughtUp.catch(() => undefined); // Its failure is that of `finished`, too.
  const tellWhenCaughtUp = () => places.isAtEnd && settle?.resolve();
  tellWhenCaughtUp();
  const subscription = await open({
    ...readerOptions(options.topic, places),
    onBatch: async ({ partition, records }) => {
      const unseen = places.unseen(partition, records);
      if (unseen.length > 0) await options.onRecords(unseen);
    },
    onAdvanced: (partition, next) => {
      places.advance(partition, next);
      tellWhenCaughtUp();
    },
  });
  subscription.finished.catch((error: unknown) => settle?.reject(error));
  return { caughtUp, finished: subscription.finished, stop: () => subscription.stop() };
}

export interface ReadRange {
  readonly partition: number;
  readonly start: number;
  /** One past the last offset to read. */
  readonly end: number;
}

/** Yields the records of the ranges, in order per partition, and leaves when it has them all or is left. */
export async function* readTopic(topic: string, ranges: readonly ReadRange[], open: OpenReader): AsyncGenerator<readonly LogRecord[]> {
  const ends = new Map(ranges.map(({ partition, end }) => [partition, end]));
  const places = new Places(new Map(ranges.map(({ partition, start }) => [partition, start])), new Map(ends));
  if (places.isAtEnd) return;
  const chunks = new Chunks();
  const subscription = await open({
    ...readerOptions(topic, places),
    startAt: (_topic, partition) => (ends.has(partition) ? places.get(partition) : 'skip'),
    onBatch: async ({ partition, records }) => {
      const unseen = places.unseen(partition, records, ends.get(partition) ?? 0);
      if (unseen.length > 0) await chunks.put(unseen);
    },
    onAdvanced: (partition, next) => {
      places.advance(partition, next);
      if (places.isAtEnd) chunks.end();
    },
  });
  subscription.finished.then(() => chunks.end()).catch((error: unknown) => chunks.end(error));
  try {
    for (let chunk = await chunks.take(); chunk !== null; chunk = await chunks.take()) yield chunk;
  } finally {
    chunks.end();
    await subscription.stop();
  }
}

/** A bounded queue between the fetching and the reading side. */
class Chunks {
  private readonly waiting: (readonly LogRecord[])[] = [];
  private ended: { error?: unknown } | null = null;
  private wake: (() => void)[] = [];

  /** Resolves when there is room for more, or nobody reads any more. */
  async put(chunk: readonly LogRecord[]): Promise<void> {
    if (this.ended) return;
    this.waiting.push(chunk);
    this.notify();
    while (this.waiting.length >= MAX_WAITING_CHUNKS && !this.ended) await this.changed();
  }

  /** The next chunk, or null after the last one. @throws the error it was ended with */
  async take(): Promise<readonly LogRecord[] | null> {
    while (this.waiting.length === 0) {
      if (this.ended?.error !== undefined) return Promise.reject(this.ended.error);
      if (this.ended) return null;
      await this.changed();
    }
    this.notify();
    return this.waiting.shift()!;
  }

  end(error?: unknown): void {
    this.ended ??= { error };
    this.notify();
  }

  private changed(): Promise<void> {
    return new Promise((resolve) => this.wake.push(resolve));
  }

  private notify(): void {
    for (const wake of this.wake.splice(0)) wake();
  }
}
