import { AppError, describeError, isRetryable } from '@tradewind/contracts';
import type { SettledTime, FeatureStore, UserState } from '@tradewind/feature-store';
import type { Platform } from '@tradewind/runtime';
import { takeTime } from './apply-rules';
import type { HeldPartition, HeldPartitions } from './held-partitions';
import { queueOf } from './live-batch';
import { toMove, toRuleRecords } from './rule-outputs';
import { RULES } from './rule-record';
import { takeUntold } from './untold';

/** Users looked at in one go, with the partition's batches waiting. */
const SLICE = 500;
const LAG_EVERY_TICKS = 5;

export interface RuleTimersOptions {
  readonly platform: Platform;
  readonly features: FeatureStore;
  readonly partitions: HeldPartitions;
  /** Between two looks at what is due, milliseconds. @default 200 */
  readonly everyMs?: number;
  /** A partition was opened. */
  onOpened(held: HeldPartition): void;
}

/** Tells memberships that time alone changes, of the partitions held here: takes who is due, never goes through all users. */
export class RuleTimers {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private ticks = 0;
  private isFailing = false;

  constructor(private readonly options: RuleTimersOptions) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.running = this.run();
    }, this.options.everyMs ?? 200);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }

  /** Opens what is held, then takes everything that is due now. */
  async tick(): Promise<void> {
    const { partitions, onOpened } = this.options;
    for (const partition of partitions.closed()) onOpened(await partitions.enter(partition, () => partitions.open(partition)));
    if (this.ticks++ % LAG_EVERY_TICKS === 0) await partitions.refreshLag();
    await Promise.all(partitions.opened().map((held) => this.takeDue(held)));
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

  /** Outages are told once; the next tick tries again. */
  private tell(error: unknown): void {
    const { logger } = this.options.platform;
    const isLost = error instanceof AppError && error.code === 'STATE_CONFLICT';
    if (isLost || (isRetryable(error) && this.isFailing)) return;
    this.isFailing = true;
    logger[isRetryable(error) ? 'warn' : 'error']('due users were not looked at; the next look tries again', {
      error: describeError(error),
    });
  }

  private async takeDue(held: HeldPartition): Promise<void> {
    const { partitions, platform } = this.options;
    for (let isMore = true; isMore && !this.stopped && held.rules !== null;) {
      const due = await platform.state.dueTimes.due(queueOf(held.partition), partitions.horizonOf(held), SLICE);
      if (due.length === 0) return;
      isMore = await partitions.enter(held.partition, () => this.takeSlice(held));
    }
  }

  /** Publishes, saves, then settles: after a crash in between the users are looked at again. @returns whether more may be due */
  private async takeSlice(held: HeldPartition): Promise<boolean> {
    const { partitions, platform, features } = this.options;
    if (!partitions.holds(held.partition) || partitions.get(held.partition) !== held || held.rules === null) return false;
    const horizonMs = partitions.horizonOf(held);
    const due = await platform.state.dueTimes.due(queueOf(held.partition), horizonMs, SLICE);
    const users = await features.getMany(due.map(({ key }) => key));
    const looked = due.map(({ key, atMs }, i) => ({ key, seenMs: atMs, user: users[i] ?? null }));
    const taken = looked.map(({ user }) => (user === null ? null : this.take(user, held, horizonMs)));
    const records = taken.flatMap((each) => each?.records ?? []);
    if (records.length > 0) await platform.log.publish(records);
    // Also those that have not changed: what the cache believes of their due time is no longer so.
    await features.save(users.filter((user) => user !== null));
    const settled = looked.map(({ key, seenMs }, i): SettledTime => ({ key, seenMs, nextMs: finite(taken[i]?.nextMs) }));
    await platform.state.dueTimes.settle(queueOf(held.partition), settled);
    return due.length === SLICE;
  }

  private take(user: UserState, held: HeldPartition, horizonMs: number) {
    const record = user.of(RULES);
    const rules = this.options.partitions.rulesFor(held, record, user.userKey);
    const state = rules && record.stateOf(rules.engine, user.userKey);
    if (rules === null || state === null) return null;
    const untold = takeUntold(user);
    const decidedAtMs = this.options.platform.now();
    const changes = takeTime(rules, record, state, horizonMs);
    const records = changes.flatMap((change) =>
      toRuleRecords(toMove(user.userKey, change, rules.segments.get(change.segmentId)!, decidedAtMs)),
    );
    return { records: [...untold, ...records], nextMs: state.nextCheckAtMs };
  }
}

function finite(ms: number | undefined): number | null {
  return ms === undefined || ms === Infinity ? null : ms;
}
