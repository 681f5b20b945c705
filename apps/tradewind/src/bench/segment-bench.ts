import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { AppError, TOPICS } from '@tradewind/contracts';
import { openKafkaEventLog, type EventLog, type OutboundRecord, type Subscription } from '@tradewind/eventing';
import { openRedisStateStore } from '@tradewind/feature-store';
import type { Rule } from '@tradewind/rules';
import type { Output } from '../command';
import { lagOf, waitForLag } from '../crash/wait-for-lag';
import { retrying } from '../retrying';
import { workspaceRoot } from '../workspace-root';
import { forkChild, type BenchChild } from './child';
import { cpuSecondsOf } from './cpu-of';
import { rssMbOf } from './rss-of';
import { checkMemberships, type MembershipCheck } from './segment/check-memberships';
import { MembershipTally } from './segment/membership-tally';
import { benchRules } from './segment/rules';
import type { SegmentRun } from './segment/segment-protocol';
import { describeSegmentRun, toSegmentReport, type SegmentReport } from './segment/segment-report';
import { SegmentTraffic, isSampled } from './segment/traffic';
import type { StreamResult, StreamRun } from './stream-protocol';
import { prefixTopics } from './topic-prefix';

export interface SegmentBenchOptions {
  readonly brokers: string;
  readonly redisUrl: string;
  readonly users: number;
  /** Segments by rule. */
  readonly rules: number;
  /** Steady rate, events per second. */
  readonly rate: number;
  /** Of the steady rate. */
  readonly seconds: number;
  /** Events on the topic before the service starts, handled as fast as it can. */
  readonly backlog: number;
  /** Every so-manieth user's memberships are checked. */
  readonly checkEvery: number;
  readonly output: Pick<Output, 'progress' | 'note'>;
  /** Options of Node.js for our process, e.g. `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
}

/** CPU and memory of the service over a stretch of events. */
export interface Stretch {
  readonly events: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly rssMb: number;
}

const GROUP = 'segmentation';
const TICK_MS = 20;
const SLICE = 2_000;
/** Latencies of the first events are those of a start. */
const WARM_UP_MS = 4_000;
const LAG_TIMEOUT_MS = 600_000;
/** Nothing that was due has come for so long: all of it was told. */
const QUIET_MS = 3_000;
const FLOOR_SECONDS = 15;

/** Measures segments by rule on real servers, from events on Kafka to transitions on Kafka, and checks the memberships by brute force. */
export async function benchSegment(options: SegmentBenchOptions): Promise<SegmentReport & { readonly text: string }> {
  const { brokers, redisUrl, rules } = options;
  const prefix = `bench-${randomBytes(4).toString('hex')}.`;
  const folder = await mkdtemp(join(tmpdir(), 'tradewind-bench-'));
  const kafka = await openKafkaEventLog({ brokers: brokers.split(','), clientId: 'tradewind-bench-driver' });
  try {
    const segmentsFile = join(folder, 'segments.json');
    const defined = benchRules(rules);
    await writeFile(segmentsFile, JSON.stringify(defined.map(toRow).sort((a, b) => (a.segmentId < b.segmentId ? -1 : 1))));
    const run: SegmentRun = { brokers: brokers.split(','), redisUrl, prefix, users: options.users, segmentsFile };
    const report = await new SegmentBench(options, prefixTopics({ log: kafka, prefix }), run, defined).run();
    return { ...report, text: describeSegmentRun(report) };
  } finally {
    await kafka.close();
    await rm(folder, { recursive: true, force: true });
    await removeState(redisUrl, prefix);
    await promisify(execFile)(process.execPath, [join(workspaceRoot(), 'bench', 'delete-topics.mjs'), brokers, prefix]);
  }
}

function toRow(rule: Rule) {
  return { segmentId: rule.id, version: 1, name: rule.name, rule, enabled: true, createdAtMs: 0 };
}

async function removeState(url: string, prefix: string): Promise<void> {
  const state = await openRedisStateStore({ url, keyPrefix: prefix });
  for await (const page of state.scan('')) await state.deleteMany(page.map(([key]) => key));
  await state.close();
}

class SegmentBench {
  private readonly traffic: SegmentTraffic;
  private readonly tally: MembershipTally;

  constructor(
    private readonly options: SegmentBenchOptions,
    private readonly log: EventLog,
    private readonly segmentRun: SegmentRun,
    private readonly rules: readonly Rule[],
  ) {
    this.traffic = new SegmentTraffic({ users: options.users, seed: 1, kinds: Math.ceil(options.rules / 10) });
    this.tally = new MembershipTally({ isSampled: (key) => this.isSampled(key) });
  }

  async run(): Promise<SegmentReport> {
    await retrying(() => this.log.ensureTopics(Object.values(TOPICS)));
    const reading = await this.log.subscribe({
      groupId: 'tally',
      topics: [TOPICS.segmentTransitions.name],
      onBatch: async ({ records }) => this.tally.take(records),
    });
    await this.fill();
    const floor = await this.floor();
    const child = this.startService();
    try {
      const saturated = await this.catchUp(child);
      const saturatedChanges = this.tally.count;
      const { stretch: steady, sendSeconds } = await this.steadily(child);
      const check = await this.check();
      const { entryMs, exitMs, dueEntryMs, count } = this.tally;
      const latencies = { entryMs, exitMs, dueEntryMs };
      return toSegmentReport({
        options: this.options,
        floor,
        saturated,
        saturatedChanges,
        steady,
        sendSeconds,
        changes: count,
        latencies,
        check,
      });
    } finally {
      await this.end(child, reading);
    }
  }

