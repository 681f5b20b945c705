import { AppError, TOPICS, deadLetterTopic, describeError, isRetryable } from '@tradewind/contracts';
import { toDeadLetterRecord, type Batch, type BatchHandler, type DeadLetter, type LogRecord } from '@tradewind/eventing';
import type { FeatureStore } from '@tradewind/feature-store';
import type { Platform } from '@tradewind/runtime';
import type { HeldPartition, HeldPartitions } from '../rules/held-partitions';
import { mergeAliases } from './merge-aliases';
import { movedBatches } from './moved-batches';
import type { PulledOffsets } from './pulled-offsets';

export interface IdentityMergeOptions {
  readonly platform: Platform;
  readonly features: FeatureStore;
  readonly partitions: HeldPartitions;
  /** The handler of event batches. */
  readonly handler: BatchHandler;
  /** Between two looks at the topics, milliseconds. @default 1000 */
  readonly everyMs?: number;
}

const TOPIC_OF = { links: TOPICS.identityLinks.name, moved: TOPICS.movedEvents.name } as const satisfies Record<
  keyof PulledOffsets,
  string
>;

/**
 * Merges aliases into whom they belong. Whoever holds a partition of the events reads the same partition of the identity links, whose keys are the
 * aliases' user keys, and of the moved events, whose keys are those of the people: so only one process changes a user, whichever topic speaks of him.
 */
export class IdentityMerge {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private isFailing = false;

  constructor(private readonly options: IdentityMergeOptions) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.running = this.run();
    }, this.options.everyMs ?? 1_000);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }

  /** Resolves when everything that is on the topics is taken; also what that sent on. For tests and tools. */
  async settled(): Promise<void> {
    while ((await this.tick()) > 0) if (this.stopped) throw new AppError('SHUTTING_DOWN', 'merging was stopped');
  }

  /** Takes what is new of the partitions held here. @returns records taken */
  private async tick(): Promise<number> {
    const links = await this.pull('links', (held, records) => this.takeLinks(held, records));
    return links + (await this.pull('moved', (_held, records) => this.takeMoved(records)));
  }

  private async run(): Promise<void> {
    try {
      await this.tick();
      this.isFailing = false;
    } catch (error) {
      this.tell(error);
    }
    if (!this.stopped) this.start();
  }

  /** Outages are told once; the next tick goes on where this one ended. */
  private tell(error: unknown): void {
    if (this.isFailing && isRetryable(error)) return;
    this.isFailing = true;
    this.options.platform.logger.warn('identities were not all merged; the next look goes on', { error: describeError(error) });
  }

  private async pull(
    what: keyof PulledOffsets,
    take: (held: HeldPartition, records: readonly LogRecord[]) => Promise<void>,
  ): Promise<number> {
    const { platform, partitions } = this.options;
    const topic = TOPIC_OF[what];
    const held = new Map(partitions.opened().map((each) => [each.partition, each]));
    const ends = await platform.log.watermarks(topic);
    const from = new Map(
      ends.flatMap(({ partition, low, high }) => {
        const next = Math.max(low, held.get(partition)?.pulled[what] ?? Infinity);
        return next < high ? [[partition, next] as const] : [];
      }),
    );
    if (from.size === 0) return 0;
    let taken = 0;
    for await (const page of platform.log.read(topic, { partitions: [...from.keys()], from })) {
      const [first, last] = [page[0]!, page.at(-1)!];
      const mine = held.get(first.partition)!;
      if (this.stopped) return taken;
      await partitions.enter(first.partition, async () => {
        if (!partitions.holds(first.partition) || partitions.get(first.partition) !== mine) return;
        await take(mine, page);
        mine.pulled[what] = last.offset + 1;
        await partitions.pulled.save(first.partition, mine.pulled);
      });
      taken += page.length;
    }
    // What compaction left out at the end is no news either.
    for (const { partition, high } of ends) {
      const mine = held.get(partition);
      if (from.has(partition) && mine !== undefined && mine.pulled[what] < high) mine.pulled[what] = high;
    }
    return taken;
  }

  private async takeLinks(held: HeldPartition, records: readonly LogRecord[]): Promise<void> {
    const { platform, features } = this.options;
    const { partition, rules, handledOffset, pulled } = held;
    const { log, now } = platform;
    const options = { log, features, now, partition, rules, handled: { events: handledOffset, moved: pulled.moved } };
    try {
      await mergeAliases(options, records);
    } catch (error) {
      if (isRetryable(error)) throw error;
      for (const record of records) await this.passOver(record, () => mergeAliases(options, [record]));
    }
  }

  /** One link that cannot be taken, e.g. as the alias's record is damaged, keeps no other from being taken; it stays on its topic. */
  private async passOver({ key, offset }: LogRecord, take: () => Promise<void>): Promise<void> {
    try {
      await take();
    } catch (error) {
      if (isRetryable(error) || !(error instanceof AppError)) throw error;
      this.options.platform.logger.error('an identity link was passed over', { alias: String(key), offset, error: describeError(error) });
    }
  }

  /** An alias's events at a time: a record's position is that in the alias's stream. */
  private async takeMoved(records: readonly LogRecord[]): Promise<void> {
    const { batches, deadLetters } = movedBatches(records);
    await this.setAside(deadLetters);
    for (const batch of batches) await this.fold(batch);
  }

  /** What does not decode, or cannot be folded, becomes a dead letter, as everywhere. */
  private async fold(batch: Batch): Promise<void> {
    try {
      const { outputs, deadLetters, persist } = await this.options.handler(batch, CONTEXT);
      await this.setAside(deadLetters);
      if (outputs.length > 0) await this.options.platform.log.publish(outputs);
      await persist?.();
    } catch (error) {
      if (isRetryable(error) || !(error instanceof AppError)) throw error;
      await this.setAside(batch.records.map((record) => ({ record, code: 'HANDLER_FAILED', reason: describeError(error) })));
    }
  }

  private async setAside(letters: readonly DeadLetter[]): Promise<void> {
    if (letters.length === 0) return;
    const facts = { service: 'segmentation-identity', attempts: 1, nowMs: this.options.platform.now() };
    await this.options.platform.log.publish(letters.map((letter) => ({ ...toDeadLetterRecord(letter, facts), topic: DEAD_LETTERS })));
  }
}

const DEAD_LETTERS = deadLetterTopic(TOPICS.movedEvents).name;
const CONTEXT = { signal: new AbortController().signal, heartbeat: () => Promise.resolve() };
