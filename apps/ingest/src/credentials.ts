import { isObject } from './judge';

/** Headers kept, and how long they may be: a server gets few different ones. */
const MAX_HEADERS = 1_000;
const MAX_HEADER_LENGTH = 200;
const read = new Map<string, string>();

/** The write key of `Authorization: Basic base64(writeKey:)`; `undefined` when the header is absent or of another scheme. */
export function writeKeyOfHeader(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const known = read.get(authorization);
  if (known !== undefined) return known;
  const writeKey = decodeHeader(authorization);
  if (writeKey === undefined || authorization.length > MAX_HEADER_LENGTH) return writeKey;
  if (read.size >= MAX_HEADERS) read.clear();
  read.set(authorization, writeKey);
  return writeKey;
}

function decodeHeader(authorization: string): string | undefined {
  if (authorization.slice(0, 6).toLowerCase() !== 'basic ') return undefined;
  const decoded = Buffer.from(authorization.slice(6), 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return (colon < 0 ? decoded : decoded.slice(0, colon)) || undefined;
}

/** The write key that browsers put into the body, on the batch or on the event. */
export function writeKeyOfBody(body: unknown): string | undefined {
  const writeKey = isObject(body) ? body['writeKey'] : undefined;
  return typeof writeKey === 'string' && writeKey !== '' ? writeKey : undefined;
}
