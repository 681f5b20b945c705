import { EventType, type Event } from '@tradewind/contracts';
import type { Feature } from '../feature';
import { memberOf, payloadOf } from './payload';

const MAX_COUNTRY = 64;

export interface Traits {
  /** As the shop wrote it (`traits.country` or `traits.address.country`), at most 64 characters; '' when unknown. */
  country: string;
  /** Event time of the identify call it came from, epoch milliseconds UTC. */
  atMs: number;
}

/** What the latest identify call (by event time) said about the customer. No columns: text is for rules and for people. */
export const traits: Feature<Traits> = {
  name: 'traits',
  tag: 8,
  initial: () => ({ country: '', atMs: 0 }),
  apply(state, event) {
    if (event.type !== EventType.EVENT_TYPE_IDENTIFY) return;
    if (state.country !== '' && event.occurredAtMs < state.atMs) return;
    const country = countryOf(event);
    if (country === '') return;
    state.country = country;
    state.atMs = event.occurredAtMs;
  },
  encode(state, writer) {
    writer.text(state.country);
    writer.number(state.atMs);
  },
  decode: (reader) => ({ country: reader.text(), atMs: reader.number() }),
  columns: [],
};

function countryOf(event: Event): string {
  const said = memberOf(payloadOf(event), 'traits');
  const country = memberOf(said, 'country') ?? memberOf(memberOf(said, 'address'), 'country');
  return typeof country === 'string' ? Buffer.from(country.slice(0, MAX_COUNTRY)).toString() : ''; // well-formed, as it will be read back;
}
