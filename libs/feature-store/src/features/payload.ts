import type { Event } from '@tradewind/contracts';

let lastEvent: Event | null = null;
let lastPayload: unknown;

/** The event's payload as JSON; `undefined` when it is none. Parsed once for all features that look at the same event one after the other. */
export function payloadOf(event: Event): unknown {
  if (event !== lastEvent) {
    lastPayload = parse(event.payloadJson);
    lastEvent = event;
  }
  return lastPayload;
}

/** The member of an object; `undefined` when there is none. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    return undefined; // not JSON: says nothing
  }
}
