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
import type { IngestResult, IngestRun } from './ingest-protocol';
import { load, sampleBodies, type LoadResult } from './load';
import { median, round } from './stats';

/** JSON of `bench ingest`, exactly. The floor is the faster of the two bare collectors. */
export interface IngestReport {
  readonly single: { readonly requestsPerSecond: number; readonly p50Ms: number; readonly p99Ms: number; readonly ratioToFloor: number };
  readonly batch20: { readonly eventsPerSecond: number; readonly p99Ms: number; readonly ratioToFloor: number };
  readonly rssMb: number;
}

export interface IngestBenchOptions {
  readonly brokers: string;
  /** PGlite when absent. */
  readonly databaseUrl: string | undefined;
  /** Of one measurement. */
  readonly seconds: number;
  /** Measurements of each side. */
  readonly rounds: number;
  readonly output: Pick<Output, 'progress' | 'note'>;
  /** Options of Node.js for our process, e.g. `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
}

const BATCH_EVENTS = 20;
const CONNECTIONS = 32;
const BODIES = 500;
const WARM_UP_SECONDS = 2;

const SIDES = ['direct', 'sharing', 'ours'] as const;
type Side = (typeof SIDES)[number];
type Shape = 'single' | 'batch20';
type Child = BenchChild<{ url: string }, IngestResult>;

/** Sides take turns, each alone under load, on one broker. */
export async function benchIngest(options: IngestBenchOptions): Promise<IngestReport & { readonly text: string }> {
  const { brokers, output } = options;
  const prefix = `bench-${randomBytes(4).toString('hex')}.`;
  const dataDir = await mkdtemp(join(tmpdir(), 'tradewind-bench-'));
  const writeKey = randomBytes(12).toString('hex');
  const common: IngestRun = { brokers, prefix, topic: TOPICS.events.name, writeKey, dataDir, databaseUrl: options.databaseUrl };
  const children: Partial<Record<Side, Child>> = {};
  try {
    // Ours first: it makes the topics.
    children.ours = await started({ script: 'bench-ingest.worker.js', config: common, nodeOptions: options.nodeOptions });
    children.direct = await started({ script: 'floor-ingest.mjs', config: { ...common, lingerMs: null } });
    children.sharing = await started({ script: 'floor-ingest.mjs', config: { ...common, lingerMs: 1 } });
    const figures = await measureAll(children as Record<Side, Child>, writeKey, options);
    const results = await Promise.all(SIDES.map((side) => children[side]!.finish()));
    return report(figures, results.at(-1)!.rssMb, output);
  } finally {
    for (const child of Object.values(children)) child.kill();
    await rm(dataDir, { recursive: true, force: true });
    await promisify(execFile)(process.execPath, [join(workspaceRoot(), 'bench', 'delete-topics.mjs'), brokers, prefix]);
  }
}

async function started(options: { script: string; config: IngestRun; nodeOptions?: readonly string[] | undefined }): Promise<Child> {
  const child = forkChild<{ url: string }, IngestResult>(options);
  await child.ready;
  return child;
}

type Figures = Record<Shape, Record<Side, LoadResult[]>>;

async function measureAll(
  children: Record<Side, Child>,
  writeKey: string,
  { seconds, rounds, output }: IngestBenchOptions,
): Promise<Figures> {
  const empty = () => ({ direct: [], sharing: [], ours: [] });
  const figures: Figures = { single: empty(), batch20: empty() };
  const progress = output.progress({ label: 'measuring', total: 2 * SIDES.length * rounds, unit: 'runs' });
  let done = 0;
  for (const shape of ['single', 'batch20'] as const) {
    const bodies = await sampleBodies(shape === 'single' ? null : BATCH_EVENTS, BODIES);
    const run = async (side: Side, duration: number) => {
      const { url } = await children[side].ready;
      const path = shape === 'single' ? '/v1/track' : '/v1/batch';
      return load({ url, path, bodies, writeKey, seconds: duration, connections: CONNECTIONS });
    };
    for (const side of SIDES) await run(side, WARM_UP_SECONDS);
    for (let i = 0; i < rounds; i++) {
      for (const side of SIDES) {
        const result = await run(side, seconds);
        figures[shape][side].push(result);
        progress.update(++done, `${shape} ${side} ${Math.round(result.requestsPerSecond)}/s`);
      }
    }
  }
  progress.finish();
  return figures;
}

function report(figures: Figures, rssMb: number, output: Pick<Output, 'note'>): IngestReport & { readonly text: string } {
  const rate = (shape: Shape, side: Side) => median(figures[shape][side].map(({ requestsPerSecond }) => requestsPerSecond));
  const floor = (shape: Shape) => Math.max(rate(shape, 'direct'), rate(shape, 'sharing'));
  const latency = (shape: Shape, field: 'p50Ms' | 'p99Ms', side: Side = 'ours') =>
    median(figures[shape][side].map((result) => result[field]));
  const text = (['single', 'batch20'] as const).flatMap((shape) =>
    SIDES.map((side) => {
      const name = { direct: 'floor, a send a request', sharing: 'floor, shared sends', ours: 'ours' }[side];
      const runs = figures[shape][side].map(({ requestsPerSecond }) => Math.round(requestsPerSecond)).join(', ');
      const rounded = Math.round(rate(shape, side)).toLocaleString('en');
      const times = `p50 ${latency(shape, 'p50Ms', side)} ms, p99 ${latency(shape, 'p99Ms', side)} ms`;
      return `${shape.padEnd(8)} ${name.padEnd(24)} ${rounded} requests/s, ${times}  (runs: ${runs})`;
    }),
  );
  output.note('Each side takes its turns alone, 32 connections, one request in flight on each; the floor is the faster bare collector.');
  return {
    single: {
      requestsPerSecond: round(rate('single', 'ours')),
      p50Ms: latency('single', 'p50Ms'),
      p99Ms: latency('single', 'p99Ms'),
      ratioToFloor: round(rate('single', 'ours') / floor('single'), 3),
    },
    batch20: {
      eventsPerSecond: round(BATCH_EVENTS * rate('batch20', 'ours')),
      p99Ms: latency('batch20', 'p99Ms'),
      ratioToFloor: round(rate('batch20', 'ours') / floor('batch20'), 3),
    },
    rssMb: round(rssMb),
    text: text.join('\n'),
  };
}
