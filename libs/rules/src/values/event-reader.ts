import { JsonMembers, parseValueAt, type Event } from '@tradewind/contracts';
import type { EventField, ItemField, ValueRef } from '../language/rule';
import { valueAt } from './reading';

type Json = Readonly<Record<string, unknown>>;
const NOTHING: Json = {};
const EMPTY_PAYLOAD_BYTES = 2;
const PROPERTIES = Buffer.from('properties');
/** How ingest begins a payload that has properties; it writes no member twice, so the rest need not be looked at. */
const BEGINNING = Buffer.from('{"properties":');

/** Counts every event read by any reader, so that a path knows whether its value is of this one. */
let loads = 0;

/** Reads what rules ask of an event and leaves the rest of its payload unparsed. One reader serves one event after the other. */
export class EventReader {
  event!: Event;
  /** Another one for each event read, by any reader. */
  load = 0;
  private buffer: Buffer = Buffer.alloc(0);
  private parsed: Json | undefined;
  private readonly members = new JsonMembers();
  /** Whether `members` are those of this event's properties; `undefined` before the first look. */
  private indexed: boolean | undefined;

  read(event: Event): this {
    this.event = event;
    this.load = ++loads;
    this.parsed = undefined;
    this.indexed = undefined;
    return this;
  }

  get traits(): unknown {
    return this.payload['traits'];
  }

  /** `undefined` when the event has none; texts may be empty. */
  field(name: EventField): unknown {
    const { event } = this;
    switch (name) {
      case 'value':
        return event.valueMinor;
      case 'currency':
      case 'orderId':
      case 'groupId':
        return event[name] === '' ? undefined : event[name];
      default: {
        const value = event.enrichment?.[name];
        return value === '' || value === null ? undefined : value;
      }
    }
  }

  /** The value of a property of properties. `key` is `parts[0]` in UTF-8. */
  property(parts: readonly string[], key: Uint8Array): unknown {
    this.indexed ??= this.index();
    if (!this.indexed) return valueAt(this.payload['properties'], parts).value;
    const at = this.members.find(key);
    if (at < 0) return undefined;
    try {
      const value = parseValueAt(this.buffer, at);
      return parts.length === 1 ? value : valueAt(value, parts.slice(1)).value;
    } catch {
      return undefined; // not JSON: says nothing
    }
  }

  /** Finds the members of the properties; false when they must be parsed. */
  private index(): boolean {
    const { payloadJson: bytes } = this.event;
    this.buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (startsWithProperties(this.buffer)) return this.members.load(this.buffer, BEGINNING.length);
    if (!this.members.load(this.buffer, 0)) return false;
    const at = this.members.find(PROPERTIES);
    return at >= 0 && this.members.load(this.buffer, at);
  }

  private get payload(): Json {
    return (this.parsed ??= parse(this.event.payloadJson));
  }
}

/** The properties that a rule set reads, each parsed at most once per event. */
export class PropertyPaths {
  private readonly paths = new Map<string, PropertyPath>();

  get(text: string): PropertyPath {
    const known = this.paths.get(text);
    if (known !== undefined) return known;
    const made = new PropertyPath(text);
    this.paths.set(text, made);
    return made;
  }
}

export class PropertyPath {
  private readonly parts: readonly string[];
  private readonly key: Uint8Array;
  private load = -1;
  private value: unknown;

  constructor(text: string) {
    this.parts = text.split('.');
    this.key = Buffer.from(this.parts[0]!);
  }

  of(reader: EventReader): unknown {
    if (this.load !== reader.load) {
      this.load = reader.load;
      this.value = reader.property(this.parts, this.key);
    }
    return this.value;
  }
}

/** Reads one JSON value per event, or one per line of it, into `out`. */
export type ValueReader = (reader: EventReader, out: unknown[]) => void;

export function toValueReader(ref: ValueRef, paths: PropertyPaths): ValueReader {
  if ('property' in ref) {
    const path = paths.get(ref.property);
    return (reader, out) => out.push(path.of(reader));
  }
  if (ref.field.startsWith('items.')) {
    const field = ref.field.slice('items.'.length) as ItemField;
    return (reader, out) => {
      for (const item of reader.event.items) out.push(item[field]);
    };
  }
  const field = ref.field as EventField;
  return (reader, out) => out.push(reader.field(field));
}

function startsWithProperties(buffer: Buffer): boolean {
  if (buffer.length <= BEGINNING.length) return false;
  for (let i = 0; i < BEGINNING.length; i++) if (buffer[i] !== BEGINNING[i]) return false;
  return true;
}

/** What is not JSON says nothing. */
function parse(bytes: Uint8Array): Json {
  if (bytes.length <= EMPTY_PAYLOAD_BYTES) return NOTHING;
  try {
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const value: unknown = JSON.parse(buffer.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Json) : NOTHING;
  } catch {
    return NOTHING;
  }
}
