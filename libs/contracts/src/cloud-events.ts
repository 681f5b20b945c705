/** CloudEvents attributes of an event on the log. */
export interface CloudEventAttributes {
  readonly id: string;
  /** URI reference of the producer, e.g. `/tradewind/ingest/shop`. */
  readonly source: string;
  /** Reverse-DNS type with its major version, e.g. `io.tradewind.clickstream.event.v1`. */
  readonly type: string;
  /** When it happened, epoch milliseconds UTC. */
  readonly timeMs: number;
}

export const PROTOBUF_CONTENT_TYPE = 'application/protobuf';

/** The type attribute of every message we put on a topic. */
export const EVENT_TYPES = {
  event: 'io.tradewind.clickstream.event.v1',
  rejected: 'io.tradewind.clickstream.rejected.v1',
  violation: 'io.tradewind.clickstream.violation.v1',
  link: 'io.tradewind.identity.link.v1',
  post: 'io.tradewind.social.post.v1',
  suppression: 'io.tradewind.privacy.suppression.v1',
  receipt: 'io.tradewind.privacy.receipt.v1',
  item: 'io.tradewind.catalog.item.v1',
  transition: 'io.tradewind.segments.transition.v1',
  membership: 'io.tradewind.segments.membership.v1',
  driftAlert: 'io.tradewind.segments.alert.v1',
  rankedList: 'io.tradewind.recommendations.ranked.v1',
  release: 'io.tradewind.models.release.v1',
} as const;

/**
 * Headers of the CloudEvents 1.0 Kafka binding, binary content mode: one `ce_` header per attribute, UTF-8.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md#32-binary-content-mode
 */
export function toCloudEventHeaders(attributes: CloudEventAttributes): Record<string, string> {
  return {
    'content-type': PROTOBUF_CONTENT_TYPE,
    ce_specversion: '1.0',
    ce_id: attributes.id,
    ce_source: attributes.source,
    ce_type: attributes.type,
    ce_time: isoTime(attributes.timeMs),
  };
}

/** Reads the attributes back; `null` when a required one is missing, so foreign records are told apart. */
export function fromCloudEventHeaders(headers: Readonly<Record<string, Buffer | string | undefined>>): CloudEventAttributes | null {
  const id = headers['ce_id']?.toString();
  const source = headers['ce_source']?.toString();
  const type = headers['ce_type']?.toString();
  if (headers['ce_specversion']?.toString() !== '1.0' || !id || !source || !type) return null;
  const timeMs = Date.parse(headers['ce_time']?.toString() ?? '');
  return { id, source, type, timeMs: Number.isNaN(timeMs) ? 0 : timeMs };
}

const DAY_MS = 86_400_000;
const padded = (digits: number): readonly string[] => Array.from({ length: 10 ** digits }, (_, i) => String(i).padStart(digits, '0'));
const TWO_DIGITS = padded(2);
const THREE_DIGITS = padded(3);
let lastDay = NaN;
let lastDayText = '';

/**
 * `Date.toISOString`, for a third of its time: events that come together mostly share their day.
 * @throws RangeError when `timeMs` is no time
 */
export function isoTime(timeMs: number): string {
  const whole = Math.trunc(timeMs);
  const day = Math.floor(whole / DAY_MS);
  if (day !== lastDay) {
    lastDayText = new Date(day * DAY_MS).toISOString().slice(0, -'00:00:00.000Z'.length);
    lastDay = day;
  }
  const inDay = whole - day * DAY_MS;
  const hours = Math.floor(inDay / 3_600_000);
  const minutes = Math.floor(inDay / 60_000) % 60;
  const seconds = Math.floor(inDay / 1_000) % 60;
  return `${lastDayText}${TWO_DIGITS[hours]}:${TWO_DIGITS[minutes]}:${TWO_DIGITS[seconds]}.${THREE_DIGITS[inDay % 1_000]}Z`;
}
