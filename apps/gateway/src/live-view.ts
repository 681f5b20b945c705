import { randomUUID } from 'node:crypto';
import { EVENT, ITEM, RANKED_LIST, RELEASE, TOPICS, TRANSITION, TransitionKind, describeError, type TopicSpec } from '@tradewind/contracts';
import type { Following, LogRecord, Subscription } from '@tradewind/eventing';
import type { Platform } from '@tradewind/runtime';

const RECENT = 12;
const RATE_WINDOW_MS = 10_000;

export interface LiveTransition {
  readonly userKey: string;
  readonly segment: string;
  readonly kind: 'entered' | 'exited';
  readonly why: string;
  readonly occurredAtMs: number;
}

export interface LiveList {
  readonly userKey: string;
  readonly strategy: string;
  readonly items: readonly { readonly itemId: string; readonly title: string; readonly reason: string }[];
  readonly generatedAtMs: number;
}

/** What the page shows, read once a second by the browser. */
export interface LiveSnapshot {
  readonly totals: {
    readonly events: number;
    readonly rejected: number;
    readonly transitions: number;
    readonly lists: number;
    readonly items: number;
  };
  /** Mean over the last 10 s. */
  readonly eventsPerSecond: number;
  readonly lastEventAtMs: number;
  /** Clusters, then segments by rule. */
  readonly segments: readonly { readonly segmentId: string; readonly segmentName: string; readonly members: number }[];
  readonly transitions: readonly LiveTransition[];
  readonly lists: readonly LiveList[];
  readonly models: readonly { readonly model: string; readonly version: string; readonly metrics: Readonly<Record<string, number>> }[];
  readonly backing: { readonly log: string; readonly state: string; readonly database: string };
}

/** Keeps the latest decisions in memory for the page: counts come from the log's offsets, the rest from the tail of the output topics. */
export class LiveView {
  private readonly transitions: LiveTransition[] = [];
  private readonly lists: LiveList[] = [];
  private readonly titles = new Map<string, string>();
  private readonly models = new Map<string, LiveSnapshot['models'][number]>();
  private readonly samples: { atMs: number; events: number }[] = [];
  private lastEventAtMs = 0;
  private subscriptions: Subscription[] = [];
  private followings: Following[] = [];

  constructor(private readonly platform: Platform) {}

  async start(): Promise<void> {
    const { log } = this.platform;
    this.followings = [
      await log.follow({ topic: TOPICS.catalogItems.name, onRecords: (records) => records.forEach((r) => this.onItem(r)) }),
      await log.follow({ topic: TOPICS.modelReleases.name, onRecords: (records) => records.forEach((r) => this.onRelease(r)) }),
    ];
    this.subscriptions = [
      await this.tail(TOPICS.segmentTransitions, (r) => this.onTransition(r)),
      await this.tail(TOPICS.recommendations, (r) => this.onList(r)),
      await this.tail(TOPICS.events, (r) => this.onEvent(r), true),
    ];
  }

  async stop(): Promise<void> {
    await Promise.all([...this.subscriptions, ...this.followings].map((running) => running.stop()));
  }

  async snapshot(): Promise<LiveSnapshot> {
    const { log, state, database } = this.platform;
    const [events, rejected, transitions, lists, clusters, byRule] = await Promise.all([
      this.count(TOPICS.events),
      this.count(TOPICS.rejected),
      this.count(TOPICS.segmentTransitions),
      this.count(TOPICS.recommendations),
      database.memberships.counts(),
      database.ruleMemberships.counts(),
    ]);
    return {
      totals: { events, rejected, transitions, lists, items: this.titles.size },
      eventsPerSecond: this.rate(events),
      lastEventAtMs: this.lastEventAtMs,
      segments: [...clusters, ...byRule],
      transitions: this.transitions,
      lists: this.lists,
      models: [...this.models.values()],
      backing: { log: log.kind, state: state.kind, database: database.kind },
    };
  }

  /** Each replica sees every record from now on, so each joins under a name of its own. */
  private async tail(topic: TopicSpec, onRecord: (record: LogRecord) => void, lastOnly = false): Promise<Subscription> {
    const subscription = await this.platform.log.subscribe({
      groupId: `gateway-live-${randomUUID()}`,
      topics: [topic.name],
      from: 'latest',
      onBatch: async ({ records }) => (lastOnly ? records.slice(-1) : records).forEach((record) => this.guarded(record, onRecord)),
    });
    subscription.finished.catch((error: unknown) =>
      this.platform.logger.error('the live view stopped', { topic: topic.name, error: describeError(error) }),
    );
    return subscription;
  }

  private guarded(record: LogRecord, onRecord: (record: LogRecord) => void): void {
    if (record.value === null) return;
    try {
      onRecord(record);
    } catch (error) {
      this.platform.logger.warn('the live view skipped a record', {
        topic: record.topic,
        offset: record.offset,
        error: describeError(error),
      });
    }
  }

  private async count(topic: TopicSpec): Promise<number> {
    const offsets = await this.platform.log.watermarks(topic.name);
    return offsets.reduce((sum, { high }) => sum + high, 0);
  }

  private rate(events: number): number {
    const atMs = this.platform.now();
    this.samples.push({ atMs, events });
    while (this.samples.length > 2 && this.samples[0]!.atMs < atMs - RATE_WINDOW_MS) this.samples.shift();
    const first = this.samples[0]!;
    return atMs === first.atMs ? 0 : ((events - first.events) * 1000) / (atMs - first.atMs);
  }

  private onEvent(record: LogRecord): void {
    this.lastEventAtMs = Math.max(this.lastEventAtMs, EVENT.decode(record.value).occurredAtMs);
  }

  private onItem(record: LogRecord): void {
    if (record.value === null) this.titles.delete(record.key?.toString() ?? '');
    this.guarded(record, ({ value }) => {
      const item = ITEM.decode(value);
      this.titles.set(item.itemId, item.title);
    });
  }

  private onRelease(record: LogRecord): void {
    this.guarded(record, ({ value }) => {
      const { model, version, manifestJson } = RELEASE.decode(value);
      const manifest = JSON.parse(Buffer.from(manifestJson).toString()) as { metrics?: Record<string, number> };
      this.models.set(model, { model, version, metrics: manifest.metrics ?? {} });
    });
  }

  private onTransition(record: LogRecord): void {
    const t = TRANSITION.decode(record.value);
    const strongest = [...t.evidence].sort((a, b) => b.contribution - a.contribution)[0];
    remember(this.transitions, {
      userKey: t.userKey,
      segment: t.segmentName,
      kind: t.kind === TransitionKind.TRANSITION_KIND_ENTERED ? 'entered' : 'exited',
      why: strongest ? `${strongest.feature} = ${Number(strongest.value.toPrecision(4))}` : '',
      occurredAtMs: t.occurredAtMs,
    });
  }

  private onList(record: LogRecord): void {
    const list = RANKED_LIST.decode(record.value);
    remember(this.lists, {
      userKey: list.userKey,
      strategy: list.strategy,
      items: list.items
        .slice(0, 5)
        .map(({ itemId, reasons }) => ({ itemId, title: this.titles.get(itemId) ?? itemId, reason: reasons[0]?.text ?? '' })),
      generatedAtMs: list.generatedAtMs,
    });
  }
}

function remember<T>(list: T[], entry: T): void {
  list.unshift(entry);
  if (list.length > RECENT) list.pop();
}
