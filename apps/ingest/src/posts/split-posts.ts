import { AppError } from '@tradewind/contracts';
import { parseJsonBody, type JsonBody } from '../body';
import { memberSpans } from '../json-spans';
import { isObject, type RawEvent } from '../judge';
import { isLinesType, splitLines } from '../ndjson';
import { splitArray } from '../split';

/**
 * The posts of a body in its order: one post, an array, `{"posts": […]}`, or a post per line, told by the content type or by the body not
 * being one JSON value.
 * @throws JSON_MALFORMED, REQUEST_TOO_LARGE, POST_INVALID when `posts` is no array
 */
export function splitPosts(bytes: Buffer, contentType: string | undefined): RawEvent[] {
  const body = isLinesType(contentType) ? null : readOneValue(bytes);
  if (body === null) return splitLines(bytes);
  if (Array.isArray(body.value)) return splitArray(body.value, body.bytes, 0);
  if (!isObject(body.value) || !('posts' in body.value)) return [body];
  const { posts } = body.value;
  if (!Array.isArray(posts)) throw new AppError('POST_INVALID', 'posts must be an array');
  const [span] = memberSpans(body.bytes, 0, ['posts']);
  return splitArray(posts, body.bytes, span!.start);
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
  const end = bytes.indexOf('\n');
  if (end <= 0) return false;
  try {
    parseJsonBody(bytes.subarray(0, end));
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
