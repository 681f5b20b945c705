import type { FastifyInstance } from 'fastify';
import { bodyOptions, type BodyRoute, type RouteTools } from '../route-tools';
import { splitPosts } from './split-posts';

/** Social posts and reviews: one, an array, `{"posts": […]}` or one per line. */
export function registerPosts(fastify: FastifyInstance, tools: RouteTools): string[] {
  const path = '/v1/social/posts';
  fastify.post<BodyRoute>(path, bodyOptions(tools), async (request, reply) => {
    const split = (body: Buffer) => splitPosts(body, request.headers['content-type']);
    return tools.send(reply, request, await tools.collect({ of: 'post', split }, request));
  });
  return [path];
}
