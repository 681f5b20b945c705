import type { EventLog } from '@tradewind/eventing';
import { decodedView } from './decoded-view';
import { readLetters, type Letter } from './letters';

const SHOWN_BYTES = 64;

/** A letter for people and for JSON. */
export interface ShownLetter {
  /** Where it lies now: `partition/offset` of the topic shown. */
  readonly at: string;
  /** Where it failed: `topic/partition/offset`; null when it was refused at the door. */
  readonly from: string | null;
  readonly key: string | null;
  readonly code: string;
  readonly reason: string;
  readonly service: string;
  readonly attempts: number;
  readonly firstFailureAt: string;
  readonly bytes: number;
  /** The message as JSON when the payload decodes, else null; then `head` has its first bytes in hexadecimal. */
  readonly decoded: unknown;
  readonly head: string | null;
}

export interface ShowOptions {
  readonly topic: string;
  /** The newest this many. */
  readonly limit: number;
  readonly code?: string;
}

/** The letters that failed last, the newest first. */
export async function showLetters(log: Pick<EventLog, 'read'>, { topic, limit, code }: ShowOptions): Promise<ShownLetter[]> {
  let newest: Letter[] = [];
  for await (const slice of readLetters(log, topic)) {
    const wanted = slice.filter((letter) => code === undefined || letter.code === code);
    newest = [...newest, ...wanted].sort((a, b) => b.record.timestampMs - a.record.timestampMs).slice(0, limit);
  }
  return newest.map((letter) => shown(topic, letter));
}

function shown(topic: string, { record, from, code, reason, service, attempts, firstFailureAt }: Letter): ShownLetter {
  const { partition, offset, key, value } = record;
  const decoded = decodedView(from?.topic ?? topic, value);
  return {
    at: `${partition}/${offset}`,
    from: from === null ? null : `${from.topic}/${from.partition}/${from.offset}`,
    key: key?.toString() ?? null,
    code,
    reason,
    service,
    attempts,
    firstFailureAt,
    bytes: value?.length ?? 0,
    decoded,
    head: decoded === null && value !== null ? value.subarray(0, SHOWN_BYTES).toString('hex') : null,
  };
}
