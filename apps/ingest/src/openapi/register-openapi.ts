import type { FastifyInstance } from 'fastify';
import type { RouteTools } from '../route-tools';
import { openApiDocument } from './document';

/** The document of every route, for people and for generators of clients. */
export function registerOpenApi(fastify: FastifyInstance, tools: RouteTools): string[] {
  const path = '/openapi.json';
  // Written once: it never changes while the process runs.
  const text = JSON.stringify(openApiDocument());
  fastify.get(path, { errorHandler: tools.errorHandler }, (request, reply) =>
    tools.withCors(reply, request).type('application/json; charset=utf-8').send(text),
  );
  return [path];
}
