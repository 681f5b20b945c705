import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLATFORM_SETTINGS, loadConfig, openLogAlone } from '@tradewind/runtime';
import { forkChild } from '../bench/child';
import type { Output } from '../command';
import { decodeTopics } from './decode-topics';
import type { FuzzCollectorRun, MemorySample } from './fuzz-ingest.worker';
import { fuzz, type Finding, type FuzzRun } from './fuzz';
import { FUZZ_KEYS } from './sources';

export interface FuzzTestOptions {
  /** For the collector's stores, and for what was found. */
  readonly dataDir: string;
  readonly bodies: number;
  readonly seed: number;
  readonly output: Pick<Output, 'progress'>;
}

/** JSON of `fuzz-test ingest`. */
export interface FuzzReport extends Omit<FuzzRun, 'findings'> {
  readonly ok: boolean;
  readonly seed: number;
  readonly seconds: number;
  /** Their requests are in `<dataDir>/found`. */
  readonly findings: readonly Omit<Finding, 'request'>[];
  /** Records by topic, all of which decode. */
  readonly records: Readonly<Record<string, number>>;
  /** Objects and buffers after collecting garbage, MB: medians of the second and of the last quarter of the run. */
  readonly liveMb: { readonly early: number; readonly late: number };
  readonly rssMb: { readonly early: number; readonly late: number };
  /** Of the data folder at the end. */
  readonly diskMb: number;
}

/** What caches and tables may still grow by after the first quarter; a leak of 1 KB a body shows from 30,000 bodies on. */
const MAX_GROWTH_MB = 24;
const MIB = 1024 * 1024;

/**
 * Sends generated requests to a collector in a process of its own, with the embedded log, and reads the log afterwards. The disk is bounded by the
 * bodies: most are small, and of what is rejected at most 256 KiB are kept.
 * @throws HANDLER_FAILED when the collector ends
 */
export async function fuzzTest({ dataDir, bodies, seed, output }: FuzzTestOptions): Promise<FuzzReport> {
  const startedMs = performance.now();
  const platformDir = join(dataDir, 'platform');
  mkdirSync(platformDir, { recursive: true });
  const config: FuzzCollectorRun = { dataDir: platformDir };
  const child = forkChild<{ url: string }, readonly MemorySample[]>({
    script: 'fuzz-ingest.worker.js',
    config,
    nodeOptions: ['--expose-gc'],
  });
  try {
    const { url } = await child.ready;
    const progress = output.progress({ label: 'fuzzing', total: bodies, unit: 'bodies' });
    const running = fuzz({ url, writeKeys: FUZZ_KEYS, bodies, seed, onProgress: (done) => progress.update(done) });
    // A collector that ends rejects its result.
    const { findings, ...run } = await Promise.race([running, child.result.then(() => running)]);
    progress.finish();
    const samples = await child.finish();
    keep(findings, join(dataDir, 'found'));
    const records = await decodeAll(platformDir);
    const memory = { liveMb: quarters(samples, ({ liveMb }) => liveMb), rssMb: quarters(samples, ({ rssMb }) => rssMb) };
    return {
      ok: findings.length === 0 && memory.liveMb.late - memory.liveMb.early <= MAX_GROWTH_MB,
      seed,
      seconds: Math.round((performance.now() - startedMs) / 1000),
      ...run,
      findings: findings.map(({ index, status, ms }) => ({ index, status, ms })),
      records,
      ...memory,
      diskMb: Math.round(bytesUnder(platformDir) / MIB),
    };
  } finally {
    child.kill();
  }
}

/** So that each can be looked at and sent again. */
function keep(findings: readonly Finding[], dir: string): void {
  if (findings.length > 0) mkdirSync(dir, { recursive: true });
  for (const { index, status, ms, request } of findings) {
    const { body, ...head } = request;
    writeFileSync(join(dir, `${index}.json`), JSON.stringify({ status, ms, ...head, bodyBase64: body.toString('base64') }, null, 2));
  }
}

async function decodeAll(dataDir: string): Promise<FuzzReport['records']> {
  const log = await openLogAlone('fuzz-test', loadConfig(PLATFORM_SETTINGS, { DATA_DIR: dataDir, LOG_LEVEL: 'error' }), {
    logTo: 'stderr',
  });
  try {
    return await decodeTopics(log);
  } finally {
    await log.close();
  }
}

/** Medians of the second and of the last quarter. */
function quarters(samples: readonly MemorySample[], pick: (sample: MemorySample) => number): { early: number; late: number } {
  const values = samples.map(pick);
  const quarter = Math.max(1, Math.floor(values.length / 4));
  const median = (part: readonly number[]) => Math.round([...part].sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? 0);
  return { early: median(values.slice(quarter, 2 * quarter)), late: median(values.slice(-quarter)) };
}

function bytesUnder(dir: string): number {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** For people. */
export function describeFuzz(report: FuzzReport): string {
  const { statuses, findings, records, liveMb, rssMb } = report;
  return [
    `${report.bodies} requests (${Math.round(report.bytes / MIB)} MB of bodies) in ${report.seconds} s, seed ${report.seed}`,
    `  answers: ${Object.entries(statuses)
      .map(([status, count]) => `${status === '0' ? 'broken' : status} ${count}`)
      .join(', ')}`,
    `  events and items: ${report.accepted} accepted, ${report.rejected} rejected, ${report.dropped} dropped`,
    `  p99 ${report.p99Ms} ms, longest ${report.maxMs} ms`,
    `  live memory ${liveMb.early} → ${liveMb.late} MB, resident ${rssMb.early} → ${rssMb.late} MB, disk ${report.diskMb} MB`,
    `  all decode: ${Object.entries(records)
      .map(([topic, count]) => `${topic} ${count}`)
      .join(', ')}`,
    ...findings.map(({ index, status, ms }) => `  FOUND request ${index}: ${status ?? 'connection broken'} after ${ms} ms`),
    report.ok ? 'OK' : 'FAILED',
  ].join('\n');
}
