import {
  AppError,
  DRIFT_ALERT,
  EVENT,
  ITEM,
  MEMBERSHIP,
  REJECTED_EVENT,
  RELEASE,
  TOPICS,
  TRANSITION,
  type Codec,
} from '@tradewind/contracts';

const CODECS = new Map<string, Codec<object>>([
  [TOPICS.events.name, EVENT as Codec<object>],
  [TOPICS.rejected.name, REJECTED_EVENT as Codec<object>],
  [TOPICS.catalogItems.name, ITEM as Codec<object>],
  [TOPICS.segmentMembership.name, MEMBERSHIP as Codec<object>],
  [TOPICS.segmentTransitions.name, TRANSITION as Codec<object>],
  [TOPICS.segmentAlerts.name, DRIFT_ALERT as Codec<object>],
  [TOPICS.modelReleases.name, RELEASE as Codec<object>],
]);

/** The message as plain JSON, bytes as text or as the JSON they hold; null when the topic has no codec or the value is none of its messages. */
export function decodedView(topic: string, value: Buffer | null): unknown {
  const codec = CODECS.get(topic);
  if (codec === undefined || value === null) return null;
  try {
    return plain(codec.decode(value));
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** A decoded message's own fields are the ones on the wire; absent ones lie on its prototype. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return textOf(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}

function textOf(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes).toString();
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return text.includes('\ufffd') ? `base64:${Buffer.from(bytes).toString('base64')}` : text;
  }
}
