import type { Post } from '@tradewind/contracts';
import { Fault } from '../fault';
import { readId } from '../identity';
import { isObject, isTooDeep, MAX_EVENT_BYTES, TOO_DEEP, type RawEvent, type Rejection } from '../judge';
import { readTime } from '../timestamps';

export type PostVerdict =
  { readonly post: Post; readonly rejected?: undefined } | { readonly post?: undefined; readonly rejected: Rejection };

/** Members with a field of their own; every other one is kept in `payloadJson`. */
const TYPED = new Set(
  'post_id postId id brand network author text language lang url published_at publishedAt created_at createdAt likes shares replies in_reply_to inReplyTo location rating item_id itemId'.split(
    ' ',
  ),
);
const TYPED_AUTHOR = new Set(['id', 'name', 'username', 'followers', 'followers_count']);
/** Characters of a brand or network: both are part of keys and of labels. */
const MAX_NAME_LENGTH = 100;
const DAY_MS = 86_400_000;
const NO_PAYLOAD = Buffer.from('{}');

/** Decides about one post, whatever JSON value it is: typed, or rejected with a code and a reason that names the field. Pure; never throws. */
export function judgePost(raw: RawEvent, sourceId: string, receivedAtMs: number): PostVerdict {
  const outcome = readPost(raw, sourceId, receivedAtMs);
  return outcome instanceof Fault ? { rejected: { fault: outcome, messageId: '' } } : { post: outcome };
}

function readPost(raw: RawEvent, sourceId: string, receivedAtMs: number): Post | Fault {
  if (raw.fault) return raw.fault;
  if (raw.bytes.length > MAX_EVENT_BYTES)
    return new Fault('EVENT_TOO_LARGE', `the post has ${raw.bytes.length} bytes, the limit is ${MAX_EVENT_BYTES}`);
  if (isTooDeep(raw)) return TOO_DEEP;
  if (!isObject(raw.value)) return invalid('the post must be an object');
  try {
    return typedPost(raw.value, sourceId, receivedAtMs);
  } catch (error) {
    if (error instanceof InvalidPost) return error.fault;
    throw error;
  }
}

/** Carries the fault of a field out of the expression that reads it; never leaves this file. */
class InvalidPost extends Error {
  constructor(readonly fault: Fault) {
    super(fault.reason);
  }
}

function invalid(reason: string): Fault {
  return new Fault('POST_INVALID', reason);
}

function fail(reason: string): never {
  throw new InvalidPost(invalid(reason));
}

function typedPost(value: Record<string, unknown>, sourceId: string, receivedAtMs: number): Post {
  const author = authorOf(value['author']);
  const text = textOf(value['text'], 'text');
  if (text.trim() === '') fail('text is missing');
  return {
    postId: idOf(value['post_id'] ?? value['postId'] ?? value['id'], 'post_id') || fail('post_id is missing'),
    brand: nameOf(value['brand'], 'brand') || fail('brand, for which the post was collected, is missing'),
    network: nameOf(value['network'], 'network'),
    sourceId,
    authorId: idOf(author['id'], 'author.id'),
    authorName: textOf(author['name'] ?? author['username'], 'author.name'),
    authorFollowers: countOf(author['followers'] ?? author['followers_count'], 'author.followers'),
    text,
    language: textOf(value['language'] ?? value['lang'], 'language'),
    url: textOf(value['url'], 'url'),
    publishedAtMs: timeOf(value['published_at'] ?? value['publishedAt'] ?? value['created_at'] ?? value['createdAt'], receivedAtMs),
    receivedAtMs,
    likes: countOf(value['likes'], 'likes'),
    shares: countOf(value['shares'], 'shares'),
    replies: countOf(value['replies'], 'replies'),
    inReplyTo: idOf(value['in_reply_to'] ?? value['inReplyTo'], 'in_reply_to'),
    location: textOf(value['location'], 'location'),
    rating: ratingOf(value['rating']),
    itemId: idOf(value['item_id'] ?? value['itemId'], 'item_id'),
    payloadJson: restOf(value, author),
  };
}

/** `{id, name, followers}`, or the name alone. */
function authorOf(value: unknown): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'string') return { name: value };
  return isObject(value) ? value : fail('author must be an object or a name');
}

function idOf(value: unknown, field: string): string {
  const id = readId(value, field);
  return id instanceof Fault ? fail(id.reason) : id;
}

function textOf(value: unknown, field: string): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : fail(`${field} must be text`);
}

function nameOf(value: unknown, field: string): string {
  const name = textOf(value, field).trim();
  return name.length <= MAX_NAME_LENGTH ? name : fail(`${field} is longer than ${MAX_NAME_LENGTH} characters`);
}

function countOf(value: unknown, field: string): number {
  if (value === undefined || value === null) return 0;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : fail(`${field} must be a whole number from 0`);
}

function ratingOf(value: unknown): number {
  if (value === undefined || value === null || value === 0) return 0;
  return typeof value === 'number' && value >= 1 && value <= 5 ? value : fail('rating must be a number from 1 to 5');
}

/** From 1970 to a day after it was received, which stands in when the post tells none. */
function timeOf(value: unknown, receivedAtMs: number): number {
  const timeMs = Math.round(readTime(value) ?? receivedAtMs);
  if (Number.isNaN(timeMs)) fail('published_at must be ISO 8601 or epoch milliseconds');
  return timeMs >= 0 && timeMs <= receivedAtMs + DAY_MS ? timeMs : fail('published_at lies before 1970 or more than a day in the future');
}

function restOf(value: Record<string, unknown>, author: Record<string, unknown>): Buffer {
  const rest = Object.entries(value).filter(([name]) => !TYPED.has(name));
  const ofAuthor = Object.entries(author).filter(([name]) => !TYPED_AUTHOR.has(name));
  if (ofAuthor.length > 0) rest.push(['author', Object.fromEntries(ofAuthor)]);
  return rest.length === 0 ? NO_PAYLOAD : Buffer.from(JSON.stringify(Object.fromEntries(rest)));
}
