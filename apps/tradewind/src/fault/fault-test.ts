import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EVENT, TOPICS } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';
import { PLATFORM_SETTINGS, loadConfig, openLogAlone } from '@tradewind/runtime';
import type { Output } from '../command';
import { ServiceProcess } from '../crash/service-process';
import { freePort } from '../stack/ports';
import { openStack, type StackControl } from '../stack/stack';
import { openBalancer } from './balancer';
import { startLoad, type Load } from './clients';
import { FAULT_PLANS, type FaultName } from './faults';
import { Ledger, isWhole, type Arrival, type LedgerReport } from './ledger';
import { openSmallDisk, type SmallDisk } from './small-disk';

export interface FaultTestOptions {
  /** Where the servers and logs go. */
  readonly dataDir: string;
  readonly faults: readonly FaultName[];
  /** Of each fault; a broker that is away stays so for 60. */
  readonly seconds: number;
  /** Events a second, all clients together. */
  readonly rate: number;
  readonly output: Pick<Output, 'note' | 'progress'>;
}

export interface FaultResult extends LedgerReport {
  readonly fault: FaultName;
  readonly ok: boolean;
  /** SIGKILLs of collectors, and times one ended by itself: these must be 0. */
  readonly kills: number;
  readonly exits: number;
  /** Of the largest collector. */
  readonly rssMb: number;
  readonly seconds: number;
  /** Of the spool, where there is one. */
  readonly disk?: SmallDisk['kind'];
}

/** JSON of `fault-test ingest`. */
export interface FaultReport {
  readonly ok: boolean;
  readonly faults: readonly FaultResult[];
  readonly seconds: number;
}

const WARM_UP_MS = 2_000;
const COOL_DOWN_MS = 2_000;
/** A client of Segment that was refused for 60 s waits up to 50 s more before it asks again. */
const OUTCOME_TIMEOUT_MS = 150_000;
const SETTLE_TIMEOUT_MS = 60_000;
const SAMPLE_MS = 500;

/** Runs each fault on servers of its own while the real SDKs send, and compares what they count as delivered with the topic. */
export async function faultTest(options: FaultTestOptions): Promise<FaultReport> {
  const startedMs = performance.now();
  const { dataDir, output } = options;
  const logDir = join(dataDir, 'logs');
  mkdirSync(logDir, { recursive: true });
  const stack = openStack({ dataDir, docker: false, output });
  // Never the usual ports: clients of a killed broker would find another one there.
  const { settings } = await stack.up({ kafka: await freePort(), redis: await freePort(), postgres: await freePort() });
  try {
    const env = { ...settings, DATA_DIR: join(dataDir, 'platform'), LOG_LEVEL: 'warn' };
    const faults: FaultResult[] = [];
    for (const name of options.faults) faults.push(await runFault(name, { options, stack, env, logDir }));
    return { ok: faults.every(({ ok }) => ok), faults, seconds: secondsSince(startedMs) };
  } finally {
    await stack.down({ wipe: true });
  }
}

interface Stage {
  readonly options: FaultTestOptions;
  readonly stack: StackControl;
  readonly env: Readonly<Record<string, string>>;
  readonly logDir: string;
}

async function runFault(name: FaultName, stage: Stage): Promise<FaultResult> {
  const startedMs = performance.now();
  const { options } = stage;
  const fault = FAULT_PLANS[name];
  const disk = fault.withSpool && openSmallDisk(join(options.dataDir, `spool-${name}`));
  const replicas = await startReplicas(name, fault.replicas, disk || undefined, stage);
  const balancer = await openBalancer(replicas.map(({ url }) => Number(new URL(url).port)));
  const memory = watchMemory(replicas);
  try {
    const ledger = new Ledger();
    const { rate, seconds, output } = options;
    const tell = (text: string) => output.note(`${name}, ${secondsSince(startedMs)} s, ${ledger.count('delivered')} delivered: ${text}`);
    const load = await startLoad({ url: balancer.url, writeKey: keyOf(name), ledger, rate, paddingBytes: fault.paddingBytes });
    await sendDuring(load, () => fault.inject({ stack: stage.stack, replicas, ledger, seconds, tell }));
    const report = await compareWithTopic(name, ledger, stage.env);
    const exits = replicas.reduce((sum, replica) => sum + replica.exits, 0);
    return {
      fault: name,
      ok: isWhole(report) && exits === 0,
      ...report,
      kills: replicas.reduce((sum, replica) => sum + replica.kills, 0),
      exits,
      rssMb: memory.stop(),
      seconds: secondsSince(startedMs),
      ...(disk && { disk: disk.kind }),
    };
  } finally {
    memory.stop();
    await balancer.close();
    await Promise.all(replicas.map((replica) => replica.stop()));
    if (disk) disk.remove();
  }
}

