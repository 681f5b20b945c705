import type { AudienceEvent } from './audience-event';

export interface AudienceReceiverOptions {
  /** Of a batch endpoint of Segment's HTTP API, e.g. `https://api.segment.io/v1/batch`. */
  readonly url: string;
  /** Sent as the user name of HTTP basic authentication. */
  readonly writeKey?: string | undefined;
  /** How long an answer may take, milliseconds. @default 10000 */
  readonly timeoutMs?: number;
}

/** `taken`; `refused` for good, so that a repeat would be, too; or `again` when a repeat may be taken. */
export interface Answer {
  readonly outcome: 'taken' | 'refused' | 'again';
  /** For people. */
  readonly reason: string;
  /** How long the receiver asks to wait, milliseconds. */
  readonly retryAfterMs?: number;
}

/** What a repeat of the same body cannot mend. Everything else is tried again, wrong credentials too: they are mended without losing anything. */
const REFUSALS = new Set([400, 413, 415, 422]);

/** Posts events and says what became of them; never throws. */
export async function postAudienceEvents(events: readonly AudienceEvent[], options: AudienceReceiverOptions): Promise<Answer> {
  const { url, writeKey, timeoutMs = 10_000 } = options;
  const credentials = Buffer.from(`${writeKey}:`).toString('base64');
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(writeKey !== undefined && { authorization: `Basic ${credentials}` }) },
      body: JSON.stringify({ batch: events, sentAt: new Date().toISOString() }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.arrayBuffer(); // frees the connection
    if (answer.ok) return { outcome: 'taken', reason: '' };
    const seconds = Number(answer.headers.get('retry-after'));
    const reason = `the receiver answered ${answer.status}`;
    if (REFUSALS.has(answer.status)) return { outcome: 'refused', reason };
    return { outcome: 'again', reason, ...(seconds > 0 && { retryAfterMs: seconds * 1000 }) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { outcome: 'again', reason: cause instanceof Error ? cause.message : String(cause) };
  }
}
