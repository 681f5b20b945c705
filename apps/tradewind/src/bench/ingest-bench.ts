import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TOPICS } from '@tradewind/contracts';
import type { Output } from '../command';
import { workspaceRoot } from '../workspace-root';
import { forkChild, type BenchChild } from './child';
import { cpuSecondsOf } from './cpu-of';
import type { IngestResult, IngestRun } from './ingest-protocol';
import {
  BATCH_EVENTS,
  SHAPES,
  SIDES,
  reportIngest,
  type Figure,
  type Figures,
  type IngestReport,
  type Shape,
  type Side,
} from './ingest-report';
import { load } from './load';
import { createRequests, sampleBodies, type NextRequest } from './load-requests';
import { round } from './stats';

/** JSON of `bench ingest --soak`. */
export interface IngestSoakReport {
  readonly seconds: number;
  readonly single: { readonly requestsPerSecond: number; readonly p99Ms: number };
  readonly batch20: { readonly eventsPerSecond: number; readonly p99Ms: number };
  readonly rssMb: number;
  readonly maxRssMb: number;
}

export interface IngestBenchOptions {
  readonly brokers: string;
  /** PGlite when absent. */
  readonly databaseUrl: string | undefined;
  /** Message ids are kept in memory when absent. */
  readonly redisUrl: string | undefined;
  /** Of one measurement. */
  readonly seconds: number;
  /** Measurements of each side. */
  readonly rounds: number;
  /** Bodies are compressed, for both sides. */
  readonly gzip: boolean;
  /** Ours drops repeated messages. */
  readonly dedup: boolean;
  /** Ours checks events against Segment's e-commerce plan. */
  readonly plan: boolean;
  readonly output: Pick<Output, 'progress' | 'note'>;
  /** Options of Node.js for our process, e.g. `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
}

/** As docker-compose.yml starts the collector; behind them those of every service do not count. */
const INGEST_FLAGS = ['--max-semi-space-size=16', '--heap-growing-percent=40'];
const CONNECTIONS = 32;
const BODIES = 500;
const WARM_UP_SECONDS = 2;

type Child = BenchChild<{ url: string }, IngestResult>;
type Requests = Record<Shape, NextRequest>;

/** Sides take turns, each alone under load, on one broker. */
export function benchIngest(options: IngestBenchOptions): Promise<IngestReport & { readonly text: string }> {
  return withRun(options, async (run, children) => {
    // Ours first: it makes the topics.
    const ours = (children.ours = await startOurs(run, options));
    const direct = (children.direct = await started({ script: 'floor-ingest.mjs', config: { ...run, lingerMs: null } }));
    const sharing = (children.sharing = await started({ script: 'floor-ingest.mjs', config: { ...run, lingerMs: 1 } }));
    const figures = await measureAll({ direct, sharing, ours }, await requestsOf(run, options), options);
    const results = await Promise.all(SIDES.map((side) => children[side]!.finish()));
    return reportIngest(figures, results.at(-1)!, options.output);
  });
}

/** Ours alone, `seconds` long: what memory does. */
export function soakIngest(options: IngestBenchOptions, seconds: number): Promise<IngestSoakReport & { readonly text: string }> {
  return withRun(options, async (run, children) => {
    const ours = (children.ours = await startOurs(run, options));
    const requests = await requestsOf(run, options);
    const single = await measure(ours, requests.single, seconds / 2);
    options.output.note(`single events: ${Math.round(single.requestsPerSecond)} requests/s, p99 ${single.p99Ms} ms; now batches`);
    const batch20 = await measure(ours, requests.batch20, seconds / 2);
    const { rssMb, maxRssMb } = await ours.finish();
    const eventsPerSecond = round(BATCH_EVENTS * batch20.requestsPerSecond);
    const text = [
      `single   ${Math.round(single.requestsPerSecond).toLocaleString('en')} requests/s, p99 ${single.p99Ms} ms`,
      `batch20  ${Math.round(eventsPerSecond).toLocaleString('en')} events/s, p99 ${batch20.p99Ms} ms`,
      `resident ${Math.round(rssMb)} MB at the end, ${Math.round(maxRssMb)} MB at most, in ${seconds} s`,
    ];
    return {
      seconds,
      single: { requestsPerSecond: round(single.requestsPerSecond), p99Ms: single.p99Ms },
      batch20: { eventsPerSecond, p99Ms: batch20.p99Ms },
      rssMb: round(rssMb),
      maxRssMb: round(maxRssMb),
      text: text.join('\n'),
    };
  });
}

/** Gives `work` names of its own and removes what bears them afterwards. */
async function withRun<T>(
  { brokers, databaseUrl, redisUrl, dedup, plan }: IngestBenchOptions,
  work: (run: IngestRun, children: Partial<Record<Side, Child>>) => Promise<T>,
): Promise<T> {
  const prefix = `bench-${randomBytes(4).toString('hex')}.`;
  const dataDir = await mkdtemp(join(tmpdir(), 'tradewind-bench-'));
  const writeKey = randomBytes(12).toString('hex');
  const children: Partial<Record<Side, Child>> = {};
  try {
    return await work({ brokers, prefix, topic: TOPICS.events.name, writeKey, dataDir, databaseUrl, redisUrl, dedup, plan }, children);
  } finally {
    for (const child of Object.values(children)) child.kill();
    await rm(dataDir, { recursive: true, force: true });
    await script('delete-topics.mjs', brokers, prefix);
    if (redisUrl !== undefined) await script('delete-keys.mjs', redisUrl, prefix);
  }
}

async function script(name: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [join(workspaceRoot(), 'bench', name), ...args]);
}

