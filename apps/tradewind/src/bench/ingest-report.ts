import type { Output } from '../command';
import type { IngestResult } from './ingest-protocol';
import type { LoadResult } from './load';
import { median, round } from './stats';

/** Events of a batch. */
export const BATCH_EVENTS = 20;
/** The collectors: the floor with a send a request, the floor with shared sends, ours. */
export const SIDES = ['direct', 'sharing', 'ours'] as const;
export const SHAPES = ['single', 'batch20'] as const;
export type Side = (typeof SIDES)[number];
export type Shape = (typeof SHAPES)[number];

/** One measurement; CPU is that of the collector, microseconds a request. */
export type Figure = LoadResult & { readonly cpuMicros: number | null };
export type Figures = Record<Shape, Record<Side, Figure[]>>;

/** JSON of `bench ingest`. The floor is the faster of the two bare collectors. CPU is that of the collector, null where the system does not tell. */
export interface IngestReport {
  readonly single: Cpu & {
    readonly requestsPerSecond: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly ratioToFloor: number;
  };
  readonly batch20: Cpu & { readonly eventsPerSecond: number; readonly p99Ms: number; readonly ratioToFloor: number };
  readonly rssMb: number;
  readonly maxRssMb: number;
}

interface Cpu {
  readonly cpuMicrosPerRequest: number | null;
  readonly floorCpuMicrosPerRequest: number | null;
}

/** Medians over the rounds. */
export function reportIngest(
  figures: Figures,
  { rssMb, maxRssMb }: IngestResult,
  output: Pick<Output, 'note'>,
): IngestReport & { readonly text: string } {
  const rate = (shape: Shape, side: Side) => median(figures[shape][side].map(({ requestsPerSecond }) => requestsPerSecond));
  const floorSide = (shape: Shape): Side => (rate(shape, 'direct') > rate(shape, 'sharing') ? 'direct' : 'sharing');
  const latency = (shape: Shape, field: 'p50Ms' | 'p99Ms', side: Side = 'ours') =>
    round(median(figures[shape][side].map((result) => result[field])), 1);
  const cpu = (shape: Shape, side: Side) => {
    const values = figures[shape][side].flatMap(({ cpuMicros }) => cpuMicros ?? []);
    return values.length === 0 ? null : Math.round(median(values));
  };
  const cpus = (shape: Shape): Cpu => ({
    cpuMicrosPerRequest: cpu(shape, 'ours'),
    floorCpuMicrosPerRequest: cpu(shape, floorSide(shape)),
  });
  const ratio = (shape: Shape) => round(rate(shape, 'ours') / rate(shape, floorSide(shape)), 3);
  const text = SHAPES.flatMap((shape) =>
    SIDES.map((side) => {
      const name = { direct: 'floor, a send a request', sharing: 'floor, shared sends', ours: 'ours' }[side];
      const runs = figures[shape][side].map(({ requestsPerSecond }) => Math.round(requestsPerSecond)).join(', ');
      const rounded = Math.round(rate(shape, side)).toLocaleString('en');
      const times = `p50 ${latency(shape, 'p50Ms', side)} ms, p99 ${latency(shape, 'p99Ms', side)} ms, CPU ${cpu(shape, side) ?? '?'} µs a request`;
      return `${shape.padEnd(8)} ${name.padEnd(24)} ${rounded} requests/s, ${times}  (runs: ${runs})`;
    }),
  );
  output.note('Each side takes its turns alone, 32 connections, one request in flight on each; the floor is the faster bare collector.');
  return {
    single: {
      requestsPerSecond: round(rate('single', 'ours')),
      p50Ms: latency('single', 'p50Ms'),
      p99Ms: latency('single', 'p99Ms'),
      ratioToFloor: ratio('single'),
      ...cpus('single'),
    },
    batch20: {
      eventsPerSecond: round(BATCH_EVENTS * rate('batch20', 'ours')),
      p99Ms: latency('batch20', 'p99Ms'),
      ratioToFloor: ratio('batch20'),
      ...cpus('batch20'),
    },
    rssMb: round(rssMb),
    maxRssMb: round(maxRssMb),
    text: text.join('\n'),
  };
}
