import type { FastifyInstance } from 'fastify';
import type { RouteTools } from '../route-tools';
import { EventType } from '@tradewind/contracts';
import { readPixel, type Query } from './pixel-event';

/** The smallest transparent GIF there is: 1×1. */
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const CALLS = [
  ['track', EventType.EVENT_TYPE_TRACK],
  ['page', EventType.EVENT_TYPE_PAGE],
] as const;

/**
 * Events of clients that can only load an image, at RudderStack's paths and at Segment's. The image comes with 200 once the log has the event, or
 * has it among the rejected ones: a reader of a mail could mend nothing.
 */
export function registerPixel(fastify: FastifyInstance, tools: RouteTools): string[] {
  const paths: string[] = [];
  for (const [call, type] of CALLS) {
    for (const path of [`/pixel/v1/${call}`, `/v1/pixel/${call}`]) {
      paths.push(path);
      fastify.get<{ Querystring: Query }>(path, { errorHandler: tools.errorHandler }, async (request, reply) => {
        void reply.header('cache-control', 'no-store');
        const { writeKey, event } = readPixel(call, request.query);
        await tools.collect(type, request, { body: Buffer.from(JSON.stringify(event)), contentEncoding: undefined, writeKey });
        return tools.withCors(reply, request).type('image/gif').send(GIF);
      });
    }
  }
  return paths;
}
