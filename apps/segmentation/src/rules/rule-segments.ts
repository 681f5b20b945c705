import { AppError, TOPICS, describeError, partitionForKey, type Event } from '@tradewind/contracts';
import type { Batch, LogRecord } from '@tradewind/eventing';
import type { FeatureStore, UserState } from '@tradewind/feature-store';
import { RepeatLatest, type Platform } from '@tradewind/runtime';
import { FollowSegments } from './follow-segments';
import { HeldPartitions, type HeldPartition } from './held-partitions';
import { LiveBatch, queueOf } from './live-batch';
import { rebuildPartition } from './rebuild';
import type { ClockMode } from './rule-clock';
import { RULES } from './rule-record';
import type { RuleSet } from './rule-set';
import { RuleTimers } from './rule-timers';

export interface RuleSegmentsOptions {
  readonly platform: Platform;
  readonly features: FeatureStore;
  readonly group: string;
  readonly mode: ClockMode;
  readonly refreshMs: number;
}

/** Segments by rule: follows the definitions, evaluates them with every event, tells what time changes, and makes states anew when rules change. */
export class RuleSegments {
  readonly partitions: HeldPartitions;
  private readonly following: FollowSegments;
  private readonly timers: RuleTimers;
  private readonly rebuilding: RepeatLatest;
  private readonly restoring: RepeatLatest;
  private stopListening: () => void = () => undefined;
  private current = new AbortController();
  private isStopped = false;

  constructor(private readonly options: RuleSegmentsOptions) {
    const { platform, group, mode, features, refreshMs } = options;
    this.partitions = new HeldPartitions({ platform, group, mode, live: () => this.following.rules });
    this.following = new FollowSegments({ platform, refreshMs, onChanged: () => this.adopt() });
    this.timers = new RuleTimers({ platform, features, partitions: this.partitions, onOpened: (held) => this.onOpened(held) });
    const tell = (what: string) => (error: unknown) => platform.logger.error(what, { error: describeError(error) });
    this.rebuilding = new RepeatLatest(
      (signal) => this.rebuildAll(signal),
      tell('users were not all moved to the live segments; tried again'),
    );
    this.restoring = new RepeatLatest((signal) => this.restoreTimers(signal), tell('timers were not all restored'));
  }

  /** The live rule set; `null` while it was not read. */
  get rules(): RuleSet | null {
    return this.following.rules;
  }

  async start(): Promise<void> {
    const { platform, group } = this.options;
    this.stopListening = platform.gate.onAssigned(group, () => this.partitions.clear());
    await this.following.start();
    this.timers.start();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.stopListening();
    this.current.abort();
    await Promise.all([this.following.stop(), this.timers.stop(), this.rebuilding.stop(), this.restoring.stop()]);
  }

  /** Rules during one batch; call it inside the partition's gate. */
  async begin(batch: Batch, messages: readonly { readonly record: LogRecord; readonly message: Event }[]): Promise<LiveBatch> {
    const { platform, mode } = this.options;
    const known = this.partitions.get(batch.partition);
    const held = known ?? (await this.partitions.open(batch.partition));
    if (known === undefined) this.onOpened(held);
    const { partitions } = this;
    return new LiveBatch({ held, partitions, dueTimes: platform.state.dueTimes, mode, nowMs: platform.now(), messages, batch });
  }

  /** Looks at the definitions now, and resolves when every partition held here follows them and nothing is due. For tests and tools. */
  async settled(): Promise<void> {
    await this.following.refresh();
    await this.timers.tick();
    await this.restoring.idle();
    while (this.stale().length + this.partitions.closed().length > 0) {
      if (this.isStopped) throw new AppError('SHUTTING_DOWN', 'segments by rule were stopped before all users were moved');
      this.rebuilding.request();
      await this.rebuilding.idle();
      await pause(WAIT_MS / 10);
      await this.timers.tick();
    }
    await this.timers.tick();
  }

  /** The rule set that the user's state is by, and how far time has gone; `null` while the state is being made. */
  standingOf(user: UserState): { readonly rules: RuleSet; readonly untilMs: number } | null {
    const { rules } = this;
    if (rules === null || user.of(RULES).stateOf(rules.engine, user.userKey) === null) return null;
    const held = this.partitions.get(partitionForKey(Buffer.from(user.userKey), TOPICS.events.partitions));
    const untilMs = held ? this.partitions.horizonOf(held) : this.options.mode === 'wall' ? this.options.platform.now() : -Infinity;
    return { rules, untilMs };
  }

  private onOpened(held: HeldPartition): void {
    if (!this.options.platform.state.dueTimes.isDurable) this.restoring.request();
    if (this.isStale(held)) this.rebuilding.request();
  }

  /** Another rule set is live. One that decides the same takes its place at once. */
  private adopt(): void {
    const { rules } = this;
    for (const held of this.partitions.opened()) if (held.rules?.fingerprint === rules?.fingerprint) held.rules = rules;
    this.current.abort();
    this.current = new AbortController();
    this.rebuilding.request();
  }

  private isStale(held: HeldPartition): boolean {
    return this.rules !== null && (held.isMixed || held.rules?.fingerprint !== this.rules.fingerprint);
  }

  private stale(): HeldPartition[] {
    return this.partitions.opened().filter((held) => this.isStale(held));
  }

  /** Those first that the group has handled as far as any record may be. */
  private async rebuildAll(signal: AbortSignal): Promise<void> {
    const { platform, features, mode } = this.options;
    for (;;) {
      const stale = this.stale();
      const { rules, current } = this;
      if (stale.length === 0 || rules === null || signal.aborted) return;
      const held = stale.find(({ handledOffset, settledFrom }) => handledOffset >= settledFrom);
      if (held === undefined) {
        await pause(WAIT_MS);
        continue;
      }
      const startedAtMs = platform.now();
      const ends = AbortSignal.any([signal, current.signal]);
      const users = await rebuildPartition({ platform, features, partitions: this.partitions, mode }, held, rules, ends);
      if (users !== null && users > 0)
        platform.logger.info('users moved to the live segments', {
          partition: held.partition,
          users,
          durationMs: platform.now() - startedAtMs,
        });
    }
  }

  /** Timers that were gone with the former process. */
  private async restoreTimers(signal: AbortSignal): Promise<void> {
    const { features, platform } = this.options;
    for await (const page of features.scan()) {
      if (signal.aborted) return;
      for (const user of page) {
        const partition = partitionForKey(Buffer.from(user.userKey), TOPICS.events.partitions);
        const engine = this.partitions.get(partition)?.rules?.engine;
        const atMs = engine && user.of(RULES).stateOf(engine, user.userKey)?.nextCheckAtMs;
        if (atMs !== undefined && atMs !== Infinity)
          await platform.state.dueTimes.schedule(queueOf(partition), [{ key: user.userKey, atMs }]);
      }
    }
  }
}

const WAIT_MS = 100;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
