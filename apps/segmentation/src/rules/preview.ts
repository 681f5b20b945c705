import { AppError, EVENT, TOPICS } from '@tradewind/contracts';
import { decodeBatch } from '@tradewind/eventing';
import { MemoryStateStore, createFeatureSet, createFeatureStore } from '@tradewind/feature-store';
import type { SegmentRow } from '@tradewind/persistence';
import type { Rule } from '@tradewind/rules';
import type { Platform } from '@tradewind/runtime';
import { toFold } from '../to-fold';
import { takeEvent, takeTime } from './apply-rules';
import { tick, type ClockMode } from './rule-clock';
import { RULES } from './rule-record';
import { createRuleSet, type RuleSet } from './rule-set';

const TOPIC = TOPICS.events.name;
const SAMPLE = 10;

/** How many would be in a segment. */
export interface SegmentPreview {
  /** Users and events that were looked at: the newest events of each partition. */
  readonly users: number;
  readonly events: number;
  /** Whether that is the whole log; else users may lack what they did before. */
  readonly isWhole: boolean;
  readonly members: number;
  /** Of the users looked at, 0–1. */
  readonly shareRatio: number;
  /** Keys of up to ten members. */
  readonly sample: readonly string[];
}

export interface PreviewOptions {
  readonly platform: Platform;
  readonly mode: ClockMode;
  /** The definitions that the rule may ask for. */
  readonly rows: readonly SegmentRow[];
  readonly rule: unknown;
  /** Most events to look at. */
  readonly events: number;
}

/** The rows with the rule put in place of its former version. @throws RULE_INVALID with the path of the fault */
export function withRule(rows: readonly SegmentRow[], rule: unknown): { readonly rules: RuleSet; readonly id: string } {
  if (typeof rule !== 'object' || rule === null) throw new AppError('RULE_INVALID', '$ is no rule; give an object with id, name, when');
  const { id, name } = rule as Rule;
  const others = rows.filter(({ segmentId, enabled }) => enabled && segmentId !== id);
  const own: SegmentRow = { segmentId: id, version: 1, name, rule, enabled: true, createdAtMs: 0 };
  // First, so that paths of faults begin with $[0].
  return { rules: createRuleSet([own, ...others]), id };
}

/** Evaluates a draft over the newest events of the log, in memory, and changes nothing. @throws RULE_INVALID, LOG_UNAVAILABLE */
export async function previewSegment(options: PreviewOptions): Promise<SegmentPreview> {
  const { rules, id } = withRule(options.rows, options.rule);
  const watermarks = await options.platform.log.watermarks(TOPIC);
  const found = { users: 0, events: 0, members: 0, sample: [] as string[], isWhole: true };
  for (const { partition, low, high } of watermarks) {
    const from = Math.max(low, high - Math.ceil(options.events / watermarks.length));
    if (from > low) found.isWhole = false;
    await previewPartition(options, { rules, id, partition, from, found });
  }
  return { ...found, shareRatio: found.users === 0 ? 0 : found.members / found.users };
}

interface PartitionPreview {
  readonly rules: RuleSet;
  readonly id: string;
  readonly partition: number;
  readonly from: number;
  readonly found: { users: number; events: number; members: number; sample: string[] };
}

async function previewPartition(
  { platform, mode }: PreviewOptions,
  { rules, id, partition, from, found }: PartitionPreview,
): Promise<void> {
  const features = createFeatureSet([RULES]);
  const states = createFeatureStore({ store: new MemoryStateStore(), features, prefix: '', cacheEntries: 5_000 });
  let clockMs = -Infinity;
  for await (const records of platform.log.read(TOPIC, { partitions: [partition], from: new Map([[partition, from]]) })) {
    const { messages } = decodeBatch({ topic: TOPIC, partition, records, highWatermark: 0 }, EVENT);
    for (const { record, message } of messages) clockMs = tick(mode, clockMs, record, message, platform.now());
    const atMs = clockMs;
    const { persist } = await states.apply(toFold(messages), {
      vectors: false,
      onApplied: (user, event) => void takeEvent(rules, user.of(RULES), event, atMs),
    });
    await persist();
    found.events += records.length;
  }
  const untilMs = mode === 'wall' ? platform.now() : clockMs;
  for await (const page of states.scan()) {
    for (const user of page) {
      const state = user.of(RULES).stateOf(rules.engine, user.userKey)!;
      takeTime(rules, user.of(RULES), state, untilMs);
      found.users++;
      if (!rules.engine.isMember(state, id)) continue;
      found.members++;
      if (found.sample.length < SAMPLE) found.sample.push(user.userKey);
    }
  }
}
