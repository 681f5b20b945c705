import { type AppError, EventType } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';
import type { Logger, Metrics } from '@tradewind/observability';
import { BODY_LIMIT_BYTES, frontOf, toHttpAnswer } from '@tradewind/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { registerCloudEvents } from './cloud-events/register-cloud-events';
import type { DebugView } from './debug/debug-view';
import { registerDebug } from './debug/register-debug';
import { CORS_HEADERS, createDirectRoute } from './direct-route';
import type { InFlight } from './in-flight';
import { registerLines } from './lines-route';
import { registerOpenApi } from './openapi/register-openapi';
import { itemRemovedRecord } from './outputs';
import { clientFacts } from './client-facts';
import { authenticate, type Collect, type Collected, type CollectRequest } from './pipeline';
import { createCounters, receiptText } from './receipts';
import { writeKeyOfHeader } from './credentials';
import { registerPixel } from './pixel/register-pixel';
import { registerPosts } from './posts/register-posts';
import { registerPrivacy } from './privacy/register-privacy';
import type { Suppress } from './privacy/suppress';
import type { BodyRoute, RouteTools } from './route-tools';
import type { SourceDirectory } from './sources';
import type { Payload } from './split';

export interface RouteDeps {
  readonly collect: Collect;
  readonly log: Pick<EventLog, 'publish'>;
  readonly sources: Pick<SourceDirectory, 'find'>;
  readonly inFlight: InFlight;
  readonly debug: DebugView;
  readonly suppress: Suppress;
  /** Proxies in front of the server whose X-Forwarded-For entry counts. */
  readonly trustedProxies: number;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Segment's HTTP API, the short paths of its browser library, and RudderStack's beacon. */
const EVENT_PATHS: readonly (readonly [path: string, payload: Payload])[] = [
  ...(
    [
      ['track', 't', EventType.EVENT_TYPE_TRACK],
      ['identify', 'i', EventType.EVENT_TYPE_IDENTIFY],
      ['page', 'p', EventType.EVENT_TYPE_PAGE],
      ['screen', 's', EventType.EVENT_TYPE_SCREEN],
      ['group', 'g', EventType.EVENT_TYPE_GROUP],
      ['alias', 'a', EventType.EVENT_TYPE_ALIAS],
      ['batch', 'b', 'batch'],
    ] as const
  ).flatMap(([long, short, payload]) => [[`/v1/${long}`, payload] as const, [`/v1/${short}`, payload] as const]),
  ['/beacon/v1/batch', 'batch'],
  ['/v1/catalog/items', 'items'],
];
const JSON_TYPE = 'application/json; charset=utf-8';
const NO_BODY = Buffer.alloc(0);
const PREFLIGHT_SECONDS = 600;
const SETTINGS_MAX_AGE_SECONDS = 86_400;

type CollectRoute = BodyRoute;

/**
 * Adds the collector's routes beside Nest's: its requests are many and small. Those of the event paths are answered before Fastify sees them;
 * what does not spell such a path to the letter (`/v1/%74rack`) still finds Fastify's route, with the same answers. Expects bodies as `Buffer`, as
 * the runtime's server gives them.
 */
export function registerRoutes(fastify: FastifyInstance, deps: RouteDeps): void {
  const errorHandler = createErrorHandler(deps.logger);
  const onRequest = createAdmission(deps.inFlight);
  const count = createCounters(deps.metrics);
  const paths = new Set<string>();
  const front = frontOf(fastify);

  for (const [path, payload] of EVENT_PATHS) {
    paths.add(path);
    front?.post(path, createDirectRoute(payload, { ...deps, count }));
    fastify.post<CollectRoute>(path, { onRequest, errorHandler, bodyLimit: BODY_LIMIT_BYTES }, async (request, reply) => {
      const collected = await deps.collect(payload, toCollectRequest(request, deps.trustedProxies));
      count(collected);
      return withCors(reply, request).header('content-type', JSON_TYPE).send(receiptText(collected.receipt));
    });
  }

  paths.add('/v1/catalog/items/:itemId');
  fastify.delete<{ Params: { itemId: string } }>('/v1/catalog/items/:itemId', { errorHandler }, async (request) => {
    await authenticate(deps.sources, writeKeyOfHeader(request.headers.authorization), 'catalog');
    await deps.log.publish([itemRemovedRecord(request.params.itemId)]);
    return { success: true };
  });

  paths.add('/v1/projects/:writeKey/settings');
  fastify.get<{ Params: { writeKey: string } }>('/v1/projects/:writeKey/settings', { errorHandler }, async (request, reply) => {
    await authenticate(deps.sources, request.params.writeKey);
    return withCors(reply, request)
      .header('cache-control', `max-age=${SETTINGS_MAX_AGE_SECONDS}`)
      .send(clientSettings(request.params.writeKey));
  });

  // The browser library's own performance counters: taken and dropped, or it would retry them.
  paths.add('/v1/m');
  fastify.post('/v1/m', { errorHandler }, (request, reply) => withCors(reply, request).send({ success: true }));

  const tools = createTools(deps, { errorHandler, admission: onRequest, count });
  for (const register of [
    registerPixel,
    registerPosts,
    registerLines,
    registerCloudEvents,
    registerPrivacy,
    registerDebug,
    registerOpenApi,
  ])
    for (const path of register(fastify, tools)) paths.add(path);

  for (const path of paths) fastify.options(path, (request, reply) => preflight(request, reply));
}

function createTools(
  { collect, sources, trustedProxies, debug, suppress }: RouteDeps,
  { count, ...handlers }: Pick<RouteTools, 'errorHandler' | 'admission'> & { count: (collected: Collected) => void },
): RouteTools {
  return {
    ...handlers,
    debug,
    suppress,
    withCors,
    async collect(payload, request, changes) {
      const collected = await collect(payload, {
        ...toCollectRequest(request as FastifyRequest<CollectRoute>, trustedProxies),
        ...changes,
      });
      count(collected);
      return collected.receipt;
    },
    authenticate: (request, scope) => {
      const { writeKey } = request.query as CollectRoute['Querystring'];
      return authenticate(sources, writeKey ?? writeKeyOfHeader(request.headers.authorization), scope);
    },
    send: (reply, request, receipt) =>
      withCors(reply, request)
        .header('content-type', JSON_TYPE)
        .send(receipt.rejected > 0 && reply.statusCode >= 400 ? JSON.stringify({ success: false, ...receipt }) : receiptText(receipt)),
  };
}

function toCollectRequest(request: FastifyRequest<CollectRoute>, trustedProxies: number): CollectRequest {
  const { headers, query, body } = request;
  return {
    body: body ?? NO_BODY,
    contentEncoding: headers['content-encoding'],
    authorization: headers.authorization,
    writeKey: query.writeKey,
    client: clientFacts(request.raw, trustedProxies),
  };
}

/** Sheds before a body is read. Requests without a length count as the largest allowed one. */
function createAdmission(inFlight: InFlight) {
  return function admit(request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
    const length = request.headers['content-length'];
    const bytes = Math.min(length === undefined ? BODY_LIMIT_BYTES : Number(length), BODY_LIMIT_BYTES);
    try {
      // 'close' comes after the answer as well as after a broken connection.
      reply.raw.once('close', inFlight.admit(bytes));
      done();
    } catch (error) {
      done(error as AppError);
    }
  };
}

function createErrorHandler(logger: Logger) {
  return function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { status, retryAfterSeconds, body } = toHttpAnswer(error);
    if (status >= 500) logger.error('request failed', { method: request.method, route: request.routeOptions.url, status, error });
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
    void withCors(reply, request)
      .status(status)
      .send({ success: false, ...body });
  };
}

/** Write keys are no credentials of the browser, so any origin may read the answer. */
function withCors(reply: FastifyReply, request: FastifyRequest): FastifyReply {
  return request.headers.origin === undefined ? reply : reply.headers(CORS_HEADERS);
}

/** Mirrors the requested headers: the browser library sends Authorization and, on retries, X-Retry-Count. */
function preflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .status(204)
    .header('access-control-allow-origin', '*')
    .header('access-control-allow-methods', 'GET, POST, DELETE, OPTIONS')
    .header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? 'authorization, content-type')
    .header('access-control-max-age', PREFLIGHT_SECONDS)
    .header('vary', 'access-control-request-headers')
    .send();
}

/** What analytics.js fetches before it sends: everything goes to this server. */
function clientSettings(writeKey: string): object {
  const enabled = { __default: { enabled: true } };
  return {
    integrations: { 'Segment.io': { apiKey: writeKey, versionSettings: { version: '4.4.7', componentTypes: ['browser'] } } },
    plan: { track: enabled, identify: enabled, group: enabled },
    analyticsNextEnabled: true,
  };
}
