import { AppError } from '@tradewind/contracts';
import { parseJsonBody, type JsonBody } from './body';
import { Fault } from './fault';
import type { RawEvent } from './judge';
import { MAX_BATCH_EVENTS, splitArray } from './split';

const LINE_END = 0x0a;

/**
 * The entries of a body with one JSON value per line, each with its own bytes; empty lines are none. A line that is not JSON is an entry with
 * that fault, so it costs only itself.
 * @throws JSON_MALFORMED when there is no line at all, REQUEST_TOO_LARGE over 5,000 lines
 * @see https://github.com/ndjson/ndjson-spec
 */
function splitLines(body: Buffer): RawEvent[] {
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

/**
 * The entries of a body in its order: one entry, an array, or one per line, told by the content type or by the body not being one JSON value
 * while its first line is.
 * @param listOf the entries of an object that is a list of them under some name; undefined when it is an entry itself
 * @throws JSON_MALFORMED, REQUEST_TOO_LARGE, what `listOf` throws
 */
export function splitEntries(
  bytes: Buffer,
  contentType: string | undefined,
  listOf: (body: JsonBody) => RawEvent[] | undefined,
): RawEvent[] {
  const body = isLinesType(contentType) ? null : readOneValue(bytes);
  if (body === null) return splitLines(bytes);
  return Array.isArray(body.value) ? splitArray(body.value, body.bytes, 0) : (listOf(body) ?? [body]);
}

function isLinesType(contentType: string | undefined): boolean {
  return /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines|jsonlines)\b/i.test(contentType ?? '');
}

/** Null when the body is not one JSON value but its first line is. */
function readOneValue(bytes: Buffer): JsonBody | null {
  try {
    return parseJsonBody(bytes);
  } catch (error) {
    if (!isFirstLineJson(bytes)) throw error;
    return null;
  }
}

function isFirstLineJson(bytes: Buffer): boolean {
  const end = bytes.indexOf(LINE_END);
  if (end <= 0) return false;
  try {
    parseJsonBody(bytes.subarray(0, end));
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
