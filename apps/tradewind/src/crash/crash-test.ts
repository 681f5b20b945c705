import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EXAMPLE_SEGMENTS, putSegments } from '@tradewind/apps/segmentation';
import { AppError, EVENT, TOPICS, deadLetterTopic } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';
import { PLATFORM_SETTINGS, loadConfig, openPlatform, type Platform } from '@tradewind/runtime';
import { SAMPLE_SOURCE, sampleEvents, sampleFile } from '../bench/sample-events';
import { trainSampleModels, type SampleModel } from '../bench/sample-models';
import type { Output } from '../command';
import { openRecording } from '../replay/open-recording';
import { replay, type ReplaySummary } from '../replay/replay';
import { freePort } from '../stack/ports';
import { openStack, type StackControl } from '../stack/stack';
import {
  compareMaps,
  profilesOf,
  readDecisions,
  sameBesidePositions,
  sameBytes,
  sameText,
  segmentsOf,
  type Decisions,
  type Difference,
} from './decisions';
import { planKills, type Target } from './kill-plan';
import { publishModels } from './publish-models';
import { ServiceProcess } from './service-process';
import { EVENT_CLOCK, EVENT_GROUPS, rebuildFromLog, runEmbedded } from './undisturbed';
import { lagOf, untilQuiet, waitForLag } from './wait-for-lag';

export interface CrashTestOptions {
  /** Where the servers, logs and the acknowledged ids go. */
  readonly dataDir: string;
  readonly events: number;
  readonly kills: number;
  readonly seed: number;
  readonly output: Pick<Output, 'note' | 'progress'>;
}

/** JSON of `crash-test`. */
export interface CrashReport {
  readonly ok: boolean;
  readonly events: number;
  readonly seed: number;
  /** SIGKILLs by process. */
  readonly kills: Readonly<Record<Target, number>>;
  /** Times a service ended by itself and was started again. */
  readonly exits: number;
  /** Requests the client repeated. */
  readonly retriedRequests: number;
  readonly acknowledged: number;
  /** Records on the topic, and how many of them repeat a messageId. */
  readonly onTopic: number;
  readonly repeatedOnTopic: number;
  /** Acknowledged messageIds that are not on the topic: must be 0. */
  readonly lost: number;
  readonly deadLetters: number;
  /** Against an undisturbed consumer of the same log: profiles byte for byte. */
  readonly rebuilt: {
    readonly profiles: Difference;
    readonly transitions: Difference;
    /** The last record of each segment and customer. */
    readonly memberships: Difference;
    readonly lists: Difference;
  };
  /** Against the same file through one process without Kafka, Redis and PostgreSQL: profiles without log positions, and segments by rule. */
  readonly embedded: { readonly profiles: Difference; readonly segments: Difference };
  /** Transitions of segments by rule, repeats dropped: by events, and by time. */
  readonly ruleTransitions: number;
  /** Transition records on the topic that repeat an id, as at-least-once delivery may. */
  readonly repeatedTransitions: number;
  readonly replaySeconds: number;
  readonly seconds: number;
}

const WRITE_KEY = 'crash-test-key';
/** Events the models are learned from; more only costs time. */
const TRAINING_EVENTS = 9_000;
const BATCH_EVENTS = 50;
const LAG_TIMEOUT_MS = 300_000;

/** Kills services and broker while a replay runs, and compares what is left with runs that nothing disturbed. */
export async function crashTest(options: CrashTestOptions): Promise<CrashReport> {
  const startedMs = performance.now();
  const { dataDir, output } = options;
  const logDir = join(dataDir, 'logs');
  mkdirSync(logDir, { recursive: true });
  const stack = openStack({ dataDir, docker: false, output });
  const models = await trainModels(output);
  // Never the usual ports: clients of a killed broker would find another one there.
  const ports = { kafka: await freePort(), redis: await freePort(), postgres: await freePort() };
  const { settings } = await stack.up(ports);
  try {
    const env = { ...settings, DATA_DIR: join(dataDir, 'platform'), LOG_LEVEL: 'warn' };
    const platform = await openPlatform('crash-test', loadConfig(PLATFORM_SETTINGS, env));
    try {
      await publishModels(models, platform);
      await putSegments(platform.database.segments, EXAMPLE_SEGMENTS);
      const run = new CrashRun(options, { stack, platform, models, env, logDir });
      return await run.go(startedMs);
    } finally {
      await platform.close();
    }
  } finally {
    await stack.down({ wipe: true });
  }
}

async function trainModels(output: Pick<Output, 'progress'>): Promise<SampleModel[]> {
  const progress = output.progress({ label: 'training on the sample data', total: 100, unit: '%' });
  const models = await trainSampleModels({
    what: ['segmentation', 'recommender'],
    events: TRAINING_EVENTS,
    onProgress: (step, done) => progress.update(Math.round(done * 100), step),
  });
  progress.finish();
  return models;
}

