import { TOPICS, VIOLATION, partitionForKey } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';
import { readLast } from './read-last';
import { createTally, type Tallied } from './tally';

export interface ViolationsReport {
  readonly sourceId: string;
  /** Of the source, among the last `last` on the topic's partition. */
  readonly violations: number;
  /** Events that have them. */
  readonly events: number;
  /** Plans, as `<id>@<version>`. */
  readonly plans: readonly string[];
  /** ISO 8601 UTC, when ingest read the events; null without violations. */
  readonly oldest: string | null;
  readonly newest: string | null;
  /** The most frequent first; `example` is a messageId. */
  readonly tallies: readonly Tallied[];
}

/** What the events of a source broke its plan in. @throws LOG_UNAVAILABLE */
export async function listViolations(
  log: Pick<EventLog, 'read' | 'watermarks'>,
  { sourceId, last }: { readonly sourceId: string; readonly last: number },
): Promise<ViolationsReport> {
  const { name: topic, partitions } = TOPICS.violations;
  const tally = createTally();
  const seen = new Set<string>();
  const messages = new Set<string>();
  const plans = new Set<string>();
  let [oldestMs, newestMs] = [Infinity, -Infinity];
  for await (const records of readLast(log, topic, { count: last, partitions: [partitionForKey(Buffer.from(sourceId), partitions)] })) {
    for (const { value } of records) {
      const violation = VIOLATION.decode(value);
      if (violation.sourceId !== sourceId || seen.has(violation.violationId)) continue;
      seen.add(violation.violationId);
      messages.add(violation.messageId);
      plans.add(`${violation.planId}@${violation.planVersion}`);
      oldestMs = Math.min(oldestMs, violation.receivedAtMs);
      newestMs = Math.max(newestMs, violation.receivedAtMs);
      tally.add(violation, violation.messageId);
    }
  }
  const time = (ms: number) => (Number.isFinite(ms) ? new Date(ms).toISOString() : null);
  return {
    sourceId,
    violations: seen.size,
    events: messages.size,
    plans: [...plans].sort(),
    oldest: time(oldestMs),
    newest: time(newestMs),
    tallies: tally.list(),
  };
}
