import { JsonMembers, parseValueAt, type Event } from '@tradewind/contracts';

const PROPERTIES = Buffer.from('properties');
const PRODUCTS = Buffer.from('products');
const members = new JsonMembers();
let lastEvent: Event | null = null;
let buffer: Buffer = Buffer.alloc(0);
let parsed: unknown;
let isParsed = false;
/** Whether `members` are those of the event's properties; `null` before the first look. */
let isIndexed: boolean | null = null;
let products: readonly unknown[] | null = null;

/** The event's payload as JSON; `undefined` when it is none. Parsed once for all features that look at the same event one after the other. */
export function payloadOf(event: Event): unknown {
  look(event);
  if (!isParsed) {
    parsed = parse();
    isParsed = true;
  }
  return parsed;
}

/** The name of a property, ready to be looked for. */
export interface PropertyName {
  readonly name: string;
  readonly key: Buffer;
  /** As JSON writes it. */
  readonly quoted: Buffer;
}

export function toPropertyName(name: string): PropertyName {
  return { name, key: Buffer.from(name), quoted: Buffer.from(JSON.stringify(name)) };
}

/** False when the payload surely has no member of that name, at any depth: most have not, and looking costs less than reading. */
export function mentions(event: Event, { quoted }: PropertyName): boolean {
  look(event);
  return buffer.indexOf(quoted) >= 0;
}

/** The products of the event's properties, as the client sent them. */
export function productsOf(event: Event): readonly unknown[] {
  look(event);
  if (products === null) {
    const value = propertyOf(event, { name: 'products', key: PRODUCTS });
    products = Array.isArray(value) ? value : [];
  }
  return products;
}

/** A property as the client sent it, without parsing the others; `undefined` when there is none. */
export function propertyOf(event: Event, { name, key }: Pick<PropertyName, 'name' | 'key'>): unknown {
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
  products = null;
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
