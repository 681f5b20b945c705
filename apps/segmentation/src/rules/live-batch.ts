import { TOPICS, type Event, type LogPosition } from '@tradewind/contracts';
import type { Batch, LogRecord, OutboundRecord } from '@tradewind/eventing';
import type { DueTime, DueTimes, UserState } from '@tradewind/feature-store';
import { takeEvent } from './apply-rules';
import type { HeldPartition, HeldPartitions } from './held-partitions';
import { tick, type ClockMode } from './rule-clock';
import { toMove, toRuleRecords } from './rule-outputs';
import { RULES, type RuleRecord } from './rule-record';
import type { RuleSet } from './rule-set';
import { takeUntold } from './untold';

export interface LiveBatchOptions {
  readonly held: HeldPartition;
  readonly partitions: HeldPartitions;
  readonly dueTimes: DueTimes;
  readonly mode: ClockMode;
  readonly nowMs: number;
  /** All messages of the batch that decode, in log order: each moves the clock, also those that are not folded. */
  readonly messages: readonly { readonly record: LogRecord; readonly message: Event }[];
  readonly batch: Batch;
}

/** Rules during one batch. Nothing of it stays but by `persist`, so a batch may run again. */
export class LiveBatch {
  readonly outputs: OutboundRecord[] = [];
  private readonly touched = new Map<RuleRecord, { readonly userKey: string; readonly rules: RuleSet }>();
  private clockMs: number;
  private ticked = 0;

  constructor(private readonly options: LiveBatchOptions) {
    this.clockMs = options.held.clockMs;
  }

  /** Right after the event was folded into the user's profile; in log order. */
  take(user: UserState, event: Event, position: LogPosition): void {
    this.tickTo(position.offset);
    this.outputs.push(...takeUntold(user));
    const record = user.of(RULES);
    const rules = this.options.partitions.rulesFor(this.options.held, record, user.userKey);
    if (rules === null || rules.isEmpty) return;
    for (const change of takeEvent(rules, record, event, this.clockMs))
      this.outputs.push(...toRuleRecords(toMove(user.userKey, change, rules.segments.get(change.segmentId)!, this.options.nowMs)));
    this.touched.set(record, { userKey: user.userKey, rules });
  }

  /**
   * Due times first: a crash in between repeats the batch, which asks for them again; and a look too early finds nothing. The partition last:
   * a crash before it repeats the batch from the same clock.
   */
  async persist(persistUsers: () => Promise<void>): Promise<void> {
    const { held, partitions, dueTimes, batch } = this.options;
    this.tickTo(Infinity);
    const times = this.newTimes();
    await dueTimes.schedule(queueOf(held.partition), times);
    for (const { record, atMs } of times) record.scheduledAtMs = atMs;
    await persistUsers();
    held.clockMs = this.clockMs;
    await partitions.save(held);
    if (batch.topic !== TOPICS.events.name) return; // an alias's events: their offsets are another partition's
    held.handledOffset = batch.records.at(-1)!.offset + 1;
    held.caughtUp = held.handledOffset >= batch.highWatermark;
  }

  private newTimes(): (DueTime & { readonly record: RuleRecord })[] {
    return [...this.touched].flatMap(([record, { userKey, rules }]) => {
      const atMs = record.stateOf(rules.engine, userKey)!.nextCheckAtMs;
      return atMs < record.scheduledAtMs ? [{ key: userKey, atMs, record }] : [];
    });
  }

  private tickTo(offset: number): void {
    const { messages, mode, nowMs } = this.options;
    for (; this.ticked < messages.length && messages[this.ticked]!.record.offset <= offset; this.ticked++) {
      const { record, message } = messages[this.ticked]!;
      this.clockMs = tick(mode, this.clockMs, record, message, nowMs);
    }
  }
}

/** Where a partition's users wait for their time. */
export function queueOf(partition: number): string {
  return `segmentation:${partition}`;
}