/** The load runs while `work` does, and a moment longer; then its last outcomes are waited for. */
async function sendDuring(load: Load, work: () => Promise<void>): Promise<void> {
  try {
    await pause(WARM_UP_MS);
    await work();
    await pause(COOL_DOWN_MS);
  } catch (error) {
    // Clients that go on retrying would keep this process alive.
    await load.stop(0);
    throw error;
  }
  await load.stop(OUTCOME_TIMEOUT_MS);
}

const keyOf = (name: FaultName) => `key-of-${name}`;
const secondsSince = (startedMs: number) => Math.round((performance.now() - startedMs) / 1000);

async function startReplicas(name: FaultName, count: number, disk: SmallDisk | undefined, stage: Stage): Promise<ServiceProcess[]> {
  const { env, logDir, options } = stage;
  const own = { INGEST_WRITE_KEYS: `${name}:${keyOf(name)}`, ...disk?.env };
  const replicas: ServiceProcess[] = [];
  for (let i = 0; i < count; i++) {
    const dataDir = join(options.dataDir, `ingest-${i}`);
    replicas.push(new ServiceProcess({ name: 'ingest', port: await freePort(), env: { ...env, ...own, DATA_DIR: dataDir }, logDir }));
  }
  for (const replica of replicas) replica.start();
  await Promise.all(replicas.map((replica) => replica.ready()));
  return replicas;
}

/** Reads until nothing that was delivered is missing: a spool may still drain. Then what is missing is lost. */
async function compareWithTopic(name: FaultName, ledger: Ledger, env: Readonly<Record<string, string>>): Promise<LedgerReport> {
  const log = await openLogAlone('fault-test', loadConfig(PLATFORM_SETTINGS, env), { logTo: 'stderr' });
  try {
    const deadline = performance.now() + SETTLE_TIMEOUT_MS;
    for (;;) {
      const report = ledger.compare(await readArrivals(log, name));
      if (report.lost === 0 || performance.now() > deadline) return report;
      await pause(1_000);
    }
  } finally {
    await log.close();
  }
}

async function readArrivals(log: EventLog, sourceId: string): Promise<Arrival[]> {
  const arrivals: Arrival[] = [];
  for await (const records of log.read(TOPICS.events.name)) {
    for (const { value } of records) {
      const event = EVENT.decode(value);
      if (event.sourceId === sourceId) arrivals.push({ user: event.userId, n: numberOf(event.payloadJson), messageId: event.messageId });
    }
  }
  return arrivals;
}

function numberOf(payloadJson: Uint8Array): number {
  const { properties } = JSON.parse(Buffer.from(payloadJson).toString()) as { properties: { n: number } };
  return properties.n;
}

/** Samples resident memory where the system tells it; `stop` gives the largest, MB, 0 where it does not. */
function watchMemory(replicas: readonly ServiceProcess[]): { stop(): number } {
  let largestKb = 0;
  const timer = setInterval(() => {
    for (const { pid } of replicas) {
      const file = `/proc/${pid}/status`;
      const kb = pid !== undefined && existsSync(file) ? /VmRSS:\s+(\d+)/.exec(readOrEmpty(file))?.[1] : undefined;
      largestKb = Math.max(largestKb, Number(kb ?? 0));
    }
  }, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      return Math.round(largestKb / 1024);
    },
  };
}

/** The process may end between the two looks. */
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH') return '';
    throw error;
  }
}

/** For people. */
export function describeFaults({ faults, ok, seconds }: FaultReport): string {
  const lines = faults.map((each) => {
    const { delivered, dropped, open, onTopic, repeats, lost, doubled, unknown, disordered, disorderedFree } = each;
    return [
      `${each.fault}: ${FAULT_PLANS[each.fault].title}${each.disk ? ` (${each.disk})` : ''}; ${each.seconds} s, ${each.kills} kills, ${each.exits} exits, at most ${each.rssMb} MB`,
      `  ${each.sent} sent by ${each.users} users: ${delivered} delivered, ${dropped} dropped by their client, ${open} open`,
      `  ${onTopic} on the topic, ${repeats} of them repeats`,
      `  delivered and lost ${lost}, doubled ${doubled}, unknown ${unknown}, out of order ${disordered} (${disorderedFree} of clients that do not wait)`,
      `  ${each.ok ? 'OK' : 'FAILED'}`,
    ].join('\n');
  });
  return [...lines, `${ok ? 'OK' : 'FAILED'} in ${seconds} s`].join('\n');
}
