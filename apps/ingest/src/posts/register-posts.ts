import { AppError } from '@tradewind/contracts';
import type { FastifyInstance } from 'fastify';
import type { JsonBody } from '../body';
import { memberSpans } from '../json-spans';
import { isObject, type RawEvent } from '../judge';
import { splitEntries } from '../ndjson';
import { bodyOptions, type BodyRoute, type RouteTools } from '../route-tools';
import { splitArray } from '../split';

/** Social posts and reviews: one, an array, `{"posts": […]}` or one per line. */
export function registerPosts(fastify: FastifyInstance, tools: RouteTools): string[] {
  const path = '/v1/social/posts';
  fastify.post<BodyRoute>(path, bodyOptions(tools), async (request, reply) => {
    const split = (body: Buffer) => splitEntries(body, request.headers['content-type'], listOf);
    return tools.send(reply, request, await tools.collect({ of: 'post', split }, request));
  });
  return [path];
}

function listOf({ value, bytes }: JsonBody): RawEvent[] | undefined {
  if (!isObject(value) || !('posts' in value)) return undefined;
  const { posts } = value;
  if (!Array.isArray(posts)) throw new AppError('POST_INVALID', 'posts must be an array');
  const [span] = memberSpans(bytes, 0, ['posts']);
  return splitArray(posts, bytes, span!.start);
}
