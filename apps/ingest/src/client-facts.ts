import type { IncomingMessage } from 'node:http';
import type { RequestFacts } from './stages';

/**
 * What a request tells about the client beside its body.
 * @param trustedProxies how many proxies stand in front of the server; each adds one entry at the right of X-Forwarded-For. Entries further left
 * are what the client claims and are ignored; with 0 the header is.
 */
export function clientFacts(request: IncomingMessage, trustedProxies: number): Omit<RequestFacts, 'receivedAtMs'> {
  const { headers, socket } = request;
  return {
    ip: forwardedFor(headers['x-forwarded-for'], trustedProxies) ?? socket.remoteAddress ?? '',
    userAgent: headers['user-agent'] ?? '',
    gpc: headers['sec-gpc'] === '1',
  };
}

function forwardedFor(header: string | string[] | undefined, trustedProxies: number): string | undefined {
  if (trustedProxies === 0 || header === undefined) return undefined;
  const addresses = String(header)
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
  return addresses[Math.max(0, addresses.length - trustedProxies)];
}
