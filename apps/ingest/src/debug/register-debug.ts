import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RouteTools } from '../route-tools';
import type { AuthenticatedSource } from '../sources';
import { countsOf, shownBad, shownGood, type DebugFilter } from './debug-json';
import { debugPage } from './debug-page';

type DebugRoute = { Querystring: { name?: string; id?: string; limit?: string; refresh?: string } };
type Read = (source: AuthenticatedSource, filter: DebugFilter, request: FastifyRequest<DebugRoute>, reply: FastifyReply) => unknown;

const MOST = 50;
const DEFAULT_REFRESH_SECONDS = 5;
const LONGEST_REFRESH_SECONDS = 3_600;

/**
 * What became of the last events of the key's source on this replica, as JSON, as a page, and under Snowplow Micro's paths for tests. Needs a key
 * with the scope `debug`, and shows that key's source only.
 * @see https://docs.snowplow.io/docs/testing-debugging/snowplow-micro/
 */
export function registerDebug(fastify: FastifyInstance, tools: RouteTools): string[] {
  const { debug, errorHandler } = tools;
  const paths = new Set<string>();

  const answer = (method: 'GET' | 'POST', path: string, read: Read) => {
    paths.add(path);
    fastify.route<DebugRoute>({
      method,
      url: path,
      errorHandler,
      handler: async (request, reply) => {
        // A browser that opens the page asks its user for the key: as the name, without a password.
        if (request.headers.authorization === undefined)
          void reply.header('www-authenticate', 'Basic realm="a write key with the scope debug"');
        const source = await tools.authenticate(request, 'debug');
        void tools.withCors(reply, request).removeHeader('www-authenticate').header('cache-control', 'no-store');
        return read(source, filterOf(request), request, reply);
      },
    });
  };

  const counts: Read = ({ sourceId }) => ({ sourceId, ...countsOf(debug.of(sourceId)) });
  const good: Read = ({ sourceId }, filter) => shownGood(debug.of(sourceId), filter);
  const bad: Read = ({ sourceId }, filter) => shownBad(debug.of(sourceId), filter);
  const reset: Read = (source, ...rest) => {
    debug.reset(source.sourceId);
    return counts(source, ...rest);
  };
  answer('GET', '/v1/debug/events', counts);
  answer('GET', '/v1/debug/good', good);
  answer('GET', '/v1/debug/bad', bad);
  answer('POST', '/v1/debug/reset', reset);

  const microCounts: Read = ({ sourceId }) => microCountsOf(debug.of(sourceId));
  answer('GET', '/micro/all', microCounts);
  answer('GET', '/micro/good', good);
  answer('GET', '/micro/bad', bad);
  const microReset: Read = (source, ...rest) => {
    debug.reset(source.sourceId);
    return microCounts(source, ...rest);
  };
  answer('GET', '/micro/reset', microReset);
  answer('POST', '/micro/reset', microReset);

  answer('GET', '/v1/debug', ({ sourceId }, filter, request, reply) => {
    const view = debug.of(sourceId);
    void reply.header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    );
    return reply.type('text/html; charset=utf-8').send(
      debugPage({
        sourceId,
        counts: countsOf(view),
        good: shownGood(view, filter),
        bad: shownBad(view, filter),
        name: filter.name ?? '',
        id: filter.id ?? '',
        refreshSeconds: wholeNumber(request.query.refresh, DEFAULT_REFRESH_SECONDS, LONGEST_REFRESH_SECONDS),
      }),
    );
  });
  return [...paths];
}

function microCountsOf(view: Parameters<typeof countsOf>[0]) {
  const { total, good, bad } = countsOf(view);
  return { total, good, bad };
}

function filterOf({ query }: FastifyRequest<DebugRoute>): DebugFilter {
  return { name: query.name, id: query.id, limit: wholeNumber(query.limit, MOST, MOST) };
}

function wholeNumber(text: string | undefined, otherwise: number, most: number): number {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Math.min(Number(text), most) : otherwise;
}
