import { PURPOSES, mayUseFor, type Event } from '@tradewind/contracts';
import type { LogRecord } from '@tradewind/eventing';
import type { PositionedEvent } from '@tradewind/feature-store';

/** What goes into profiles: all but the events whose person refused personalization. */
export function toFold(messages: readonly { readonly record: LogRecord; readonly message: Event }[]): PositionedEvent[] {
  return messages
    .filter(({ message }) => mayUseFor(PURPOSES.personalization, message))
    .map(({ record, message }) => ({ position: record, event: message }));
}
