import { createServer, request as send, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the relay does to a request: breaks its body, so that the real server has something to refuse, or the connection. */
export type Spoil = 'pass' | 'cut the body' | 'pad the body' | 'rename the coding' | 'change the path' | 'reset before' | 'reset after';

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Of the server's answer; null when the client got none. */
  status: number | null;
  /** Of the answer, seconds. */
  retryAfter: number | null;
  /** Answered or broken. */
  isOver: boolean;
  readonly atMs: number;
}

/** Stands between a client and the server: passes on as they are all requests but the ones it was told to spoil, and notes each. */
export interface Relay {
  readonly url: string;
  /** In order of arrival. */
  readonly exchanges: readonly Exchange[];
  /** Of the next POST requests, one each. */
  spoil(...next: readonly Spoil[]): void;
  close(): Promise<void>;
}

const FIVE_MIB_OF_SPACE = Buffer.alloc(5 * 1024 * 1024, ' ');

/** `target` is a base URL; a server that is not there gives the client a broken connection. */
export async function openRelay(target: string): Promise<Relay> {
  const exchanges: Exchange[] = [];
  const spoils: Spoil[] = [];
  const server = createServer((request, response) => {
    void relay(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    spoil: (...next) => void spoils.push(...next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    const spoil = method === 'POST' ? (spoils.shift() ?? 'pass') : 'pass';
    const exchange: Exchange = { method, path, headers, status: null, retryAfter: null, isOver: false, atMs: performance.now() };
    exchanges.push(exchange);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      if (spoil === 'reset before') return void request.socket.resetAndDestroy();
      const answer = await forward({ method, path, headers }, Buffer.concat(chunks), spoil);
      if (spoil === 'reset after') return void request.socket.resetAndDestroy();
      Object.assign(exchange, { status: answer.status, retryAfter: Number(answer.headers['retry-after'] ?? NaN) });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } finally {
      exchange.isOver = true;
    }
  }

  function forward(
    { method, path, headers }: { method: string; path: string; headers: IncomingHttpHeaders },
    original: Buffer,
    spoil: Spoil,
  ): Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }> {
    const body = spoiled(original, spoil);
    const { connection: _, host: __, ...kept } = headers;
    const coding = spoil === 'rename the coding' ? { 'content-encoding': 'zstd' } : {};
    return new Promise((resolve, reject) => {
      const outgoing = send(new URL(spoil === 'change the path' ? '/v9/batch' : path, target), {
        method,
        headers: { ...kept, ...coding, ...(method === 'POST' && { 'content-length': body.length }) },
        agent: false,
      });
      outgoing.once('error', reject);
      outgoing.once('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('error', reject);
        incoming.once('end', () => {
          const { connection: ___, 'transfer-encoding': ____, ...answered } = incoming.headers;
          resolve({ status: incoming.statusCode!, headers: answered, body: Buffer.concat(chunks) });
        });
      });
      outgoing.end(body);
    });
  }
}

function spoiled(body: Buffer, spoil: Spoil): Buffer {
  if (spoil === 'cut the body') return body.subarray(0, Math.floor(body.length / 2));
  if (spoil === 'pad the body') return Buffer.concat([body, FIVE_MIB_OF_SPACE]);
  return body;
}
