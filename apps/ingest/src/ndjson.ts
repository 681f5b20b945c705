import { AppError, type ErrorCode } from '@tradewind/contracts';
import { parseJsonBody, type JsonBody } from './body';
import { memberSpans } from './json-spans';
import { Fault } from './fault';
import { isObject, type RawEvent } from './judge';
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

/** Which member of an object holds the entries, and the code of a request where that member is no list. */
export interface ListMember {
  readonly name: 'batch' | 'posts';
  readonly fault: ErrorCode;
}

/**
 * The entries of a body in its order: one entry, an array, an object with a list of them, or one per line, told by the content type or by the
 * body not being one JSON value while its first line is.
 * @throws JSON_MALFORMED, REQUEST_TOO_LARGE, the member's fault
 */
export function splitEntries(bytes: Buffer, contentType: string | undefined, { name, fault }: ListMember): RawEvent[] {
  const body = isLinesType(contentType) ? null : readOneValue(bytes);
  if (body === null) return splitLines(bytes);
  if (Array.isArray(body.value)) return splitArray(body.value, body.bytes, 0);
  if (!isObject(body.value) || !(name in body.value)) return [body];
  const list = body.value[name];
  if (!Array.isArray(list)) throw new AppError(fault, `${name} must be an array`);
  const [span] = memberSpans(body.bytes, 0, [name]);
  return splitArray(list, body.bytes, span!.start, body.value['sentAt']);
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
