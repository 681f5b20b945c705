import { createServer, request as send, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { AppError } from '@tradewind/contracts';
import { eventually } from '@tradewind/testing';
import { createHttpFront, type FrontAnswer, type FrontRoute } from './http-front';
import { toHttpAnswer } from './http-errors';

const MAX_BYTES = 1_000;

describe('the HTTP front', () => {
  let server: Server;
  let url: string;
  let port: number;
  let held: (() => void)[];
  let inside: number;
  let refusal: Error | null;
  const observed: object[] = [];
  let front: ReturnType<typeof createHttpFront>;

  const route: FrontRoute = {
    admit(bytes) {
      if (refusal) throw refusal;
      inside += bytes;
      return () => void (inside -= bytes);
    },
    async handle({ raw, query, body }): Promise<FrontAnswer> {
      if (query === 'hold') await new Promise<void>((resolve) => held.push(resolve));
      if (query === 'bug') throw new TypeError('bug');
      return { status: 200, headers: { 'x-type': raw.headers['content-type'] ?? '' }, body: `${query}|${body.toString()}` };
    },
    fail(error) {
      const { status, body } = toHttpAnswer(error);
      return { status, headers: {}, body: JSON.stringify(body) };
    },
  };

  beforeEach(async () => {
    [held, inside, refusal, observed.length] = [[], 0, null, 0];
    front = createHttpFront({ maxBytes: MAX_BYTES, seconds: { observe: (_seconds, labels) => observed.push(labels) } });
    front.post('/hot', route);
    server = createServer(front.listener((_request, response) => response.end('behind'))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    url = `http://127.0.0.1:${port}`;
  });
  afterEach(async () => {
    held.forEach((release) => release());
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const post = (path: string, body = '') => fetch(url + path, { method: 'POST', body });

  it('answers its paths, and leaves the others to what is behind', async () => {
    expect(await (await post('/hot?a=1&b', 'text')).text()).toBe('a=1&b|text');
    for (const other of ['/hot/', '/Hot', '/%68ot', '/']) expect(await (await post(other)).text()).toBe('behind');
    expect(await (await fetch(`${url}/hot`)).text()).toBe('behind');
    await eventually(() => expect(observed).toEqual([{ method: 'POST', route: '/hot', status: 200 }]));
  });

  it('reads bodies of any cut, with and without a length', async () => {
    const parts = ['x'.repeat(400), '', 'y'.repeat(600)];
    const answer = await new Promise<IncomingMessage>((resolve) => {
      const chunked = send(`${url}/hot`, { method: 'POST' }, resolve);
      for (const part of parts) chunked.write(part);
      chunked.end();
    });
    expect((await answer.toArray()).join('')).toBe(`|${parts.join('')}`);
    expect(await (await post('/hot')).text()).toBe('|');
    await eventually(() => expect(inside).toBe(0));
  });

  it.each([['declared'], ['not declared']])('refuses a body above the limit, %s, and gives back what it took', async (how) => {
    const body = 'x'.repeat(MAX_BYTES + 1);
    const declared = how === 'declared' ? body : new Blob([body]).stream();
    const response = await fetch(`${url}/hot`, { method: 'POST', body: declared, duplex: 'half' } as RequestInit);
    expect([response.status, response.headers.get('connection')]).toEqual([413, 'close']);
    expect(await response.json()).toMatchObject({ error: { code: 'REQUEST_TOO_LARGE' } });
    await eventually(() => expect(inside).toBe(0));
  });

  it('answers a body that is too large after its end, so that a client that only then reads is not reset', async () => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.write(`POST /hot HTTP/1.1\r\nhost: x\r\ncontent-length: 200000\r\n\r\n${'x'.repeat(100_000)}`);
    expect((await post('/hot', 'another')).status).toBe(200);
    expect([answer, inside]).toEqual(['', 0]);
    socket.write('x'.repeat(100_000));
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  it('answers what admission and handlers throw', async () => {
    expect((await post('/hot?bug', 'x')).status).toBe(500);
    refusal = new AppError('OVERLOADED', 'full', { retryable: true });
    expect((await post('/hot', 'x')).status).toBe(429);
  });

  it('gives back what a broken connection took', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`POST /hot HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\nstart`);
    await eventually(() => expect(inside).toBe(900));
    socket.destroy();
    await eventually(() => expect(inside).toBe(0));
    expect(observed).toEqual([]);
  });

  it('lets requests under way end, and refuses new ones while the server stops', async () => {
    const first = post('/hot?hold', 'x');
    await eventually(() => expect(held).toHaveLength(1));
    front.close();
    const second = await post('/hot', 'y');
    expect([second.status, second.headers.get('connection')]).toEqual([503, 'close']);
    expect(await second.json()).toMatchObject({ error: { code: 'SHUTTING_DOWN' } });
    held[0]!();
    expect(await (await first).text()).toBe('hold|x');
  });
});
