import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { AppError } from '@tradewind/contracts';
import type { Histogram } from '@tradewind/observability';

/** A request whose body has arrived. */
export interface FrontRequest {
  readonly raw: IncomingMessage;
  /** What follows the question mark, '' without one. */
  readonly query: string;
  /** Empty when there is none. */
  readonly body: Buffer;
}

export interface FrontAnswer {
  readonly status: number;
  /** Beside Content-Length. */
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** How one path is answered. */
export interface FrontRoute {
  /**
   * Asked before the body is read, with its declared length, or the largest allowed one. What it returns is called once when the request is over,
   * however it ended. It throws to refuse.
   */
  admit(bytes: number): () => void;
  /** What it throws is answered by `fail`. */
  handle(request: FrontRequest): Promise<FrontAnswer>;
  /** The answer to a request that was refused, is too large, came while the server stops, or whose handler threw. Must not throw. */
  fail(error: unknown, raw: IncomingMessage): FrontAnswer;
}

/**
 * Answers some POST paths on node:http itself, in front of Fastify, which costs a small request more than all the rest of its way: body up to the
 * same limit, in the same histogram, refused with SHUTTING_DOWN once closing begins. Paths match to the letter; every other request is Fastify's.
 */
export interface HttpFront {
  post(path: string, route: FrontRoute): void;
  /** The listener of a server: the front, and behind it `next`. */
  listener(next: RequestListener): RequestListener;
  /** From now on requests are refused with `Connection: close`. */
  close(): void;
}

export interface HttpFrontOptions {
  /** Of a body. */
  readonly maxBytes: number;
  readonly seconds: Histogram<'method' | 'route' | 'status'>;
}

/**
 * Of a body over the limit, read and thrown away so that its client reads the answer: a connection closed on unread bytes is reset, and then SDKs
 * send all of it again.
 */
const DISCARDED_BYTES = 16 * 1024 * 1024;

export function createHttpFront({ maxBytes, seconds }: HttpFrontOptions): HttpFront {
  const routes = new Map<string, FrontRoute>();
  let closing = false;

  return {
    post: (path, route) => void routes.set(path, route),
    close: () => void (closing = true),
    listener: (next) => (request, response) => {
      const url = request.url!;
      const mark = url.indexOf('?');
      const path = mark < 0 ? url : url.slice(0, mark);
      const route = request.method === 'POST' ? routes.get(path) : undefined;
      if (route === undefined) next(request, response);
      else serve(route, path, mark < 0 ? '' : url.slice(mark + 1), request, response);
    },
  };

  function serve(route: FrontRoute, path: string, query: string, request: IncomingMessage, response: ServerResponse): void {
    const startedAt = performance.now();
    let leave: (() => void) | undefined;
    // Comes after the answer as well as after a broken connection.
    response.once('close', () => {
      leave?.();
      if (!response.headersSent) return;
      seconds.observe((performance.now() - startedAt) / 1000, { method: 'POST', route: path, status: response.statusCode });
    });
    const fail = (error: unknown) => send(response, route.fail(error, request));
    const length = Number(request.headers['content-length'] ?? maxBytes);
    try {
      if (closing) throw new AppError('SHUTTING_DOWN', 'this server is stopping; another one answers', { retryable: true });
      if (length <= maxBytes) leave = route.admit(length);
    } catch (error) {
      // The rest of the body is not read.
      response.shouldKeepAlive = false;
      fail(error);
      return;
    }
    readBody(request, length <= maxBytes ? maxBytes : 0, (body) => {
      if (body === null) {
        response.shouldKeepAlive = false;
        fail(tooLarge(maxBytes));
      } else {
        route.handle({ raw: request, query, body }).then((answer) => send(response, answer), fail);
      }
    });
  }
}

/**
 * Calls `done` once at the body's end, with null when it is too large, and then not later than DISCARDED_BYTES over the limit; never when the
 * connection breaks before.
 */
function readBody(request: IncomingMessage, maxBytes: number, done: (body: Buffer | null) => void): void {
  const chunks: Buffer[] = [];
  const mostBytes = maxBytes + DISCARDED_BYTES;
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (bytes > mostBytes && bytes - chunk.length <= mostBytes) done(null);
  });
  request.on('end', () => {
    if (bytes <= maxBytes) done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    else if (bytes <= mostBytes) done(null);
  });
  // A broken connection: the response's 'close' tells.
  request.on('error', () => undefined);
}

function send(response: ServerResponse, { status, headers, body }: FrontAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('REQUEST_TOO_LARGE', `the request body is larger than ${maxBytes} bytes`);
}
