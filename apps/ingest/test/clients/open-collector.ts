import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVENT, REJECTED_EVENT, TOPICS, type Event, type RejectedEvent } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';
import type { Source } from '@tradewind/persistence';
import { PLATFORM_SETTINGS, loadConfig, openPlatform, runServices } from '@tradewind/runtime';
import { eventually } from '@tradewind/testing';
import { ingest } from '../../src/app.module';
import { hashWriteKey } from '../../src/write-keys';

/** A source of its own for a test, and what came of it. */
export interface TestSource {
  readonly writeKey: string;
  /** What is on the events topic. */
  events(): Promise<Event[]>;
  /** Waits until there are `count`, then reads once more: none may be there twice. */
  eventsOnce(count: number): Promise<Event[]>;
  rejected(): Promise<RejectedEvent[]>;
}

/** The service as it runs embedded (HTTP server, log on disk, database), with a log that can be made to fail. */
export interface OpenCollector {
  readonly url: string;
  /** One of the sources it was opened with. */
  source(sourceId: string): TestSource;
  /** Publishing throws this until it is null again. */
  failPublish(error: Error | null): void;
  /** Publishing waits until the returned function is called; `waiting` counts the calls that do. */
  holdPublish(): { waiting(): number; open(): void };
  close(): Promise<void>;
}

export interface SourceOptions {
  readonly settings?: unknown;
  /** @default events, catalog and posts */
  readonly scopes?: readonly string[];
}

export interface OpenOptions {
  readonly sources: Readonly<Record<string, SourceOptions>>;
  /** @default any free one */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the service over an empty data folder. Close it. */
export async function openCollector({ sources, port = 0, env = {} }: OpenOptions): Promise<OpenCollector> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tradewind-clients-'));
  const settings = { DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: 'silent', HTTP_DRAIN_MS: '500', ...env };
  const platform = await openPlatform('ingest', loadConfig(PLATFORM_SETTINGS, settings));
  const close = async () => {
    await platform.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    for (const [sourceId, options] of Object.entries(sources)) await platform.database.sources.upsert(toSource(sourceId, options));
    const faults: Faults = { error: null, held: null, waiting: 0 };
    const running = await runServices([ingest], { env: settings, platform: { ...platform, log: breakable(platform.log, faults) } });
    return {
      url: running.url,
      source: (sourceId) => testSource(platform.log, sourceId),
      failPublish: (error) => void (faults.error = error),
      holdPublish() {
        let open: () => void = () => undefined;
        faults.held = new Promise((resolve) => (open = resolve));
        return { waiting: () => faults.waiting, open: () => ((faults.held = null), open()) };
      },
      close: async () => {
        await running.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the client sent with the event. */
export function payloadOf({ payloadJson }: Event): Payload {
  return JSON.parse(Buffer.from(payloadJson).toString()) as Payload;
}

export interface Payload {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, unknown>>;
}

const writeKeyOf = (sourceId: string) => `key-of-${sourceId}`;

function toSource(sourceId: string, { settings = {}, scopes = ['events', 'catalog', 'posts'] }: SourceOptions): Source {
  const key = { hash: hashWriteKey(writeKeyOf(sourceId)), scopes, label: 'test', createdAtMs: 0, expiresAtMs: null };
  return { sourceId, name: sourceId, enabled: true, settings, writeKeys: [key] };
}

function testSource(log: EventLog, sourceId: string): TestSource {
  const events = async () => (await readAll(log, TOPICS.events.name, EVENT.decode)).filter((event) => event.sourceId === sourceId);
  return {
    writeKey: writeKeyOf(sourceId),
    events,
    async eventsOnce(count) {
      await eventually(async () => expect((await events()).length).toBeGreaterThanOrEqual(count), { timeoutMs: 20_000 });
      const all = await events();
      expect(new Set(all.map(({ messageId }) => messageId)).size).toBe(all.length);
      return all;
    },
    rejected: async () => (await readAll(log, TOPICS.rejected.name, REJECTED_EVENT.decode)).filter((each) => each.sourceId === sourceId),
  };
}

interface Faults {
  error: Error | null;
  held: Promise<void> | null;
  waiting: number;
}

function breakable(log: EventLog, faults: Faults): EventLog {
  const publish: EventLog['publish'] = async (records) => {
    faults.waiting++;
    await faults.held;
    faults.waiting--;
    if (faults.error) throw faults.error;
    return log.publish(records);
  };
  return new Proxy(log, {
    get(target, name) {
      if (name === 'publish') return publish;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

async function readAll<T>(log: EventLog, topic: string, decode: (bytes: Buffer | null) => T): Promise<T[]> {
  const found: T[] = [];
  for await (const records of log.read(topic)) found.push(...records.map(({ value }) => decode(value)));
  return found;
}
