import { AppError } from '@tradewind/contracts';
import { parseJsonBody } from './body';
import { Fault } from './fault';
import type { RawEvent } from './judge';
import { MAX_BATCH_EVENTS } from './split';

const LINE_END = 0x0a;

/**
 * The entries of a body with one JSON value per line, each with its own bytes; empty lines are none. A line that is not JSON is an entry with
 * that fault, so it costs only itself.
 * @throws JSON_MALFORMED when there is no line at all, REQUEST_TOO_LARGE over 5,000 lines
 * @see https://github.com/ndjson/ndjson-spec
 */
export function splitLines(body: Buffer): RawEvent[] {
  const raws: RawEvent[] = [];
  for (let start = 0; start < body.length;) {
    const found = body.indexOf(LINE_END, start);
    const end = found < 0 ? body.length : found;
    const line = trimmed(body.subarray(start, end));
    if (line.length > 0) raws.push(readLine(line));
    if (raws.length > MAX_BATCH_EVENTS)
      throw new AppError('REQUEST_TOO_LARGE', `the body has more than ${MAX_BATCH_EVENTS} lines, which is the limit`);
    start = end + 1;
  }
  if (raws.length === 0) throw new AppError('JSON_MALFORMED', 'the request has no lines');
  return raws;
}

function readLine(bytes: Buffer): RawEvent {
  try {
    return parseJsonBody(bytes);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { value: undefined, bytes, fault: new Fault('JSON_MALFORMED', 'the line is not JSON') };
  }
}

function trimmed(line: Buffer): Buffer {
  let [start, end] = [0, line.length];
  while (start < end && isSpace(line[start]!)) start++;
  while (end > start && isSpace(line[end - 1]!)) end--;
  return line.subarray(start, end);
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

/** True for the content types that say that a body is lines of JSON. */
export function isLinesType(contentType: string | undefined): boolean {
  return /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines|jsonlines)\b/i.test(contentType ?? '');
}
