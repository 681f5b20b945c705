import { describeError } from '@tradewind/contracts';
import type { SegmentRow } from '@tradewind/persistence';
import type { Platform } from '@tradewind/runtime';
import { createRuleSet, type RuleSet } from './rule-set';

export interface FollowSegmentsOptions {
  readonly platform: Pick<Platform, 'database' | 'logger'>;
  /** Between two looks at the table, milliseconds. */
  readonly refreshMs: number;
  onChanged(rules: RuleSet): void;
}

/** Keeps the live rule set as the table of definitions says. Definitions that do not fit together are told once, and the former set stays. */
export class FollowSegments {
  /** `null` until the table was read. */
  rules: RuleSet | null = null;
  private seen = '';
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly options: FollowSegmentsOptions) {}

  /** Reads the table, then looks again every so often. A database that is away is tried again. */
  async start(): Promise<void> {
    await this.attempt();
    this.again();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }

  /** @throws DATABASE_UNAVAILABLE (retryable), RULE_INVALID */
  async refresh(): Promise<void> {
    const rows = (await this.options.platform.database.segments.list()).filter(({ enabled }) => enabled);
    const seen = rows.map(({ segmentId, version }) => `${segmentId}@${version}`).join();
    if (this.rules !== null && seen === this.seen) return;
    this.seen = seen;
    this.take(rows);
  }

  private take(rows: readonly SegmentRow[]): void {
    this.rules = createRuleSet(rows, this.rules);
    const { segments, fingerprint } = this.rules;
    if (segments.size > 0) this.options.platform.logger.info('segments are live', { segments: segments.size, fingerprint });
    this.options.onChanged(this.rules);
  }

  private again(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.attempt().then(() => this.again());
    }, this.options.refreshMs);
  }

  private async attempt(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      this.options.platform.logger.error('segments were not read, the former ones stay', { error: describeError(error) });
    }
  }
}
