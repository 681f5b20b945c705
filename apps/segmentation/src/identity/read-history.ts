import { EVENT, PURPOSES, TOPICS, mayUseFor, type Event } from '@tradewind/contracts';
import { decodeBatch, type EventLog, type LogRecord } from '@tradewind/eventing';
import { inStreamOfAlias, pathOf, type Hop } from './moved-events';

/** An event of a user with its place on the log and the links it followed. */
export interface PastEvent {
  readonly event: Event;
  readonly position: { readonly topic: string; readonly partition: number; readonly offset: number };
  readonly path: readonly Hop[];
}

export interface HistoryOptions {
  readonly log: Pick<EventLog, 'read'>;
  readonly partition: number;
  readonly userKeys: ReadonlySet<string>;
  /** What lies below is in the users' states. */
  readonly handled: { readonly events: number; readonly moved: number };
}

/** All that users did so far: their own events, then those that were moved to them, each in log order. One pass over the partition for all of them. */
export async function readHistory({ log, partition, userKeys, handled }: HistoryOptions): Promise<Map<string, PastEvent[]>> {
  const found = new Map<string, PastEvent[]>([...userKeys].map((key) => [key, []]));
  const isNew = repeatsDropped();
  for await (const record of recordsBelow(log, TOPICS.events.name, partition, handled.events)) take(record);
  for await (const record of recordsBelow(log, TOPICS.movedEvents.name, partition, handled.moved)) if (isNew(record)) take(record);
  return found;

  function take(record: LogRecord): void {
    const past = found.get(String(record.key));
    if (past === undefined) return;
    // What does not decode became a dead letter when it was handled.
    const [decoded] = decodeBatch({ topic: record.topic, partition, records: [record], highWatermark: 0 }, EVENT).messages;
    if (decoded === undefined || !mayUseFor(PURPOSES.personalization, decoded.message)) return;
    past.push({ event: decoded.message, position: record, path: record.topic === TOPICS.events.name ? [] : pathOf(record) });
  }
}

async function* recordsBelow(log: Pick<EventLog, 'read'>, topic: string, partition: number, end: number): AsyncGenerator<LogRecord> {
  if (end === 0) return;
  for await (const page of log.read(topic, { partitions: [partition] })) {
    for (const record of page) {
      if (record.offset >= end) return;
      yield record;
    }
  }
}

/** Whether a moved record is the first of its place in its alias's stream. */
function repeatsDropped(): (record: LogRecord) => boolean {
  const next = new Map<string, number>();
  return (record) => {
    const { topic, partition, offset } = inStreamOfAlias(record);
    const stream = `${String(record.key)} ${topic} ${partition}`;
    if (offset < (next.get(stream) ?? 0)) return false;
    next.set(stream, offset + 1);
    return true;
  };
}
