import { createServer, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppError } from '@tradewind/contracts';
import type { HealthKind, Histogram } from '@tradewind/observability';
import type { FastifyInstance } from 'fastify';
import { HttpErrors } from './http-errors';
import { createHttpFront, type HttpFront } from './http-front';
import { NestLogger } from './nest-logger';
import type { Platform } from './platform';

/** Largest request body, bytes. */
export const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

/** A connection that stays open without a request, milliseconds: longer than load balancers keep theirs. */
const KEEP_ALIVE_MS = 72_000;
/** From a request's first byte to its last, milliseconds: a body that never ends must not hold its share of memory. */
const REQUEST_TIMEOUT_MS = 60_000;

@Module({})
class RootModule {}

const fronts = new WeakMap<object, HttpFront>();

/** What answers before the Fastify instance of an application of `createHttpApp`; undefined before another. */
export function frontOf(fastify: object): HttpFront | undefined {
  return fronts.get(fastify);
}

/**
 * One Nest application over all modules, on one Fastify server: bodies arrive as `Buffer` whatever their content type (an
 * absent body is `undefined`), up to 4 MiB; `/metrics`, `/livez` and `/readyz` answer beside the modules' routes.
 */
export async function createHttpApp(modules: readonly DynamicModule[], platform: Platform): Promise<NestFastifyApplication> {
  const seconds = platform.metrics.histogram({
    name: 'tradewind_http_request_seconds',
    help: 'Time from the request to the end of its answer',
    labels: ['method', 'route', 'status'],
  });
  const front = createHttpFront({ maxBytes: BODY_LIMIT_BYTES, seconds });
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    clientErrorHandler: answerClientError,
    serverFactory: (handler: RequestListener) =>
      createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_TIMEOUT_MS }, front.listener(handler)),
  });
  const root: DynamicModule = { module: RootModule, imports: [...modules] };
  const options = { logger: new NestLogger(platform.logger), bodyParser: false, abortOnError: false };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, options);
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  fronts.set(fastify, front);
  acceptRawBodies(fastify);
  countRequests(fastify, seconds);
  addOperations(fastify, platform);
  app.useGlobalFilters(new HttpErrors(platform.logger));
  return app;
}

/** Starts to listen. @returns the base URL. @throws PORT_IN_USE, CONFIG_INVALID */
export async function listen(app: NestFastifyApplication, host: string, port: number): Promise<string> {
  try {
    await app.listen(port, host);
  } catch (error) {
    throw listenError(error, host, port);
  }
  const address = (app.getHttpServer() as Server).address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${actual}`;
}

/**
 * Takes no more connections, lets requests under way be answered, and cuts what is still open after `drainMs` (pages that
 * listen to a stream never end by themselves).
 */
export async function closeHttp(app: NestFastifyApplication, drainMs: number): Promise<void> {
  const server = app.getHttpServer() as Server;
  const fastify = app.getHttpAdapter().getInstance() as { close(): Promise<unknown> };
  frontOf(fastify)?.close();
  // A connection that was busy when the closing began would be kept alive after its answer.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  try {
    await fastify.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
  }
}

/** What is no request: 400 or 431. One that did not end in time gets no 408, which some clients give up on, but a broken connection, which all of them try again. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || error.code === 'ERR_HTTP_REQUEST_TIMEOUT' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

function listenError(error: unknown, host: string, port: number): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const details = { host, port };
  if (code === 'EADDRINUSE') {
    const remedy = 'stop the process that holds it, or set PORT to a free one (0 takes any)';
    return new AppError('PORT_IN_USE', `port ${port} on ${host} is in use; ${remedy}`, { cause: error, details });
  }
  if (code === 'EACCES')
    return new AppError('CONFIG_INVALID', `PORT=${port} needs more rights than this process has; set PORT above 1023`, {
      cause: error,
      details,
    });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new AppError('CONFIG_INVALID', `HOST=${host} is no address of this machine; set it to 127.0.0.1 or 0.0.0.0`, {
      cause: error,
      details,
    });
  }
  return error;
}

function acceptRawBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

function countRequests(fastify: FastifyInstance, seconds: Histogram<'method' | 'route' | 'status'>): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    // The route's pattern, never the path: paths have no bound.
    const route = request.routeOptions.url ?? 'unknown';
    seconds.observe(reply.elapsedTime / 1000, { method: request.method, route, status: reply.statusCode });
    done();
  });
}

function addOperations(fastify: FastifyInstance, { health, metrics }: Platform): void {
  const addCheck = (path: string, kind: HealthKind) =>
    fastify.get(path, async (_request, reply) => {
      const report = await health.report(kind);
      return reply.status(report.status === 'ok' ? 200 : 503).send(report);
    });
  addCheck('/livez', 'liveness');
  addCheck('/readyz', 'readiness');
  fastify.get('/metrics', async (_request, reply) => reply.header('content-type', metrics.contentType).send(await metrics.text()));
}
