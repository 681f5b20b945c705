import type { FastifyInstance } from 'fastify';
import type { JsonBody } from './body';
import { isObject, type RawEvent } from './judge';
import { splitEntries } from './ndjson';
import { bodyOptions, type BodyRoute, type RouteTools } from './route-tools';
import { splitBody } from './split';

/** With the slash for analytics-java. */
const PATHS = ['/v1/import', '/v1/import/'];

/** Events one per line (NDJSON), each with its own `type`, or a batch as some SDKs post it here: what is wrong costs only itself. */
export function registerLines(fastify: FastifyInstance, tools: RouteTools): string[] {
  for (const path of PATHS)
    fastify.post<BodyRoute>(path, bodyOptions(tools), async (request, reply) => {
      const split = (body: Buffer) => splitEntries(body, request.headers['content-type'], listOf);
      return tools.send(reply, request, await tools.collect({ of: 'event', split }, request));
    });
  return PATHS;
}

function listOf(body: JsonBody): RawEvent[] | undefined {
  return isObject(body.value) && 'batch' in body.value ? splitBody('batch', body) : undefined;
}
