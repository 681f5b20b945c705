import type { FastifyInstance } from 'fastify';
import { splitEntries } from '../ndjson';
import { bodyOptions, type BodyRoute, type RouteTools } from '../route-tools';

const LIST = { name: 'posts', fault: 'POST_INVALID' } as const;

/** Social posts and reviews: one, an array, `{"posts": […]}` or one per line. */
export function registerPosts(fastify: FastifyInstance, tools: RouteTools): string[] {
  const path = '/v1/social/posts';
  fastify.post<BodyRoute>(path, bodyOptions(tools), async (request, reply) => {
    const split = (body: Buffer) => splitEntries(body, request.headers['content-type'], LIST);
    return tools.send(reply, request, await tools.collect({ of: 'post', split }, request));
  });
  return [path];
}
