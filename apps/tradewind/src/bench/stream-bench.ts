import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { announceRelease } from '@tradewind/apps/trainer';
import { TOPICS } from '@tradewind/contracts';
import { openKafkaEventLog, type EventLog, type OutboundRecord } from '@tradewind/eventing';
import { openRedisStateStore } from '@tradewind/feature-store';
import type { Output } from '../command';
import { retrying } from '../retrying';
import { workspaceRoot } from '../workspace-root';
import type { OurStreamRun } from './bench-stream.worker';
import { forkChild } from './child';
import { sampleRecords } from './sample-events';
import { trainSampleModels, type SampleModel } from './sample-models';
import { median, percentile, round } from './stats';
import type { StreamResult } from './stream-protocol';
import { prefixTopics } from './topic-prefix';

/** JSON of `bench stream`, exactly. */
export interface StreamReport {
  /** Median over the rounds, of the whole path: Kafka → decoded → folded into Redis → transitions on Kafka → committed. */
  readonly eventsPerSecond: number;
  /** Median of a bare kafkajs consumer on the same topic, in turns with ours. */
  readonly floorEventsPerSecond: number;
  readonly ratioToFloor: number;
  /** Event latency at a steady rate below the limit: from the producer's stamp to state and outputs stored. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of our process at the end of a round, median. */
  readonly rssMb: number;
  /** Of our process per round, median. */
  readonly cpuSeconds: number;
}

export interface StreamBenchOptions {
  readonly brokers: string;
  readonly redisUrl: string;
  /** Events on the topic. */
  readonly events: number;
  /** Longest time of a measured round. */
  readonly seconds: number;
  /** Rounds of each side. */
  readonly rounds: number;
  /** Steady rate of the latency run, events per second. */
  readonly rate: number;
  readonly output: Pick<Output, 'progress' | 'note'>;
  /** Options of Node.js for our process, e.g. `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
}

const LATENCY_SECONDS = 12;
const LATENCY_WARM_UP_MS = 4_000;
const TICK_MS = 20;
const BENCH_TOPICS = [
  TOPICS.events,
  TOPICS.segmentTransitions,
  TOPICS.segmentMembership,
  TOPICS.modelReleases,
  TOPICS.identityLinks,
  TOPICS.movedEvents,
];

export async function benchStream(options: StreamBenchOptions): Promise<StreamReport & { readonly text: string }> {
  const { brokers, redisUrl, output } = options;
  const prefix = `bench-${randomBytes(4).toString('hex')}.`;
  const folder = await mkdtemp(join(tmpdir(), 'tradewind-bench-'));
  const kafka = await openKafkaEventLog({ brokers: brokers.split(','), clientId: 'tradewind-bench-driver' });
  try {
    const model = await trainModel(output);
    const modelFile = join(folder, 'model.onnx');
    await writeFile(modelFile, model.bytes);
    const bench = new StreamBench(options, kafka, prefix, modelFile, model);
    return await bench.run();
  } finally {
    await kafka.close();
    await rm(folder, { recursive: true, force: true });
    await removeState(redisUrl, prefix);
    await promisify(execFile)(process.execPath, [join(workspaceRoot(), 'bench', 'delete-topics.mjs'), brokers, prefix]);
  }
}

async function trainModel(output: Pick<Output, 'progress'>): Promise<SampleModel> {
  const progress = output.progress({ label: 'training clusters on the sample data', total: 100, unit: '%' });
  const [model] = await trainSampleModels({
    what: ['segmentation'],
    onProgress: (step, done) => progress.update(Math.round(done * 100), step),
  });
  progress.finish();
  return model!;
}

async function removeState(url: string, prefix: string): Promise<void> {
  const state = await openRedisStateStore({ url });
  for await (const page of state.scan(prefix)) await state.deleteMany(page.map(([key]) => key));
  await state.close();
}

class StreamBench {
  private round = 0;

  constructor(
    private readonly options: StreamBenchOptions,
    private readonly kafka: EventLog,
    private readonly prefix: string,
    private readonly modelFile: string,
    private readonly model: SampleModel,
  ) {}

  async run(): Promise<StreamReport & { readonly text: string }> {
    const { rounds, output } = this.options;
    const events = await this.fill();
    const progress = output.progress({ label: 'measuring', total: 2 * rounds + 1, unit: 'rounds' });
    const [floor, ours]: [StreamResult[], StreamResult[]] = [[], []];
    for (let i = 0; i < rounds; i++) {
      floor.push(await this.measure('floor', `${this.prefix}full.`, events));
      progress.update(2 * i + 1, `floor ${rateOf(floor.at(-1)!)}/s`);
      ours.push(await this.measure('ours', `${this.prefix}full.`, events));
      progress.update(2 * i + 2, `ours ${rateOf(ours.at(-1)!)}/s`);
    }
    const latency = await this.measureLatency();
    progress.finish();
    return report({ floor, ours, latency, rate: this.options.rate });
  }

  /** @returns how many events the topic holds: the sample has about 540,000. */
  private async fill(): Promise<number> {
    const { events, output } = this.options;
    const log = await this.openTopics(`${this.prefix}full.`);
    const progress = output.progress({ label: 'filling the topic', total: events, unit: 'events' });
    let filled = 0;
    for await (const records of sampleRecords('lines', events)) {
      await log.publish(records);
      progress.update((filled += records.length));
    }
    progress.finish();
    return filled;
  }

