import type { SegmentBenchOptions, Stretch } from '../segment-bench';
import { percentile, round } from '../stats';
import type { StreamResult } from '../stream-protocol';
import type { MembershipCheck } from './check-memberships';

/** JSON of `bench segment`. */
export interface SegmentReport {
  readonly users: number;
  readonly rules: number;
  /** Events per second that were asked for, and that were sent. */
  readonly rate: number;
  readonly sentPerSecond: number;
  /** From an event's stamp to its transition read off Kafka, of entries at the steady rate. */
  readonly entryP50Ms: number;
  readonly entryP99Ms: number;
  readonly entries: number;
  /** From the moment a window closed to the exit read off Kafka. */
  readonly exitP50Ms: number;
  readonly exitP99Ms: number;
  readonly exits: number;
  /** The same for entries that time makes, e.g. when an order stayed away. */
  readonly dueEntryP99Ms: number;
  readonly dueEntries: number;
  readonly changesPerEvent: number;
  /** Of the service at the steady rate. */
  readonly cpuCores: number;
  readonly cpuMicrosPerEvent: number;
  readonly rssMb: number;
  /** The backlog as fast as it goes. */
  readonly eventsPerSecond: number;
  readonly changesPerSecond: number;
  readonly backlogCpuMicrosPerEvent: number;
  /** A consumer of the same topic that only commits. */
  readonly floorEventsPerSecond: number;
  readonly ratioToFloor: number;
  readonly checkedUsers: number;
  readonly checkedMemberships: number;
  /** Against a brute-force evaluation of the log: must be 0. */
  readonly wrongMemberships: number;
  readonly examples: readonly string[];
}

export interface MeasuredSegments {
  readonly options: Pick<SegmentBenchOptions, 'users' | 'rules' | 'rate' | 'seconds'>;
  readonly floor: StreamResult;
  readonly saturated: Stretch;
  readonly saturatedChanges: number;
  readonly steady: Stretch;
  readonly sendSeconds: number;
  /** In the whole run. */
  readonly changes: number;
  readonly latencies: { readonly entryMs: readonly number[]; readonly exitMs: readonly number[]; readonly dueEntryMs: readonly number[] };
  readonly check: MembershipCheck;
}

export function toSegmentReport(measured: MeasuredSegments): SegmentReport {
  const { options, floor, saturated, saturatedChanges, steady, sendSeconds, changes, latencies, check } = measured;
  const { entryMs, exitMs, dueEntryMs } = latencies;
  const floorEventsPerSecond = (floor.events * 1000) / floor.elapsedMs;
  const eventsPerSecond = saturated.events / saturated.seconds;
  return {
    users: options.users,
    rules: options.rules,
    rate: options.rate,
    sentPerSecond: round((options.rate * options.seconds) / sendSeconds),
    entryP50Ms: percentile(entryMs, 50),
    entryP99Ms: percentile(entryMs, 99),
    entries: entryMs.length,
    exitP50Ms: percentile(exitMs, 50),
    exitP99Ms: percentile(exitMs, 99),
    exits: exitMs.length,
    dueEntryP99Ms: percentile(dueEntryMs, 99),
    dueEntries: dueEntryMs.length,
    changesPerEvent: round((changes - saturatedChanges) / (options.rate * options.seconds), 2),
    cpuCores: round(steady.cpuSeconds / steady.seconds, 2),
    cpuMicrosPerEvent: round((1e6 * steady.cpuSeconds) / steady.events, 1),
    rssMb: round(steady.rssMb),
    eventsPerSecond: round(eventsPerSecond),
    changesPerSecond: round(saturatedChanges / saturated.seconds),
    backlogCpuMicrosPerEvent: round((1e6 * saturated.cpuSeconds) / saturated.events, 1),
    floorEventsPerSecond: round(floorEventsPerSecond),
    ratioToFloor: round(eventsPerSecond / floorEventsPerSecond, 3),
    checkedUsers: check.users,
    checkedMemberships: check.memberships,
    wrongMemberships: check.wrong,
    examples: check.examples,
  };
}

/** For people. */
export function describeSegmentRun(report: SegmentReport): string {
  const many = (value: number) => value.toLocaleString('en');
  return [
    `${many(report.users)} users, ${report.rules} segments, ${many(report.sentPerSecond)} of ${many(report.rate)} events/s sent, ${report.changesPerEvent} changes an event`,
    `entry   p50 ${report.entryP50Ms} ms, p99 ${report.entryP99Ms} ms after the event (${many(report.entries)})`,
    `exit    p50 ${report.exitP50Ms} ms, p99 ${report.exitP99Ms} ms after the window closed (${many(report.exits)}); entries by time p99 ${report.dueEntryP99Ms} ms (${many(report.dueEntries)})`,
    `service ${report.cpuCores} cores, ${report.cpuMicrosPerEvent} µs of CPU an event, ${report.rssMb} MB`,
    `backlog ${many(report.eventsPerSecond)} events/s with ${many(report.changesPerSecond)} changes/s, ${report.backlogCpuMicrosPerEvent} µs of CPU an event; floor ${many(report.floorEventsPerSecond)}: a bare kafkajs consumer; ratio ${report.ratioToFloor}`,
    `check   ${report.wrongMemberships} wrong of ${many(report.checkedMemberships)} memberships of ${many(report.checkedUsers)} users${report.examples.map((example) => `\n        ${example}`).join('')}`,
  ].join('\n');
}
