import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@tradewind/contracts';
import { describeWithBrowser, eventually, freePort } from '@tradewind/testing';
import { renderAnswers, type AnswerRow } from './answers-table';
import { openBrowser, type Browser } from './open-browser';
import { openCollector, type OpenCollector } from './open-collector';
import { openRelay, type Relay, type Spoil } from './relay';
import { analyticsNext, rudderNode, segmentNode, type Outcome, type Sender } from './senders';

const DOCUMENT = join(__dirname, '../../../../docs/guides/answers.md');
const FOUR_MIB = 4 * 1024 * 1024;
/** A source of this limit is refused for 4 s after one event: 1 / 0.3, rounded up. */
const LIMITED = { settings: { rateLimit: { eventsPerSecond: 0.3, burst: 1 } } };
const NODE_TIMEOUT_MS = 1_000;

interface Case {
  readonly name: string;
  /** What the server answers, for the table. */
  readonly answer: string;
  /** Of each client. @default shop */
  readonly sources?: readonly string[];
  readonly before?: () => Promise<void>;
  readonly writeKey?: string;
  /** What the relay does to the first request of each client. */
  readonly spoil?: Spoil;
  /** Runs while the clients send; `seen` resolves when each of them had a first answer. */
  readonly during?: (seen: Promise<void>) => Promise<void>;
}

