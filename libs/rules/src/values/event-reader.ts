import type { Event } from '@tradewind/contracts';
import type { EventField, ItemField, ValueRef } from '../language/rule';
import { valueAt } from './reading';

type Json = Readonly<Record<string, unknown>>;
const NOTHING: Json = {};
const EMPTY_PAYLOAD_BYTES = 2;

/** Reads what rules ask of an event; parses its payload at most once, and only when asked. One reader serves one event after the other. */
export class EventReader {
  event!: Event;
  private payload: Json | undefined;

  load(event: Event): this {
    this.event = event;
    this.payload = undefined;
    return this;
  }

  get properties(): unknown {
    return this.parsed['properties'];
  }

  get traits(): unknown {
    return this.parsed['traits'];
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

  private get parsed(): Json {
    return (this.payload ??= parse(this.event.payloadJson));
  }
}

/** Reads one JSON value per event, or one per line of it, into `out`. */
export type ValueReader = (reader: EventReader, out: unknown[]) => void;

export function toValueReader(ref: ValueRef): ValueReader {
  if ('property' in ref) {
    const path = ref.property.split('.');
    return (reader, out) => out.push(valueAt(reader.properties, path).value);
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