  private async openTopics(prefix: string): Promise<EventLog> {
    const log = prefixTopics({ log: this.kafka, prefix });
    await retrying(() => log.ensureTopics(BENCH_TOPICS));
    await retrying(() => announceRelease(this.model.manifest, Date.now(), log));
    return log;
  }

  private start(side: 'floor' | 'ours', prefix: string, events: number, seconds: number, latenciesAfterMs: number | null) {
    const { brokers, redisUrl, nodeOptions } = this.options;
    this.round++;
    const config: OurStreamRun = {
      brokers: brokers.split(','),
      prefix,
      topic: TOPICS.events.name,
      groupId: `segmentation-${this.round}`,
      events,
      seconds,
      latenciesAfterMs,
      redisUrl,
      redisPrefix: `${prefix}${this.round}:`,
      modelFile: this.modelFile,
    };
    const script = side === 'floor' ? 'floor-stream.mjs' : 'bench-stream.worker.js';
    return forkChild<true, StreamResult>({ script, config, ...(side === 'ours' && nodeOptions && { nodeOptions }) });
  }

  private measure(side: 'floor' | 'ours', prefix: string, events: number): Promise<StreamResult> {
    return this.start(side, prefix, events, this.options.seconds, null).result;
  }

  /** Events at a steady rate on a topic of their own. */
  private async measureLatency(): Promise<StreamResult> {
    const prefix = `${this.prefix}paced.`;
    const log = await this.openTopics(prefix);
    const child = this.start('ours', prefix, Number.MAX_SAFE_INTEGER, 10 * LATENCY_SECONDS, LATENCY_WARM_UP_MS);
    await child.ready;
    await drive(log, this.options.rate, LATENCY_SECONDS);
    await pause(1_000);
    return child.finish();
  }
}

/** Publishes sample events at a steady rate. */
async function drive(log: EventLog, rate: number, seconds: number): Promise<void> {
  const perTick = Math.max(1, Math.round((rate * TICK_MS) / 1000));
  const slices: OutboundRecord[][] = [];
  for await (const slice of sampleRecords('lines', rate * seconds, perTick)) slices.push(slice);
  const startedMs = performance.now();
  const publishing: Promise<unknown>[] = [];
  for (const [i, slice] of slices.entries()) {
    const waitMs = startedMs + (i * perTick * 1000) / rate - performance.now();
    if (waitMs > 1) await pause(waitMs);
    publishing.push(log.publish(slice));
  }
  await Promise.all(publishing);
}

function rateOf({ events, elapsedMs }: StreamResult): number {
  return Math.round((events * 1000) / elapsedMs);
}

interface Measured {
  readonly floor: readonly StreamResult[];
  readonly ours: readonly StreamResult[];
  readonly latency: StreamResult;
  readonly rate: number;
}

function report({ floor, ours, latency, rate }: Measured): StreamReport & { readonly text: string } {
  const [eventsPerSecond, floorEventsPerSecond] = [median(ours.map(rateOf)), median(floor.map(rateOf))];
  const figures = {
    eventsPerSecond: round(eventsPerSecond),
    floorEventsPerSecond: round(floorEventsPerSecond),
    ratioToFloor: round(eventsPerSecond / floorEventsPerSecond, 3),
    p50Ms: percentile(latency.latenciesMs, 50),
    p99Ms: percentile(latency.latenciesMs, 99),
    rssMb: round(median(ours.map(({ rssMb }) => rssMb))),
    cpuSeconds: round(median(ours.map(({ cpuSeconds }) => cpuSeconds)), 2),
  };
  const perEvent = median(ours.map(({ cpuSeconds, events }) => (1e6 * cpuSeconds) / events));
  const text = [
    `ours   ${figures.eventsPerSecond.toLocaleString('en')} events/s  (rounds: ${ours.map(rateOf).join(', ')}); ${round(perEvent, 1)} µs of CPU an event`,
    `floor  ${figures.floorEventsPerSecond.toLocaleString('en')} events/s  (rounds: ${floor.map(rateOf).join(', ')}): a bare kafkajs consumer`,
    `ratio  ${figures.ratioToFloor}`,
    `at ${rate.toLocaleString('en')} events/s: p50 ${figures.p50Ms} ms, p99 ${figures.p99Ms} ms over ${latency.latenciesMs.length.toLocaleString('en')} events`,
    `memory ${figures.rssMb} MB, CPU ${figures.cpuSeconds} s a round`,
  ].join('\n');
  return { ...figures, text };
}
