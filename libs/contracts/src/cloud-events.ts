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
    ce_time: new Date(attributes.timeMs).toISOString(),
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
