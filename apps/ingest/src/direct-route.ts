import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Logger } from '@tradewind/observability';
import { toHttpAnswer, type FrontAnswer, type FrontRoute } from '@tradewind/runtime';
import { clientFacts } from './client-facts';
import type { InFlight } from './in-flight';
import type { Collect, Collected } from './pipeline';
import { receiptText } from './receipts';
import type { Payload } from './split';

export interface DirectRouteDeps {
  readonly collect: Collect;
  readonly count: (collected: Collected) => void;
  readonly inFlight: InFlight;
  readonly trustedProxies: number;
  readonly logger: Logger;
}

const HEADERS: OutgoingHttpHeaders = { 'content-type': 'application/json; charset=utf-8' };
/** Any origin may read the answer, and how long to wait: without the second, browsers hide Retry-After from the library. */
export const CORS_HEADERS = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' } as const;
const HEADERS_WITH_CORS: OutgoingHttpHeaders = { ...HEADERS, ...CORS_HEADERS };

/** A path of the SDKs on the server itself: the same answers as its route in Fastify, for a third of what that takes. */
export function createDirectRoute(payload: Payload, { collect, count, inFlight, trustedProxies, logger }: DirectRouteDeps): FrontRoute {
  return {
    admit: (bytes) => inFlight.admit(bytes),
    async handle({ raw, query, body }) {
      const { headers } = raw;
      const collected = await collect(payload, {
        body,
        contentEncoding: headers['content-encoding'],
        authorization: headers.authorization,
        writeKey: query === '' ? undefined : (new URLSearchParams(query).get('writeKey') ?? undefined),
        client: clientFacts(raw, trustedProxies),
      });
      count(collected);
      return { status: 200, headers: headersFor(raw), body: receiptText(collected.receipt) };
    },
    fail(error, raw): FrontAnswer {
      const { status, retryAfterSeconds, body } = toHttpAnswer(error);
      if (status >= 500) logger.error('request failed', { method: raw.method, route: raw.url?.split('?')[0], status, error });
      const headers = { ...headersFor(raw), ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }) };
      return { status, headers, body: JSON.stringify({ success: false, ...body }) };
    },
  };
}

function headersFor({ headers }: IncomingMessage): OutgoingHttpHeaders {
  return headers.origin === undefined ? HEADERS : HEADERS_WITH_CORS;
}
