import type { FastifyInstance } from 'fastify';
import { bodyOptions, type BodyRoute, type RouteTools } from '../route-tools';
import { contentMode, readCloudEvents } from './read-request';

/**
 * CloudEvents 1.0 over HTTP in the three content modes. 200 says that the log has all of it. A lone event that is refused gets 400, so that a
 * broker that delivers it sets it aside; of a batch each event is answered for in `errors`.
 */
export function registerCloudEvents(fastify: FastifyInstance, tools: RouteTools): string[] {
  const path = '/v1/cloudevents';
  fastify.post<BodyRoute>(path, bodyOptions(tools), async (request, reply) => {
    const mode = contentMode(request.headers);
    const split = (body: Buffer) => readCloudEvents(mode, request.headers, body);
    const receipt = await tools.collect({ of: 'event', split }, request);
    if (mode === 'batched' || receipt.rejected === 0) return tools.send(reply, request, receipt);
    return tools.send(reply.status(400), request, receipt);
  });
  return [path];
}
