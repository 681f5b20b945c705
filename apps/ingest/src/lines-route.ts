import type { FastifyInstance } from 'fastify';
import { splitEntries } from './ndjson';
import { bodyOptions, type BodyRoute, type RouteTools } from './route-tools';

const LIST = { name: 'batch', fault: 'EVENT_INVALID' } as const;

/** Events one per line (NDJSON), each with its own `type`, or a batch as older SDKs post it here: what is wrong costs only itself. */
export function registerLines(fastify: FastifyInstance, tools: RouteTools): string[] {
  const path = '/v1/import';
  fastify.post<BodyRoute>(path, bodyOptions(tools), async (request, reply) => {
    const split = (body: Buffer) => splitEntries(body, request.headers['content-type'], LIST);
    return tools.send(reply, request, await tools.collect({ of: 'event', split }, request));
  });
  return [path];
}
