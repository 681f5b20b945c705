import type { Violation } from '@tradewind/contracts';

export type Talliable = Pick<Violation, 'violationId' | 'eventType' | 'eventName' | 'field' | 'violationType' | 'description'>;

/** The same fault of the same kind of event, counted. Places in arrays are told as `[]`. */
export interface Tallied {
  /** `track "Order Completed"`, `identify`. */
  readonly event: string;
  readonly type: string;
  readonly field: string;
  readonly description: string;
  readonly count: number;
  readonly example: string;
}

export interface Tally {
  add(violation: Talliable, example: string): void;
  /** The most frequent first. */
  list(): Tallied[];
}

/** Names of the client's making can be without end. */
const MAX_LINES = 10_000;

export function createTally(): Tally {
  const lines = new Map<string, Tallied>();
  return {
    add({ eventType, eventName, violationType, field, description }, example) {
      const event = eventName === '' ? eventType : `${eventType} "${eventName}"`;
      const line = { event, type: violationType, field: anywhere(field), description: anywhere(description), count: 1, example };
      const key = [event, line.type, line.field, line.description].join('\u0000');
      const present = lines.get(key);
      if (present) lines.set(key, { ...present, count: present.count + 1 });
      else if (lines.size < MAX_LINES) lines.set(key, line);
    },
    list: () => [...lines.values()].sort((a, b) => b.count - a.count),
  };
}

function anywhere(text: string): string {
  return text.replace(/\[\d+\]/g, '[]');
}