interface Stage {
  readonly stack: StackControl;
  readonly platform: Platform;
  readonly models: readonly SampleModel[];
  readonly env: Readonly<Record<string, string>>;
  readonly logDir: string;
}

class CrashRun {
  private readonly acknowledged = new Set<string>();
  private readonly kills: Record<Target, number> = { ingest: 0, segmentation: 0, recommender: 0, kafka: 0 };
  private exits = 0;

  constructor(
    private readonly options: CrashTestOptions,
    private readonly stage: Stage,
  ) {}

  async go(startedMs: number): Promise<CrashReport> {
    const { platform } = this.stage;
    const { output } = this.options;
    const replayed = await this.disturbedReplay();
    output.note('reading what is on the topics and in Redis');
    const actual = await readDecisions(platform.log, platform.state);
    const topic = await readTopic(platform.log);
    const deadLetters = await countDeadLetters(platform.log);
    output.note('building everything anew from the same log, undisturbed');
    const rebuilt = await rebuildFromLog(platform);
    const embedded = await this.embeddedRun();
    return this.report({ startedMs, replayed, actual, topic, deadLetters, rebuilt, embedded });
  }

  private async disturbedReplay(): Promise<ReplaySummary> {
    const services = await this.startServices();
    try {
      const summary = await this.replayAndKill(services);
      const { log } = this.stage.platform;
      for (const group of EVENT_GROUPS) await waitForLag(log, group, TOPICS.events.name, LAG_TIMEOUT_MS);
      await untilQuiet(() => lagOf(log, 'crash-test-nobody', TOPICS.segmentTransitions.name));
      await waitForLag(log, 'segmentation-memberships', TOPICS.segmentTransitions.name, LAG_TIMEOUT_MS);
      return summary;
    } finally {
      await Promise.all([...services.values()].map((service) => service.stop()));
      this.exits = [...services.values()].reduce((sum, { exits }) => sum + exits, 0);
    }
  }

  private async startServices(): Promise<Map<string, ServiceProcess>> {
    const { env, logDir } = this.stage;
    const services = new Map<string, ServiceProcess>();
    for (const name of ['ingest', 'segmentation', 'recommender']) {
      const own = {
        DATA_DIR: join(this.options.dataDir, name),
        LOG_LEVEL: 'info',
        INGEST_WRITE_KEYS: `${SAMPLE_SOURCE}:${WRITE_KEY}`,
        INGEST_DEFAULT_CURRENCY: 'GBP',
        ...(name === 'segmentation' && EVENT_CLOCK),
      };
      const service = new ServiceProcess({ name, port: await freePort(), env: { ...env, ...own }, logDir });
      service.start();
      services.set(name, service);
    }
    for (const service of services.values()) await service.ready();
    return services;
  }

  private async replayAndKill(services: ReadonlyMap<string, ServiceProcess>): Promise<ReplaySummary> {
    const { events, kills, seed, output, dataDir } = this.options;
    const progress = output.progress({ label: 'replaying and killing', total: events, unit: 'events' });
    const plan = planKills(kills, events, seed);
    const failed = new AbortController();
    const killing = this.runPlan(plan, services, (text) => progress.update(this.acknowledged.size, text));
    killing.catch((error: unknown) => failed.abort(error));
    const summary = await replay({
      signal: failed.signal,
      items: openRecording(sampleFile(), 'online-retail').items(),
      events: sampleEvents('lines', events),
      url: services.get('ingest')!.url,
      writeKey: WRITE_KEY,
      batchEvents: BATCH_EVENTS,
      onAcked: (ids) => {
        for (const id of ids) this.acknowledged.add(id);
        appendFileSync(join(dataDir, 'acked.txt'), `${ids.join('\n')}\n`);
        progress.update(this.acknowledged.size);
      },
    });
    await killing;
    progress.finish();
    return summary;
  }

  /** One kill after the other; a broker is up again before the next one. */
  private async runPlan(
    plan: ReturnType<typeof planKills>,
    services: ReadonlyMap<string, ServiceProcess>,
    tell: (text: string) => void,
  ): Promise<void> {
    for (const { target, atEvents, afterMs } of plan) {
      while (this.acknowledged.size < atEvents) await pause(20);
      await pause(afterMs);
      tell(`killing ${target} at ${this.acknowledged.size.toLocaleString('en')}`);
      this.kills[target]++;
      if (target === 'kafka') {
        await this.stage.stack.kill('kafka');
        const { value } = await this.stage.stack.start('kafka');
        if (value !== this.stage.env['KAFKA_BROKERS']) throw new AppError('PORT_IN_USE', `the broker came back as ${value}`);
      } else services.get(target)!.kill();
    }
  }

