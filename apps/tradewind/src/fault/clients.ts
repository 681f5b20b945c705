import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { importForDevelopment } from '../development-packages';
import type { Ledger, Outcome } from './ledger';

export interface LoadOptions {
  readonly url: string;
  readonly writeKey: string;
  readonly ledger: Ledger;
  /** Events a second, all clients together. */
  readonly rate: number;
  /** Added to each event, bytes. */
  readonly paddingBytes: number;
}

/** Load of the real SDKs, with their default retries. */
export interface Load {
  /** Ends once every event has its outcome, or after `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
}

/** Hands one event to a client; resolves with its outcome. */
type Track = (userId: string, properties: { n: number; padding: string }) => Promise<Outcome>;

interface Client {
  readonly track: Track;
  /** Sends what waits for a batch to fill. */
  flush(): void;
  close(): Promise<void>;
}

interface ClientKind {
  readonly name: string;
  readonly clients: number;
  readonly usersOfEach: number;
  /** Events handed over at once. */
  readonly round: number;
  /** The next round is sent when the one before has its outcomes; only then a client promises order. */
  readonly waits: boolean;
  readonly open: (options: LoadOptions, flushAt: number) => Promise<Client>;
}

const EVENT = 'Fault Test';

const KINDS: readonly ClientKind[] = [
  { name: 'segment-single', clients: 4, usersOfEach: 1, round: 1, waits: true, open: openSegment },
  { name: 'segment-batch', clients: 2, usersOfEach: 3, round: 15, waits: true, open: openSegment },
  { name: 'segment-free', clients: 1, usersOfEach: 5, round: 5, waits: false, open: openSegment },
  { name: 'rudder-single', clients: 4, usersOfEach: 1, round: 1, waits: true, open: openRudder },
  { name: 'rudder-batch', clients: 2, usersOfEach: 4, round: 20, waits: true, open: openRudder },
  { name: 'rudder-free', clients: 1, usersOfEach: 5, round: 5, waits: false, open: openRudder },
];
const CLIENTS = KINDS.reduce((sum, { clients }) => sum + clients, 0);
/** The SDKs' own batch sizes, of the clients that do not wait. */
const FREE_FLUSH_AT = 15;

/**
 * Starts clients of @segment/analytics-node and @rudderstack/rudder-sdk-node: some send event by event, some batch by batch, each user's next
 * only after the one before was taken or dropped, and some without waiting.
 * @throws CONFIG_INVALID when the SDKs, which are development packages, are not installed
 */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const padding = 'x'.repeat(options.paddingBytes);
  const stopping = new AbortController();
  // Every client listens.
  setMaxListeners(CLIENTS, stopping.signal);
  const clients: Client[] = [];
  const working: Promise<void>[] = [];
  for (const kind of KINDS) {
    for (let i = 0; i < kind.clients; i++) {
      const client = await kind.open(options, kind.waits ? kind.round : FREE_FLUSH_AT);
      const users = Array.from({ length: kind.usersOfEach }, (_, j) => `${kind.name}-${i}-${j}`);
      for (const user of users) options.ledger.addUser(user, kind.waits);
      clients.push(client);
      working.push(work({ client, users, kind, padding, options, signal: stopping.signal }));
    }
  }
  return {
    async stop(timeoutMs) {
      stopping.abort();
      const timeout = new AbortController();
      const done = Promise.all(working).then(() => timeout.abort());
      await Promise.race([done, pause(timeoutMs, undefined, { signal: timeout.signal }).catch(() => undefined)]);
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

interface Work {
  readonly client: Client;
  readonly users: readonly string[];
  readonly kind: ClientKind;
  readonly padding: string;
  readonly options: LoadOptions;
  readonly signal: AbortSignal;
}

/** Rounds at the client's share of the rate until the signal; a late round is not made up for. */
async function work({ client, users, kind, padding, options, signal }: Work): Promise<void> {
  const roundMs = (1000 * kind.round * CLIENTS) / options.rate;
  const open: Promise<void>[] = [];
  while (!signal.aborted) {
    const startedMs = performance.now();
    const round = Array.from({ length: kind.round }, async (_, i) => {
      const user = users[i % users.length]!;
      const n = options.ledger.send(user);
      options.ledger.settle(user, n, await client.track(user, { n, padding }));
    });
    if (kind.waits) {
      client.flush();
      await Promise.all(round);
    } else open.push(...round);
    const waitMs = roundMs - (performance.now() - startedMs);
    if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => undefined);
  }
  client.flush();
  await Promise.all(open);
}

async function openSegment({ url, writeKey }: LoadOptions, flushAt: number): Promise<Client> {
  const { Analytics } = await importForDevelopment(() => import('@segment/analytics-node'));
  const client = new Analytics({ writeKey, host: url, flushAt, flushInterval: 1_000 });
  client.on('error', () => undefined);
  return {
    track: (userId, properties) =>
      new Promise((resolve) => client.track({ userId, event: EVENT, properties }, (error) => resolve(error ? 'dropped' : 'delivered'))),
    flush: () => undefined,
    close: () => client.closeAndFlush({ timeout: 1_000 }),
  };
}

async function openRudder({ url, writeKey }: LoadOptions, flushAt: number): Promise<Client> {
  const { default: RudderAnalytics } = await importForDevelopment(() => import('@rudderstack/rudder-sdk-node'));
  // With an error handler a failed flush rejects nothing; outcomes come with each event's callback.
  const client = new RudderAnalytics(writeKey, { dataPlaneUrl: url, flushAt, flushInterval: 1_000, errorHandler: () => undefined });
  // It writes every failed attempt to the console, whatever its level.
  Object.assign((client as unknown as { logger: object }).logger, { error: () => undefined });
  return {
    track: (userId, properties) =>
      new Promise((resolve) => {
        const settle = (error?: Error) => resolve(error ? 'dropped' : 'delivered');
        client.track({ userId, event: EVENT, properties }, settle as () => void);
      }),
    flush: () => void client.flush(),
    close: () => client.flush(),
  };
}