  private isSampled(userKey: string): boolean {
    return isSampled(userKey, this.options.checkEvery);
  }

  /** Everybody's past, before the service starts. */
  private async fill(): Promise<void> {
    const { backlog, output } = this.options;
    const progress = output.progress({ label: 'filling the topic', total: backlog, unit: 'events' });
    for (let filled = 0; filled < backlog; filled += SLICE) {
      const nowMs = Date.now();
      await this.log.publish(Array.from({ length: Math.min(SLICE, backlog - filled) }, () => this.traffic.past(nowMs)));
      progress.update(filled);
    }
    progress.finish();
  }

  private floor(): Promise<StreamResult> {
    const { brokers, prefix } = this.segmentRun;
    const { backlog } = this.options;
    const config: StreamRun = {
      brokers,
      prefix,
      topic: TOPICS.events.name,
      groupId: 'floor',
      events: backlog,
      seconds: FLOOR_SECONDS,
      latenciesAfterMs: null,
    };
    return forkChild<true, StreamResult>({ script: 'floor-stream.mjs', config }).result;
  }

  private startService(): BenchChild<true, true> {
    const { nodeOptions } = this.options;
    return forkChild<true, true>({ script: 'bench-segment.worker.js', config: this.segmentRun, nodeOptions });
  }

  /** The backlog as fast as it goes: from the first commit to the last. */
  private async catchUp({ ready, pid }: BenchChild<true, true>): Promise<Stretch> {
    const { backlog, output } = this.options;
    const progress = output.progress({ label: 'catching up', total: backlog, unit: 'events' });
    await ready;
    let left = backlog;
    while (left === backlog) left = await this.lagAfter(50);
    const begin = { atMs: performance.now(), cpu: cpuSecondsOf(pid) ?? 0, left };
    while (left > 0) {
      left = await this.lagAfter(200);
      progress.update(backlog - left);
    }
    progress.finish();
    return this.stretch(pid, begin, begin.left);
  }

  private async lagAfter(ms: number): Promise<number> {
    await pause(ms);
    return lagOf(this.log, GROUP, TOPICS.events.name);
  }

  private async steadily({ pid }: BenchChild<true, true>): Promise<{ stretch: Stretch; sendSeconds: number }> {
    const { rate, seconds, output } = this.options;
    const progress = output.progress({ label: `${rate.toLocaleString('en')} events/s`, total: rate * seconds, unit: 'events' });
    const begin = { atMs: performance.now(), cpu: cpuSecondsOf(pid) ?? 0 };
    this.tally.measureFromMs = Date.now() + WARM_UP_MS;
    const perTick = Math.max(1, Math.round((rate * TICK_MS) / 1000));
    const publishing: Promise<unknown>[] = [];
    for (let sent = 0; sent < rate * seconds; sent += perTick) {
      const waitMs = begin.atMs + (sent * 1000) / rate - performance.now();
      if (waitMs > 1) await pause(waitMs);
      publishing.push(this.log.publish(this.tick(perTick)));
      progress.update(sent);
    }
    const sendSeconds = (performance.now() - begin.atMs) / 1000;
    const stretch = this.stretch(pid, begin, rate * seconds);
    await Promise.all(publishing);
    progress.finish();
    return { stretch, sendSeconds };
  }

  private tick(size: number): OutboundRecord[] {
    const nowMs = Date.now();
    return Array.from({ length: size }, () => this.traffic.live(nowMs));
  }

  private stretch(pid: number, begin: { readonly atMs: number; readonly cpu: number }, events: number): Stretch {
    const seconds = (performance.now() - begin.atMs) / 1000;
    return { events, seconds, cpuSeconds: (cpuSecondsOf(pid) ?? 0) - begin.cpu, rssMb: rssMbOf(pid) ?? 0 };
  }

  /** Waits until everything due at a moment was told, and judges that moment. */
  private async check(): Promise<MembershipCheck> {
    const { log, tally, rules, options } = this;
    await waitForLag(log, GROUP, TOPICS.events.name, LAG_TIMEOUT_MS);
    const atMs = Date.now();
    const isDone = () => Date.now() - Math.max(atMs, tally.lastDueAtMs(atMs)) > QUIET_MS;
    while (!isDone()) await pause(200);
    options.output.note('evaluating the log by brute force');
    return checkMemberships({ log, rules, tally, atMs, isSampled: (key) => this.isSampled(key) });
  }

  private async end(child: BenchChild<true, true>, reading: Subscription): Promise<void> {
    await reading.stop();
    await child.finish().catch((error: unknown) => {
      child.kill();
      throw new AppError('HANDLER_FAILED', 'the segmentation process ended badly', { cause: error });
    });
  }
}
