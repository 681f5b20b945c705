import { Fault, invalid } from './fault';

const DAY_MS = 86_400_000;
/** Numbers below this are taken for seconds by mistake: as milliseconds they lie before March 1973. */
const SMALLEST_EPOCH_MS = 100_000_000_000;
/** What a date can be at most. @see https://tc39.es/ecma262/#sec-time-values-and-time-range */
const LARGEST_EPOCH_MS = 8_640_000_000_000_000;
const ISO_8601 = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

export interface ClientTimes {
  readonly timestamp: unknown;
  readonly originalTimestamp: unknown;
  /** When the client sent it by its own clock, on the event or on its batch. */
  readonly sentAt: unknown;
}

/**
 * When the event happened, epoch milliseconds UTC. With `sentAt` the client's clock is corrected:
 * `receivedAt − (sentAt − originalTimestamp)`, so a clock that is a year off still gives the right time; an unreadable `sentAt` corrects nothing.
 * Without any time it is `receivedAt`. Times before 1970 or more than a day after `receivedAt` are faults.
 * @see https://segment.com/docs/connections/spec/common/#timestamps
 */
export function readOccurredAt(times: ClientTimes, receivedAtMs: number): number | Fault {
  const sentAtMs = readTime(times.sentAt);
  const hasSentAt = sentAtMs !== undefined && !Number.isNaN(sentAtMs);
  // A `timestamp` beside an `originalTimestamp` is already corrected by whoever set it.
  const preferOriginal = hasSentAt || isAbsent(times.timestamp);
  const claimed = preferOriginal && !isAbsent(times.originalTimestamp) ? times.originalTimestamp : times.timestamp;
  const claimedMs = readTime(claimed);
  if (claimedMs === undefined) return receivedAtMs;
  if (Number.isNaN(claimedMs)) return invalid('timestamp must be ISO 8601 or epoch milliseconds');
  const occurredAtMs = Math.round(hasSentAt ? receivedAtMs - (sentAtMs - claimedMs) : claimedMs);
  if (occurredAtMs < 0) return invalid('timestamp lies before 1970');
  if (occurredAtMs > receivedAtMs + DAY_MS) return invalid('timestamp lies more than a day in the future');
  return occurredAtMs;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** Epoch milliseconds; `undefined` when absent, NaN when it is no time. ISO text without an offset is UTC. */
export function readTime(value: unknown): number | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value === 'number') return value >= SMALLEST_EPOCH_MS && value <= LARGEST_EPOCH_MS ? value : NaN;
  const match = typeof value === 'string' ? ISO_8601.exec(value) : null;
  if (!match) return NaN;
  const text = (value as string).replace(' ', 'T').replace(',', '.');
  // A date alone is UTC already; a time without an offset would be local.
  return Date.parse(text.length > 10 && match[1] === undefined ? `${text}Z` : text);
}
