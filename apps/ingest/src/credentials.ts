import { isObject } from './judge';

/** The write key of `Authorization: Basic base64(writeKey:)`; `undefined` when the header is absent or of another scheme. */
export function writeKeyOfHeader(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.slice(0, 6).toLowerCase() !== 'basic ') return undefined;
  const decoded = Buffer.from(authorization.slice(6), 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return (colon < 0 ? decoded : decoded.slice(0, colon)) || undefined;
}

/** The write key that browsers put into the body, on the batch or on the event. */
export function writeKeyOfBody(body: unknown): string | undefined {
  const writeKey = isObject(body) ? body['writeKey'] : undefined;
  return typeof writeKey === 'string' && writeKey !== '' ? writeKey : undefined;
}
