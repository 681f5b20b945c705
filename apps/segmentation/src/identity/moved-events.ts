import {
  AppError,
  EVENT,
  EVENT_TYPES,
  TOPICS,
  deterministicId,
  toCloudEventHeaders,
  type Event,
  type LogPosition,
} from '@tradewind/contracts';
import type { LogRecord, OutboundRecord } from '@tradewind/eventing';
import { SOURCE } from '../outputs';

const HEADER = 'tw_moved_from';

/** Where a moved event was before. */
export interface MovedFrom {
  /** Whose it was: the alias that hands it on. */
  readonly userKey: string;
  /** Of the record that the alias took. */
  readonly position: LogPosition;
  /** The links it followed, the first one first; ends with that of `userKey`. */
  readonly path: readonly Hop[];
}

/** A key that an event was under, and when the link was made that took it on, epoch milliseconds UTC. */
export interface Hop {
  readonly userKey: string;
  readonly linkedAtMs: number;
}

/** An event as it is handed on to `to`: the same event under another user key, with where it came from in the header `tw_moved_from`. */
export function toMovedRecord(event: Event, to: string, { userKey, position, path }: MovedFrom): OutboundRecord {
  const { topic, partition, offset } = position;
  return {
    topic: TOPICS.movedEvents.name,
    key: to,
    value: EVENT.encode({ ...event, userKey: to }),
    headers: {
      ...toCloudEventHeaders({
        id: deterministicId('moved', userKey, to, topic, partition, offset),
        source: SOURCE,
        type: EVENT_TYPES.event,
        timeMs: event.occurredAtMs,
      }),
      [HEADER]: JSON.stringify({ userKey, position: { topic, partition, offset }, path }),
    },
  };
}

/** @throws EVENT_INVALID when the record is not one that `toMovedRecord` made */
export function movedFrom({ headers, topic, partition, offset }: LogRecord): MovedFrom {
  const text = headers[HEADER]?.toString();
  if (text === undefined)
    throw new AppError('EVENT_INVALID', `${topic}/${partition}@${offset} does not say in ${HEADER} where it came from`);
  try {
    return JSON.parse(text) as MovedFrom;
  } catch (cause) {
    throw new AppError('EVENT_INVALID', `${topic}/${partition}@${offset} has no JSON in ${HEADER}`, { cause });
  }
}

/** The links that a record followed; none for an event that was not moved. */
export function pathOf(record: LogRecord): readonly Hop[] {
  return record.headers[HEADER] === undefined ? [] : movedFrom(record).path;
}

/**
 * The record in the place that its alias's stream gives it: what an alias hands on comes in the order of its own log, so an offset of that stream
 * that was applied before is a repeat, also when it lies on the topic twice.
 */
export function inStreamOfAlias(record: LogRecord): LogRecord {
  const { userKey, position } = movedFrom(record);
  return {
    ...record,
    topic: `${SHORT.get(position.topic) ?? position.topic} of ${userKey}`,
    partition: position.partition,
    offset: position.offset,
  };
}

const SHORT = new Map<string, string>([
  [TOPICS.events.name, 'events'],
  [TOPICS.movedEvents.name, 'moved'],
]);
