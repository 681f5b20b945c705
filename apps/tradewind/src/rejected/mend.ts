import { judgeEvent, judgeItem, judgePost } from '@tradewind/apps/ingest';
import { deterministicId } from '@tradewind/contracts';
import { applyEdits, type Edit } from './edits';
import { REJECTED_TOPIC, type RejectedLetter } from './rejected-letters';

/** A letter as it may be sent again, and what the collector's rules say of it. */
export interface Mended {
  readonly letter: RejectedLetter;
  readonly json: string;
  /** Why it would be refused again; null when it is good. A tracking plan or a policy may still think otherwise. */
  readonly fault: { readonly code: string; readonly reason: string } | null;
}

/** Only where an event tells no time of its own may the currency matter here, and it does not: it is judged again where it is sent. */
const ANY_CURRENCY = 'USD';

/**
 * Applies the edits to what came. The messageId stays; an event without one gets one that depends on its place on the log only. An event keeps
 * the time that it would have had when it was received first. Null when the bytes are no JSON object, so that nothing can be edited.
 */
export function mend(letter: RejectedLetter, edits: readonly Edit[]): Mended | null {
  const value = parseObject(letter.original);
  if (value === null) return null;
  applyEdits(value, edits);
  if (letter.kind === 'event') return mendEvent(letter, value);
  const raw = { value, bytes: Buffer.from(JSON.stringify(value)) };
  const source = { sourceId: letter.sourceId, defaultCurrency: ANY_CURRENCY };
  const { rejected } =
    letter.kind === 'item' ? judgeItem(raw, source, letter.receivedAtMs) : judgePost(raw, letter.sourceId, letter.receivedAtMs);
  return { letter, json: raw.bytes.toString(), fault: rejected?.fault ?? null };
}

function mendEvent(letter: RejectedLetter, value: Record<string, unknown>): Mended {
  const { record, sourceId, type, sentAt, receivedAtMs } = letter;
  if (type !== '') value['type'] ??= type;
  value['messageId'] ??= deterministicId(REJECTED_TOPIC, record.partition, record.offset);
  const source = { sourceId, defaultCurrency: ANY_CURRENCY };
  const raw = { value, bytes: Buffer.from(JSON.stringify(value)), sentAt: numberOrText(sentAt) };
  const { event, rejected } = judgeEvent(raw, source, receivedAtMs);
  if (rejected) return { letter, json: raw.bytes.toString(), fault: rejected.fault };
  // Sent again, its clock would be corrected by the time that went by since.
  const { sentAt: _sentAt, originalTimestamp: _original, ...rest } = value;
  return { letter, json: JSON.stringify({ ...rest, timestamp: new Date(event.occurredAtMs).toISOString() }), fault: null };
}

function numberOrText(sentAt: string | undefined): string | number | undefined {
  return sentAt !== undefined && /^\d+$/.test(sentAt) ? Number(sentAt) : sentAt;
}

function parseObject(bytes: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