  private async embeddedRun(): Promise<Decisions> {
    const { dataDir, events, output } = this.options;
    const progress = output.progress({ label: 'the same file in one process', total: events, unit: 'events' });
    const { models } = this.stage;
    const decisions = await runEmbedded({
      dataDir: join(dataDir, 'embedded'),
      models,
      events,
      writeKey: WRITE_KEY,
      onProgress: (done) => progress.update(done),
    });
    progress.finish();
    return decisions;
  }

  private report(found: Found): CrashReport {
    const { seed } = this.options;
    const { actual, topic, rebuilt, embedded, replayed, deadLetters } = found;
    const differences = {
      rebuilt: {
        profiles: compareMaps(actual.records, rebuilt.records, sameBytes),
        transitions: compareMaps(actual.transitions, rebuilt.transitions, sameText),
        memberships: compareMaps(actual.memberships, rebuilt.memberships, sameText),
        lists: compareMaps(actual.lists, rebuilt.lists, sameText),
      },
      embedded: {
        profiles: compareMaps(profilesOf(actual), profilesOf(embedded), sameBesidePositions),
        segments: compareMaps(segmentsOf(actual), segmentsOf(embedded), sameText),
      },
    };
    const lost = [...this.acknowledged].filter((id) => !topic.ids.has(id)).length;
    const all = [...Object.values(differences.rebuilt), ...Object.values(differences.embedded)];
    const { ruleTransitions } = actual;
    const isWhole =
      lost === 0 && deadLetters === 0 && this.acknowledged.size === replayed.sent && actual.records.size > 0 && ruleTransitions > 0;
    return {
      ok: isWhole && all.every(({ different }) => different === 0),
      events: replayed.sent,
      seed,
      kills: this.kills,
      exits: this.exits,
      retriedRequests: replayed.retried,
      acknowledged: this.acknowledged.size,
      onTopic: topic.records,
      repeatedOnTopic: topic.records - topic.ids.size,
      lost,
      deadLetters,
      ...differences,
      ruleTransitions,
      repeatedTransitions: actual.transitionRecords - actual.transitions.size,
      replaySeconds: Math.round(replayed.seconds),
      seconds: Math.round((performance.now() - found.startedMs) / 1000),
    };
  }
}

interface Found {
  readonly startedMs: number;
  readonly replayed: ReplaySummary;
  readonly actual: Decisions;
  readonly topic: { readonly records: number; readonly ids: ReadonlySet<string> };
  readonly deadLetters: number;
  readonly rebuilt: Decisions;
  readonly embedded: Decisions;
}

async function readTopic(log: EventLog): Promise<Found['topic']> {
  const ids = new Set<string>();
  let count = 0;
  for await (const records of log.read(TOPICS.events.name)) {
    count += records.length;
    for (const { value } of records) ids.add(EVENT.decode(value).messageId);
  }
  return { records: count, ids };
}

async function countDeadLetters(log: EventLog): Promise<number> {
  const { name } = deadLetterTopic(TOPICS.events);
  return lagOf(log, 'crash-test-nobody', name);
}

/** For people. */
export function describeReport(report: CrashReport): string {
  const { kills, rebuilt, embedded } = report;
  const told = (what: string, { compared, different, missing, extra, changed, examples }: Difference) => {
    const found = `${different} DIFFERENT (${missing} missing, ${extra} extra, ${changed} changed: ${examples.join(', ')})`;
    return `${what.padEnd(58)} ${different === 0 ? 'equal' : found} of ${compared.toLocaleString('en')}`;
  };
  return [
    `${report.events.toLocaleString('en')} events in ${report.replaySeconds} s, ${Object.values(kills).reduce((a, b) => a + b, 0)} SIGKILLs: ${Object.entries(
      kills,
    )
      .map(([target, count]) => `${target} ${count}`)
      .join(', ')}; ${report.exits} exits by themselves; seed ${report.seed}`,
    `${'acknowledged messageIds not on the topic'.padEnd(58)} ${report.lost} of ${report.acknowledged.toLocaleString('en')} (${report.retriedRequests} requests repeated, ${report.repeatedOnTopic} records twice on the topic)`,
    `${'dead letters'.padEnd(58)} ${report.deadLetters}`,
    told('profiles, byte for byte, against an undisturbed consumer', rebuilt.profiles),
    told('transitions by id against it', rebuilt.transitions),
    told('memberships, the last of each segment and customer', rebuilt.memberships),
    told('last list of each customer against it', rebuilt.lists),
    told('profiles without positions, against no Kafka and Redis', embedded.profiles),
    told('segments by rule of each customer against it', embedded.segments),
    `${'transitions of segments by rule'.padEnd(58)} ${report.ruleTransitions.toLocaleString('en')}`,
    `${'transition records that repeat an id'.padEnd(58)} ${report.repeatedTransitions}`,
    report.ok ? 'OK' : 'FAILED',
  ].join('\n');
}
