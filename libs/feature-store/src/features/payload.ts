import { JsonMembers, parseValueAt, type Event } from '@tradewind/contracts';

const PROPERTIES = Buffer.from('properties');
const members = new JsonMembers();
let lastEvent: Event | null = null;
let buffer: Buffer = Buffer.alloc(0);
let parsed: unknown;
let isParsed = false;
/** Whether `members` are those of the event's properties; `null` before the first look. */
let isIndexed: boolean | null = null;

/** The event's payload as JSON; `undefined` when it is none. Parsed once for all features that look at the same event one after the other. */
export function payloadOf(event: Event): unknown {
  look(event);
  if (!isParsed) {
    parsed = parse();
    isParsed = true;
  }
  return parsed;
}

/** A property as the client sent it, without parsing the others; `undefined` when there is none. @param key `name` in UTF-8 */
export function propertyOf(event: Event, name: string, key: Buffer): unknown {
  look(event);
  isIndexed ??= index();
  if (!isIndexed) return memberOf(memberOf(payloadOf(event), 'properties'), name);
  const at = members.find(key);
  if (at < 0) return undefined;
  try {
    return parseValueAt(buffer, at);
  } catch {
    return undefined; // not JSON: says nothing
  }
}

/** The member of an object; `undefined` when there is none. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function look(event: Event): void {
  if (event === lastEvent) return;
  const { payloadJson: bytes } = event;
  lastEvent = event;
  buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  isParsed = false;
  isIndexed = null;
}

/** Finds the members of the properties; false when they must be parsed. */
function index(): boolean {
  if (!members.load(buffer, 0)) return false;
  const at = members.find(PROPERTIES);
  return at >= 0 && members.load(buffer, at);
}

function parse(): unknown {
  try {
    return JSON.parse(buffer.toString('utf8'));
  } catch {
    return undefined; // not JSON: says nothing
  }
}
