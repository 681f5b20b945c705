import { BODY_LIMIT_BYTES } from '@tradewind/runtime';
import type { FastifyInstance } from 'fastify';
import { inflateBody, parseJsonBody } from '../body';
import { bodyOptions, type BodyRoute, type RouteTools } from '../route-tools';
import { parseSuppressionRequest } from './suppress';

const NO_BODY = Buffer.alloc(0);

/** `{"regulation", "subjects"}` of the key's source; needs a key with the scope `privacy`. */
export function registerPrivacy(fastify: FastifyInstance, tools: RouteTools): string[] {
  const path = '/v1/privacy/suppressions';
  fastify.post<BodyRoute>(path, bodyOptions(tools), async (request, reply) => {
    const source = await tools.authenticate(request, 'privacy');
    const body = await inflateBody(request.body ?? NO_BODY, request.headers['content-encoding'], BODY_LIMIT_BYTES);
    const receipt = await tools.suppress(source, parseSuppressionRequest(parseJsonBody(body).value));
    return tools.withCors(reply, request).send({ success: true, ...receipt });
  });
  return [path];
}
