import { BODY_LIMIT_BYTES } from '@tradewind/runtime';
import type { FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify';
import type { DebugView } from './debug/debug-view';
import type { CollectRequest, Receipt } from './pipeline';
import type { Suppress } from './privacy/suppress';
import type { AuthenticatedSource, Scope } from './sources';
import type { Payload } from './split';

/** A route whose body is bytes, as the runtime's server gives them. */
export type BodyRoute = { Querystring: { writeKey?: string }; Body: Buffer | undefined };

/** What routes beside the SDKs' need in order to answer like those. */
export interface RouteTools {
  readonly errorHandler: NonNullable<RouteShorthandOptions['errorHandler']>;
  /** Sheds requests before their body is read. */
  readonly admission: NonNullable<RouteShorthandOptions['onRequest']>;
  readonly debug: DebugView;
  /** Collects and counts; what `changes` has stands in for what the request says. @throws what `Collect` throws */
  collect(payload: Payload, request: FastifyRequest, changes?: Partial<CollectRequest>): Promise<Receipt>;
  /** Who asks, by Basic authorization or `?writeKey=`. @throws WRITE_KEY_MISSING, WRITE_KEY_UNKNOWN, SCOPE_MISSING */
  authenticate(request: FastifyRequest, scope: Scope): AuthenticatedSource | Promise<AuthenticatedSource>;
  readonly suppress: Suppress;
  /** Answers with the receipt, readable from any origin. */
  send(reply: FastifyReply, request: FastifyRequest, receipt: Receipt): FastifyReply;
  withCors(reply: FastifyReply, request: FastifyRequest): FastifyReply;
}

/** Of a route that takes a body. */
export function bodyOptions({ errorHandler, admission }: RouteTools) {
  return { onRequest: admission, errorHandler, bodyLimit: BODY_LIMIT_BYTES };
}
