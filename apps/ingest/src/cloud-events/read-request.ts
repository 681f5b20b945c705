import { AppError } from '@tradewind/contracts';
import { parseJsonBody } from '../body';
import { Fault } from '../fault';
import { isTooDeep, TOO_DEEP, type RawEvent } from '../judge';
import { splitArray } from '../split';
import { toEvent } from './to-event';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const FORMAT = 'application/cloudevents';

/** How the events lie in the request. */
export type ContentMode = 'binary' | 'structured' | 'batched';

/**
 * The content mode by the headers.
 * @throws ENCODING_UNSUPPORTED for an event format that is not JSON, EVENT_INVALID when nothing says that it is a CloudEvent
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3-http-message-mapping
 */
export function contentMode(headers: Headers): ContentMode {
  const mediaType = String(headers['content-type'] ?? '')
    .split(';')[0]!
    .trim()
    .toLowerCase();
  if (mediaType === `${FORMAT}+json`) return 'structured';
  if (mediaType === `${FORMAT}-batch+json`) return 'batched';
  if (mediaType.startsWith(FORMAT))
    throw new AppError('ENCODING_UNSUPPORTED', `event format "${mediaType}" is not supported: send ${FORMAT}+json or ${FORMAT}-batch+json`);
  if (headers['ce-specversion'] !== undefined || headers['ce-id'] !== undefined) return 'binary';
  throw new AppError(
    'EVENT_INVALID',
    `no CloudEvent: send ce-id, ce-source, ce-type and ce-specversion headers, or the content type ${FORMAT}+json`,
  );
}

/**
 * The calls in a request's CloudEvents, in its order; each has the bytes of the call, or the CloudEvent's own when it holds none.
 * @throws JSON_MALFORMED, EVENT_INVALID (a batch that is none), REQUEST_TOO_LARGE
 */
export function readCloudEvents(mode: ContentMode, headers: Headers, body: Buffer): RawEvent[] {
  if (mode === 'binary') return [binaryEvent(headers, body)];
  const { value, bytes } = parseJsonBody(body);
  if (mode === 'structured') return [toRaw(value, bytes)];
  if (!Array.isArray(value)) throw new AppError('EVENT_INVALID', 'a batch of CloudEvents must be an array');
  return splitArray(value, bytes, 0).map((raw) => toRaw(raw.value, raw.bytes));
}

function toRaw(cloudEvent: unknown, bytes: Buffer): RawEvent {
  if (isTooDeep({ bytes })) return { value: null, bytes, fault: TOO_DEEP };
  const event = toEvent(cloudEvent);
  return event instanceof Fault ? { value: cloudEvent, bytes, fault: event } : rawOf(event);
}

function rawOf(event: object): RawEvent {
  return { value: event, bytes: Buffer.from(JSON.stringify(event)) };
}

/** Attributes are headers, the body is the data. */
function binaryEvent(headers: Headers, body: Buffer): RawEvent {
  const { value: data, bytes } = parseJsonBody(body);
  if (isTooDeep({ bytes })) return { value: null, bytes, fault: TOO_DEEP };
  const cloudEvent: Record<string, unknown> = { data };
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-') && typeof value === 'string' && name !== 'ce-data') cloudEvent[name.slice(3)] = decoded(value);
  }
  const event = toEvent(cloudEvent);
  return event instanceof Fault ? { value: cloudEvent, bytes: Buffer.from(JSON.stringify(cloudEvent)), fault: event } : rawOf(event);
}

/** Header values are percent-encoded where they are not ASCII (section 3.1.3.2); one that does not decode is taken as it is. */
function decoded(value: string): string {
  const text = /^".*"$/s.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
