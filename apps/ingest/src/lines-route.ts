import type { FastifyInstance } from 'fastify';
import { splitLines } from './ndjson';
import { bodyOptions, type BodyRoute, type RouteTools } from './route-tools';

/** Events one per line (NDJSON), each with its own `type`: a line that is wrong costs only itself. */
export function registerLines(fastify: FastifyInstance, tools: RouteTools): string[] {
  const path = '/v1/import';
  fastify.post<BodyRoute>(path, bodyOptions(tools), async (request, reply) =>
    tools.send(reply, request, await tools.collect({ of: 'event', split: splitLines }, request)),
  );
  return [path];
}
