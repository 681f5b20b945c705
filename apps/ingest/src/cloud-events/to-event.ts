import { CloudEvent, ValidationError } from 'cloudevents';
import { Fault, invalid } from '../fault';
import { isObject } from '../judge';

/** A CloudEvent in its JSON form: attributes, extensions and `data` or `data_base64` as members of one object. */
export type CloudEventJson = Readonly<Record<string, unknown>>;

const REQUIRED = ['id', 'source', 'type', 'specversion'] as const;
const TYPES: readonly string[] = ['track', 'identify', 'page', 'screen', 'group', 'alias'];
/** Members by which `data` is told to be a whole call rather than its properties. */
const CALL_MEMBERS = ['type', 'event', 'userId', 'anonymousId', 'properties', 'traits', 'context', 'groupId', 'previousId'];

/**
 * The call of Segment's API that a CloudEvent carries, or why it carries none. `data` is the call, or its properties (traits for identify and
 * group); what the call does not say itself is taken from the attributes: `type`'s last name (`com.segment.track`, also with a version behind
 * it), `id` as messageId, `time` as timestamp, `subject` as userId, the extension `eventname` as the event's name.
 */
export function toEvent(value: unknown): object | Fault {
  if (!isObject(value)) return invalid('the CloudEvent must be an object');
  const fault = faultOf(value);
  if (fault) return fault;
  const data = dataOf(value);
  if (data instanceof Fault) return data;
  const type = typeOf(value, data);
  if (type === undefined)
    return new Fault('EVENT_TYPE_UNKNOWN', `type "${String(value['type'])}" does not end in track, identify, page, screen, group or alias`);
  const isCall = CALL_MEMBERS.some((member) => member in data);
  const payload = type === 'identify' || type === 'group' ? 'traits' : 'properties';
  const call: Record<string, unknown> = isCall ? { ...data } : { [payload]: data };
  const hasIdentity = isGiven(call['userId']) || isGiven(call['anonymousId']);
  return {
    ...call,
    type,
    messageId: call['messageId'] ?? value['id'],
    ...(!isGiven(call['timestamp']) && !isGiven(call['originalTimestamp']) && isGiven(value['time']) && { timestamp: value['time'] }),
    ...(!hasIdentity && isGiven(value['subject']) && { userId: value['subject'] }),
    ...(call['event'] === undefined && value['eventname'] !== undefined && { event: value['eventname'] }),
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** What of the attributes is not as the specification wants it. The library would make up an id and a time, so those are judged here. */
function faultOf(value: CloudEventJson): Fault | undefined {
  const missing = REQUIRED.find((name) => typeof value[name] !== 'string' || value[name] === '');
  if (missing) return invalid(`the CloudEvents attribute ${missing} is missing or no text`);
  if (value['specversion'] !== '1.0') return invalid(`specversion "${String(value['specversion'])}" is not supported: send 1.0`);
  try {
    // Strict: throws what it finds wrong. Its data is not looked at here.
    new CloudEvent({ ...value, data: undefined, data_base64: undefined }, true);
    return undefined;
  } catch (error) {
    if (!(error instanceof ValidationError || error instanceof TypeError)) throw error;
    return invalid(`not a CloudEvent: ${describe(error)}`);
  }
}

function describe(error: Error): string {
  const found =
    error instanceof ValidationError && error.errors ? (error.errors[0] as { instancePath?: string; message?: string }) : undefined;
  return found?.message === undefined ? error.message.split('\n')[0]! : `${found.instancePath?.slice(1) || 'the event'} ${found.message}`;
}

function dataOf(value: CloudEventJson): Record<string, unknown> | Fault {
  const { data, data_base64: encoded } = value;
  if (encoded === undefined) return isObject(data) ? data : invalid('data must be a JSON object');
  const parsed = typeof encoded === 'string' ? parseJson(Buffer.from(encoded, 'base64').toString('utf8')) : undefined;
  return isObject(parsed) ? parsed : invalid('data_base64 must be a JSON object in base64');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The call's own word, else the last name of the CloudEvent's type that is no version. */
function typeOf(value: CloudEventJson, data: Record<string, unknown>): string | undefined {
  const own = data['type'];
  if (typeof own === 'string' && TYPES.includes(own)) return own;
  const names = String(value['type']).toLowerCase().split('.');
  const last = /^v\d+$/.test(names.at(-1)!) ? names.at(-2) : names.at(-1);
  return TYPES.find((type) => type === last);
}