function startOurs(config: IngestRun, { nodeOptions }: IngestBenchOptions): Promise<Child> {
  return started({ script: 'bench-ingest.worker.js', config, nodeOptions });
}

async function started(options: { script: string; config: IngestRun; nodeOptions?: readonly string[] | undefined }): Promise<Child> {
  const child = forkChild<{ url: string }, IngestResult>({ ...options, nodeOptions: [...INGEST_FLAGS, ...(options.nodeOptions ?? [])] });
  await child.ready;
  return child;
}

async function requestsOf({ writeKey }: IngestRun, { gzip }: IngestBenchOptions): Promise<Requests> {
  return {
    single: createRequests(await sampleBodies(null, BODIES), { path: '/v1/track', writeKey, gzip }),
    batch20: createRequests(await sampleBodies(BATCH_EVENTS, BODIES), { path: '/v1/batch', writeKey, gzip }),
  };
}

async function measureAll(
  children: Record<Side, Child>,
  requests: Requests,
  { seconds, rounds, output }: IngestBenchOptions,
): Promise<Figures> {
  const empty = () => ({ direct: [], sharing: [], ours: [] });
  const figures: Figures = { single: empty(), batch20: empty() };
  const progress = output.progress({ label: 'measuring', total: SHAPES.length * SIDES.length * rounds, unit: 'runs' });
  let done = 0;
  for (const shape of SHAPES) {
    for (const side of SIDES) await measure(children[side], requests[shape], WARM_UP_SECONDS);
    for (let i = 0; i < rounds; i++) {
      for (const side of SIDES) {
        const figure = await measure(children[side], requests[shape], seconds);
        figures[shape][side].push(figure);
        progress.update(++done, `${shape} ${side} ${Math.round(figure.requestsPerSecond)}/s`);
      }
    }
  }
  progress.finish();
  return figures;
}

async function measure({ pid, ready }: Child, next: NextRequest, seconds: number): Promise<Figure> {
  const { url } = await ready;
  const before = cpuSecondsOf(pid);
  const result = await load({ url, next, seconds, connections: CONNECTIONS });
  const after = cpuSecondsOf(pid);
  return { ...result, cpuMicros: before === null || after === null ? null : ((after - before) / result.requests) * 1e6 };
}
