import { ITEM, TOPICS, describeError } from '@tradewind/contracts';
import type { EventLog, Following, LogRecord } from '@tradewind/eventing';
import type { Logger } from '@tradewind/observability';

/** Titles of all items, mirrored from `catalog.items.v1` into memory. */
export class Catalogue {
  private readonly titles = new Map<string, string>();
  private following: Following | null = null;

  constructor(
    private readonly log: EventLog,
    private readonly logger: Logger,
  ) {}

  /** Resolves when everything that was in the topic is here. */
  async start(): Promise<void> {
    this.following = await this.log.follow({
      topic: TOPICS.catalogItems.name,
      onRecords: (records) => records.forEach((record) => this.take(record)),
    });
    await this.following.caughtUp;
  }

  async stop(): Promise<void> {
    await this.following?.stop();
  }

  /** The item's title, or its id when the catalogue does not know it. */
  title(itemId: string): string {
    return this.titles.get(itemId) ?? itemId;
  }

  private take(record: LogRecord): void {
    const itemId = record.key?.toString() ?? '';
    if (record.value === null) {
      this.titles.delete(itemId);
      return;
    }
    try {
      this.titles.set(itemId, ITEM.decode(record.value).title);
    } catch (error) {
      this.logger.warn('catalogue item skipped', { offset: record.offset, partition: record.partition, error: describeError(error) });
    }
  }
}
