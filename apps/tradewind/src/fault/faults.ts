import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '@tradewind/contracts';
import type { ServiceProcess } from '../crash/service-process';
import type { StackControl } from '../stack/stack';
import type { Ledger } from './ledger';

export const FAULTS = ['kill', 'rolling-restart', 'broker-restart', 'broker-away', 'redis-away', 'spool-full'] as const;
export type FaultName = (typeof FAULTS)[number];

/** What a fault works on, while the load runs. */
export interface Scene {
  readonly stack: StackControl;
  readonly replicas: readonly ServiceProcess[];
  readonly ledger: Ledger;
  /** How long the fault may take, seconds; a broker that is away stays so for 60. */
  readonly seconds: number;
  tell(text: string): void;
}

export interface Fault {
  readonly title: string;
  readonly replicas: number;
  /** Added to each event, bytes. */
  readonly paddingBytes: number;
  /** Gives each replica a spool on a small disk. */
  readonly withSpool?: true;
  /** Resolves when everything works again. */
  inject(scene: Scene): Promise<void>;
}

const BROKER_AWAY_MS = 60_000;
const REDIS_AWAY_MS = 10_000;
const LEAST_SPOOLED = 100;
const FULL_TIMEOUT_MS = 60_000;

/** Each fault: what is broken how, and what is there again at its end. */
export const FAULT_PLANS: Readonly<Record<FaultName, Fault>> = {
  kill: {
    title: 'kill -9 of one of two collectors after the other, at last of both',
    replicas: 2,
    paddingBytes: 0,
    async inject({ replicas, seconds, tell }) {
      await repeat({ seconds, rounds: replicas.length }, async (round) => {
        const replica = replicas[round % replicas.length]!;
        tell(`killing replica ${round % replicas.length}`);
        replica.kill();
        await ready(replica);
        // So that kills fall anywhere in a request.
        await pause(Math.random() * 500);
      });
      tell('killing both');
      for (const replica of replicas) replica.kill();
      await ready(...replicas);
    },
  },
  'rolling-restart': {
    title: 'SIGTERM of one of two collectors after the other',
    replicas: 2,
    paddingBytes: 0,
    async inject({ replicas, seconds, tell }) {
      await repeat({ seconds, rounds: replicas.length }, async (round) => {
        const replica = replicas[round % replicas.length]!;
        tell(`restarting replica ${round % replicas.length}`);
        const code = await replica.restart();
        if (code !== 0) throw new AppError('HANDLER_FAILED', `${replica.name} ended with ${code} when told to stop`);
        await ready(replica);
      });
    },
  },
  'broker-restart': {
    title: 'kill -9 of the broker, and its start',
    replicas: 2,
    paddingBytes: 0,
    async inject({ stack, seconds, tell }) {
      await repeat({ seconds, rounds: 1 }, async () => {
        tell('restarting the broker');
        await restart(stack, 'kafka', 0);
        await pause(3_000);
      });
    },
  },
  'broker-away': {
    title: 'the broker is away for 60 s',
    replicas: 2,
    paddingBytes: 0,
    async inject({ stack, tell }) {
      tell('the broker is away');
      await restart(stack, 'kafka', BROKER_AWAY_MS);
      tell('the broker is back');
      await pause(5_000);
    },
  },
  'redis-away': {
    title: 'kill -9 of Redis, away for 10 s',
    replicas: 2,
    paddingBytes: 0,
    async inject({ stack, seconds, tell }) {
      await repeat({ seconds, rounds: 1 }, async () => {
        tell('Redis is away');
        await restart(stack, 'redis', REDIS_AWAY_MS);
        tell('Redis is back');
        await pause(3_000);
      });
    },
  },
  'spool-full': {
    title: 'the broker is away until the disk of the spool is full, and then the collector is killed',
    replicas: 1,
    paddingBytes: 4_096,
    withSpool: true,
    async inject({ stack, replicas, ledger, tell }) {
      tell('the broker is away, events go to the spool');
      await stack.kill('kafka');
      const before = ledger.count('delivered');
      await untilRefused(replicas[0]!);
      tell('the disk is full; killing the collector, and starting the broker');
      if (ledger.count('delivered') - before < LEAST_SPOOLED) throw new AppError('HANDLER_FAILED', 'the spool took next to nothing');
      replicas[0]!.kill();
      await stack.start('kafka');
      await ready(...replicas);
      tell('the spool drains');
      await pause(5_000);
    },
  },
};

/** Rounds until the time is over, at least `rounds`. */
async function repeat({ seconds, rounds }: { seconds: number; rounds: number }, round: (index: number) => Promise<void>): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (let index = 0; index < rounds || performance.now() < deadline; index++) await round(index);
}

async function restart(stack: StackControl, name: 'kafka' | 'redis', awayMs: number): Promise<void> {
  await stack.kill(name);
  await pause(awayMs);
  await stack.start(name);
}

/** A replica that was just killed may answer for a moment longer. */
async function ready(...replicas: readonly ServiceProcess[]): Promise<void> {
  await pause(200);
  await Promise.all(replicas.map((replica) => replica.ready()));
}

/** Resolves when requests get 503, which a collector with a spool gives only when it is full. @throws HANDLER_FAILED when it is not in time */
async function untilRefused(replica: ServiceProcess): Promise<void> {
  const deadline = performance.now() + FULL_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const metrics = await (await fetch(`${replica.url}/metrics`)).text();
    if (/^tradewind_http_request_seconds_count\{[^}]*route="\/v1\/batch",status="503"/m.test(metrics)) return;
    await pause(200);
  }
  throw new AppError('HANDLER_FAILED', `the spool was not full after ${FULL_TIMEOUT_MS / 1000} s; send more with --rate`);
}