describeWithBrowser('what the server answers, and what each client then does', (chromium) => {
  let collector: OpenCollector;
  let browser: Browser;
  let senders: readonly Sender[];
  const rows: AnswerRow[] = [];

  beforeAll(async () => {
    collector = await openCollector({
      sources: { shop: {}, catalogue: { scopes: ['catalog'] }, limited0: LIMITED, limited1: LIMITED, limited2: LIMITED },
      env: { INGEST_MAX_IN_FLIGHT_BYTES: String(FOUR_MIB) },
    });
    browser = await openBrowser(chromium);
    senders = [segmentNode, rudderNode, analyticsNext(browser)];
  });
  afterAll(async () => {
    await browser?.close();
    await collector?.close();
  });

  const unavailable = new AppError('LOG_UNAVAILABLE', 'the broker is away', { retryable: true });
  const failUntilSeen = (error: Error) => async (seen: Promise<void>) => {
    collector.failPublish(error);
    await seen;
    collector.failPublish(null);
  };
  const post = (sourceId: string, body: string) =>
    fetch(`${collector.url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${collector.source(sourceId).writeKey}:`).toString('base64')}` },
      body,
    });

  const cases: readonly Case[] = [
    { name: 'taken', answer: '200' },
    { name: 'body that is not JSON', answer: '400 `JSON_MALFORMED`', spoil: 'cut the body' },
    { name: 'write key of nobody', answer: '401 `WRITE_KEY_UNKNOWN`', writeKey: 'nobody' },
    { name: 'write key without the scope', answer: '403 `SCOPE_MISSING`', sources: ['catalogue', 'catalogue', 'catalogue'] },
    { name: 'path that does not exist', answer: '404', spoil: 'change the path' },
    { name: 'request over 4 MiB', answer: '413 `REQUEST_TOO_LARGE`', spoil: 'pad the body' },
    { name: 'unknown content-encoding', answer: '415 `ENCODING_UNSUPPORTED`', spoil: 'rename the coding' },
    {
      name: 'too many bytes wait for the log',
      answer: '429 `OVERLOADED`, Retry-After: 1',
      during: async (seen) => {
        const held = collector.holdPublish();
        const filling = post('shop', `${JSON.stringify({ userId: 'filler', event: 'Filler' })}${' '.repeat(FOUR_MIB - 100)}`);
        await seen;
        held.open();
        await filling;
      },
    },
    {
      name: "the source's rate limit",
      answer: '429 `RATE_LIMITED`, Retry-After until there is room',
      sources: ['limited0', 'limited1', 'limited2'],
      before: async () => {
        const filler = JSON.stringify({ userId: 'filler', event: 'Filler' });
        await Promise.all([0, 1, 2].map((i) => post(`limited${i}`, filler)));
      },
    },
    { name: 'a bug', answer: '500 `INTERNAL`', during: failUntilSeen(new Error('a bug')) },
    { name: 'the broker is away', answer: '503 `LOG_UNAVAILABLE`, Retry-After: 1', during: failUntilSeen(unavailable) },
    { name: 'killed before it read the request', answer: 'connection reset', spoil: 'reset before' },
    { name: 'killed after the log had the event', answer: 'connection reset', spoil: 'reset after' },
  ];

  it.each(cases)('$name: $answer', async ({ name, answer, sources = ['shop', 'shop', 'shop'], before, writeKey, spoil, during }) => {
    const relays = await Promise.all(senders.map(() => openRelay(collector.url)));
    try {
      await before?.();
      if (spoil) relays.forEach((relay) => relay.spoil(spoil));
      const seen = eventually(() => expect(relays.map(firstAnswer)).not.toContain(undefined), { timeoutMs: 20_000 }).then(() => undefined);
      const disturbed = during?.(seen);
      const event = (sender: Sender) => `${name} ${sender.name}`;
      const results = await Promise.all(
        senders.map((sender, i) =>
          sender.send({ url: relays[i]!.url, writeKey: writeKey ?? collector.source(sources[i]!).writeKey, event: event(sender) }),
        ),
      );
      await disturbed;
      rows.push({ name, answer, clients: results.map((outcome, i) => describeClient(outcome, relays[i]!)) });
      for (const [i, sender] of senders.entries()) {
        const arrived = (await collector.source(sources[i]!).events()).filter((each) => each.name === event(sender));
        expect({ sender: sender.name, count: arrived.length }).toEqual({ sender: sender.name, count: results[i] === 'delivered' ? 1 : 0 });
      }
    } finally {
      await Promise.all(relays.map((relay) => relay.close()));
    }
  });

  it('no answer in time: analytics-node sends again, the others wait, and the event is there once', async () => {
    const held = collector.holdPublish();
    const relays = await Promise.all(senders.map(() => openRelay(collector.url)));
    const sending = senders.map((sender, i) =>
      sender.send({
        url: relays[i]!.url,
        writeKey: collector.source('shop').writeKey,
        event: `late ${sender.name}`,
        timeoutMs: NODE_TIMEOUT_MS,
      }),
    );
    await eventually(() => expect(relays.map((relay) => posts(relay).length)).toEqual([2, 1, 1]));
    held.open();
    const results = await Promise.all(sending);
    const clients = results.map((outcome, i) => describeClient(outcome, relays[i]!));
    rows.push({ name: 'no answer within the timeout, which only analytics-node has (10 s)', answer: 'none', clients });
    await Promise.all(relays.map((relay) => relay.close()));
    const arrived = (await collector.source('shop').events()).map(({ name }) => name);
    expect(arrived.filter((name) => name.startsWith('late ')).sort()).toEqual(senders.map(({ name }) => `late ${name}`).sort());
  });

  it('nothing listens for some seconds, as while it starts', async () => {
    const port = await freePort();
    const relays = await Promise.all(senders.map(() => openRelay(`http://127.0.0.1:${port}`)));
    const sending = senders.map((sender, i) =>
      sender.send({ url: relays[i]!.url, writeKey: collector.source('shop').writeKey, event: 'early' }),
    );
    await eventually(() => expect(relays.map(({ exchanges }) => exchanges.length >= 2)).toEqual([true, true, true]), { timeoutMs: 20_000 });
    // All that rudder-sdk-node tries.
    await eventually(() => expect(posts(relays[1]!)).toHaveLength(4));
    const late = await openCollector({ sources: { shop: {} }, port });
    try {
      const results = await Promise.all(sending);
      const clients = results.map((outcome, i) => describeClient(outcome, relays[i]!));
      rows.push({
        name: 'nothing listens for some seconds (it starts, and there is no other replica)',
        answer: 'connection refused',
        clients,
      });
      expect(await late.source('shop').events()).toHaveLength(results.filter((outcome) => outcome === 'delivered').length);
    } finally {
      await Promise.all(relays.map((relay) => relay.close()));
      await late.close();
    }
  });

  it('is what docs/guides/answers.md says', () => {
    const text = renderAnswers(
      senders.map(({ name }) => name),
      rows,
    );
    if (process.env['UPDATE_DOCS'] === 'true') writeFileSync(DOCUMENT, text);
    expect(existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '').toBe(text);
  });
});

function posts(relay: Relay) {
  return relay.exchanges.filter(({ method }) => method === 'POST');
}

/** Undefined while there is none; null for a broken connection. */
function firstAnswer(relay: Relay): number | null | undefined {
  return posts(relay)[0]?.isOver ? posts(relay)[0]!.status : undefined;
}

function describeClient(outcome: Outcome, relay: Relay): string {
  // A browser that cannot connect fails at the preflight.
  const [first, second] = relay.exchanges.filter(({ method, status }) => method === 'POST' || status === null);
  if (second === undefined) return outcome === 'delivered' ? 'delivered' : '**drops it**';
  // A second is what clients wait anyway.
  const isTold = (first!.retryAfter ?? 0) > 1 && second.atMs - first!.atMs >= 1_000 * first!.retryAfter! - 50;
  const waited = isTold ? 'waits as told, sends again' : 'sends again';
  return outcome === 'delivered' ? `${waited}: delivered` : `${waited}, then **drops it**`;
}
