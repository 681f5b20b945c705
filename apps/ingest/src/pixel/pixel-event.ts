import { AppError } from '@tradewind/contracts';
import { isObject } from '../judge';

/** A query string as the server parses it: the last word on a repeated name is its first value. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a pixel's address holds. */
export interface PixelEvent {
  readonly writeKey: string | undefined;
  /** The event as the HTTP API takes it. */
  readonly event: object;
}

/** Deeper names are kept as they are: no event nests so far. */
const MAX_DEPTH = 8;

/**
 * The event of a pixel's address. Names with dots nest (`properties.plan=pro`), values are text, as RudderStack's gateway reads them; or
 * the whole event is JSON in base64 or base64url under `data`, as Segment's does. Names beside `data` add to it.
 * @throws JSON_MALFORMED when `data` is not base64 of a JSON object
 * @see https://www.rudderstack.com/docs/api/pixel-api
 */
export function readPixel(type: 'track' | 'page', query: Query): PixelEvent {
  const event = withoutPrototype(query['data'] === undefined ? {} : decodeData(query));
  for (const name of Object.keys(query)) {
    const value = first(query[name]);
    if (name !== 'writeKey' && name !== 'data' && value !== undefined) setPath(event, name, value);
  }
  const writeKey = first(query['writeKey']) ?? (typeof event['writeKey'] === 'string' ? event['writeKey'] : undefined);
  delete event['writeKey'];
  event['type'] = type;
  event['channel'] ??= 'web';
  const anonymousId = event['anonymousId'];
  // AMP puts it in quotes.
  if (typeof anonymousId === 'string') event['anonymousId'] = anonymousId.replace(/^"(.*)"$/, '$1');
  return { writeKey: writeKey || undefined, event };
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

function decodeData(query: Query): object {
  // A space is what a decoded query makes of base64's plus sign.
  const text = Buffer.from((first(query['data']) ?? '').replaceAll(' ', '+'), 'base64').toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('JSON_MALFORMED', 'data is not JSON in base64', { cause });
  }
  if (!isObject(value)) throw new AppError('JSON_MALFORMED', 'data must be a JSON object in base64');
  return value;
}

function setPath(event: Record<string, unknown>, path: string, value: string): void {
  const names = path.split('.');
  if (names.length > MAX_DEPTH || names.includes('')) {
    event[path] = value;
    return;
  }
  let at = event;
  for (const name of names.slice(0, -1)) {
    const child = withoutPrototype(isObject(at[name]) ? at[name] : {});
    at[name] = child;
    at = child;
  }
  at[names.at(-1)!] = value;
}

/** A copy on which no name, `__proto__` neither, means more than itself. */
function withoutPrototype(members: object): Record<string, unknown> {
  return Object.assign(Object.create(null) as Record<string, unknown>, members);
}
