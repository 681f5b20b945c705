import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReplayEvent } from './recording';
import { replay } from './replay';

interface Received {
  readonly messageIds: string[];
  readonly byUser: Map<string, string[]>;
}
type Misbehave = (request: number, response: ServerResponse) => boolean;

let server: Server;
let received: Received;
let refuse: Misbehave;
let paths: string[];
let requests: number;
let url: string;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body: unknown = JSON.parse(await bodyOf(request));
  if (refuse(requests++, response)) return;
  paths.push(request.url!);
  const batch = Array.isArray(body) ? [] : (body as { batch: ReplayEvent[] }).batch;
  for (const event of batch) {
    received.messageIds.push(event.messageId);
    received.byUser.set(event.userId!, [...(received.byUser.get(event.userId!) ?? []), event.messageId]);
  }
  const errors = batch.flatMap((event, index) => (event.event === 'bad' ? [{ index, code: 'EVENT_INVALID', reason: 'bad' }] : []));
  response.end(JSON.stringify({ success: true, accepted: batch.length - errors.length, rejected: errors.length, errors }));
}

beforeEach(async () => {
  received = { messageIds: [], byUser: new Map() };
  refuse = () => false;
  paths = [];
  requests = 0;
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

function someEvents(count: number, users = 20): ReplayEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    type: 'track',
    event: 'e',
    messageId: `m${i}`,
    userId: `u${(i * 7) % users}`,
    timestamp: new Date(i * 1000).toISOString(),
  }));
}

describe('replay', () => {
  it('sends everything once, the catalogue first, in the order of each customer', async () => {
    const events = someEvents(2_500);
    const items = Array.from({ length: 1_200 }, (_, i) => ({ item_id: `i${i}`, title: 't', price: 1, currency: 'GBP' }));
    const acked: string[] = [];
    const summary = await replay({ events, items, url, writeKey: 'k', onAcked: (ids) => void acked.push(...ids) });
    expect(summary).toMatchObject({ items: 1_200, sent: 2_500, accepted: 2_500, rejected: 0, retried: 0 });
    expect(paths.slice(0, 4)).toEqual(['/v1/catalog/items', '/v1/catalog/items', '/v1/catalog/items', '/v1/batch']);
    expect([...acked].sort()).toEqual(events.map(({ messageId }) => messageId).sort());
    for (const [user, ids] of received.byUser)
      expect(ids).toEqual(events.filter(({ userId }) => userId === user).map(({ messageId }) => messageId));
  });

  it('tries again until it is acknowledged, and keeps the order', async () => {
    const events = someEvents(400);
    refuse = (request, response) => {
      if (request % 4 === 0) response.writeHead(429, { 'retry-after': '0' }).end();
      else if (request % 4 === 1) response.writeHead(503).end();
      else if (request % 4 === 2) response.destroy();
      return request % 4 !== 3;
    };
    const summary = await replay({ events, url, writeKey: 'k', concurrency: 2 });
    expect(summary).toMatchObject({ sent: 400, accepted: 400 });
    expect(summary.retried).toBeGreaterThan(0);
    for (const [user, ids] of received.byUser)
      expect(ids).toEqual(events.filter(({ userId }) => userId === user).map(({ messageId }) => messageId));
  });

  it('counts rejected events and does not call them acknowledged', async () => {
    const events = [...someEvents(3), { type: 'track', event: 'bad', messageId: 'b', userId: 'u' } as const];
    const acked: string[] = [];
    const summary = await replay({ events, url, writeKey: 'k', onAcked: (ids) => void acked.push(...ids) });
    expect(summary).toMatchObject({ sent: 4, accepted: 3, rejected: 1, rejections: ['b: EVENT_INVALID: bad'] });
    expect(acked).not.toContain('b');
  });

  it('stops at the limit', async () => {
    expect(await replay({ events: someEvents(100), url, writeKey: 'k', limit: 7 })).toMatchObject({ sent: 7 });
  });

  it('keeps to the speed', async () => {
    // 4 s of events at 20 times real time.
    const summary = await replay({ events: someEvents(5), url, writeKey: 'k', speed: 20 });
    expect(summary.seconds).toBeGreaterThan(0.18);
  });

  it('fails with the remedy when the key is wrong', async () => {
    refuse = (_request, response) => Boolean(response.writeHead(401).end('{}'));
    await expect(replay({ events: someEvents(5_000), url, writeKey: 'k' })).rejects.toThrow(/--write-key/);
  });

  it('ends when aborted while the collector is away', async () => {
    const aborting = new AbortController();
    const waiting = replay({ events: someEvents(10), url: 'http://127.0.0.1:1', writeKey: 'k', signal: aborting.signal });
    aborting.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow();
  });
});
