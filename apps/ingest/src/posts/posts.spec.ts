import { POST, REJECTED_EVENT, TOPICS } from '@tradewind/contracts';
import fc from 'fast-check';
import { startCollector, type TestCollector } from '../../test/start-collector';
import { judgePost } from './judge-post';

const KEY = 'posts-key';
const NOW = Date.UTC(2024, 5, 1);
const post = { post_id: 'p1', brand: 'Acme', text: 'Great kettle', published_at: '2023-11-05T10:00:00Z' };
let collector: TestCollector;

beforeAll(async () => {
  collector = await startCollector({ sourceId: 'social', writeKey: KEY });
});
beforeEach(() => collector.reset());
afterAll(() => collector.close());

async function send(body: string, type = 'application/json', path = '/v1/social/posts') {
  const authorization = `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`;
  const response = await fetch(`${collector.url}${path}`, { method: 'POST', body, headers: { authorization, 'content-type': type } });
  return { status: response.status, ...((await response.json()) as { accepted: number; rejected: number; errors: object[] }) };
}
const on = (topic: { name: string }) => collector.published.filter((record) => record.topic === topic.name);
const judge = (value: unknown) => judgePost({ value, bytes: Buffer.from(JSON.stringify(value) ?? '') }, 'social', NOW);

describe('POST /v1/social/posts', () => {
  const second = { ...post, id: undefined, post_id: 'p2' };
  it.each([
    ['one post', JSON.stringify(post), 'application/json', 1],
    ['an array', JSON.stringify([post, second], null, 2), 'text/plain', 2],
    ['{"posts"}', JSON.stringify({ posts: [post, second] }), 'application/json', 2],
    ['lines by content type', `${JSON.stringify(post)}\n\r\n${JSON.stringify(second)}\r\n`, 'application/x-ndjson', 2],
    ['lines by shape', `${JSON.stringify(post)}\n${JSON.stringify(second)}`, 'application/json', 2],
    ['one line by content type', JSON.stringify(post), 'application/x-ndjson; charset=utf-8', 1],
  ])('takes %s', async (_name, body, type, accepted) => {
    expect(await send(body, type)).toMatchObject({ status: 200, accepted, rejected: 0 });
    expect(on(TOPICS.socialPosts).map(({ key }) => key)).toEqual(['Acme|p1', 'Acme|p2'].slice(0, accepted));
  });

  it('types every field and keeps the rest', async () => {
    const full = {
      id: 17,
      brand: 'Acme',
      network: 'mastodon',
      author: { id: 5, name: 'Jo', followers: 12, verified: true },
      text: 'ok',
      language: 'en',
      url: 'https://x.example/17',
      created_at: 1_700_000_000_000,
      likes: 3,
      shares: 2,
      replies: 1,
      in_reply_to: 'p0',
      location: 'York',
      rating: 4.5,
      item_id: 'sku1',
      extra: { deep: [1] },
    };
    await send(JSON.stringify(full));
    const [record] = on(TOPICS.socialPosts);
    const { payloadJson, ...typed } = POST.decode(record!.value);
    expect(typed).toEqual({
      postId: '17',
      brand: 'Acme',
      network: 'mastodon',
      sourceId: 'social',
      authorId: '5',
      authorName: 'Jo',
      authorFollowers: 12,
      text: 'ok',
      language: 'en',
      url: 'https://x.example/17',
      publishedAtMs: 1_700_000_000_000,
      receivedAtMs: collector.now(),
      likes: 3,
      shares: 2,
      replies: 1,
      inReplyTo: 'p0',
      location: 'York',
      rating: 4.5,
      itemId: 'sku1',
    });
    expect(JSON.parse(Buffer.from(payloadJson).toString())).toEqual({ extra: { deep: [1] }, author: { verified: true } });
    expect(record!.headers).toMatchObject({ ce_type: 'io.tradewind.social.post.v1', ce_source: '/tradewind/ingest/social' });
  });

  it('judges each line alone and keeps what it refuses', async () => {
    const body = [JSON.stringify(post), '{"post_id": "p2", "brand"', JSON.stringify({ ...post, brand: '' }), '7'].join('\n');
    expect(await send(body, 'application/x-ndjson')).toMatchObject({
      accepted: 1,
      rejected: 3,
      errors: [
        { index: 1, code: 'JSON_MALFORMED', reason: 'the line is not JSON' },
        { index: 2, code: 'POST_INVALID', reason: expect.stringMatching(/^brand/) as string },
        { index: 3, code: 'POST_INVALID', reason: 'the post must be an object' },
      ],
    });
    const kept = on(TOPICS.rejected);
    expect(Buffer.from(REJECTED_EVENT.decode(kept[0]!.value).original).toString()).toBe('{"post_id": "p2", "brand"');
    expect(kept.map(({ headers }) => headers!['tw_rejected_kind'])).toEqual(['post', 'post', 'post']);
  });

  it.each([
    ['no body', '', 400],
    ['nothing but malformed JSON', '{"a": \n x', 400],
    ['posts that are no array', '{"posts": 5}', 400],
    ['too many posts', JSON.stringify(Array.from({ length: 5_001 }, () => 1)), 413],
    ['too many lines', '1\n'.repeat(5_001), 413],
  ])('refuses %s as a whole', async (_name, body, status) => {
    expect(await send(body)).toMatchObject({ status, success: false });
    expect(collector.published).toEqual([]);
  });
});

describe('POST /v1/import', () => {
  it('takes events one per line, the bad ones alone', async () => {
    const event = { type: 'track', event: 'e', userId: 'u', messageId: 'm' };
    const body = `${JSON.stringify(event)}\n{]\n${JSON.stringify({ ...event, type: 'x' })}\n`;
    expect(await send(body, 'application/x-ndjson', '/v1/import')).toMatchObject({
      status: 200,
      accepted: 1,
      rejected: 2,
      errors: [{ code: 'JSON_MALFORMED' }, { code: 'EVENT_TYPE_UNKNOWN' }],
    });
    // As analytics-java does.
    const batch = JSON.stringify({ batch: [event, { ...event, messageId: 'm2' }] });
    expect(await send(batch, 'application/json', '/v1/import/')).toMatchObject({ accepted: 2, rejected: 0 });
    expect(await send('{"batch": 5}', 'application/json', '/v1/import')).toMatchObject({ status: 400 });
  });
});

describe('judging a post', () => {
  it.each([
    ['no id', { ...post, post_id: undefined }, /post_id is missing/],
    ['an inexact id', { ...post, post_id: 2 ** 60 }, /post_id/],
    ['no text', { ...post, text: ' ' }, /text is missing/],
    ['text that is none', { ...post, text: 5 }, /text must be text/],
    ['a brand that is too long', { ...post, brand: 'x'.repeat(101) }, /brand is longer/],
    ['an author that is none', { ...post, author: 5 }, /author/],
    ['half a like', { ...post, likes: 0.5 }, /likes/],
    ['fewer than no shares', { ...post, shares: -1 }, /shares/],
    ['six stars', { ...post, rating: 6 }, /rating/],
    ['a time that is none', { ...post, published_at: 'yesterday' }, /published_at must be/],
    ['a time to come', { ...post, published_at: '2024-06-03T00:00:00Z' }, /future/],
  ])('refuses %s', (_name, value, reason) => {
    const { rejected } = judge(value);
    expect([rejected?.fault.code, rejected?.fault.reason]).toEqual(['POST_INVALID', expect.stringMatching(reason)]);
  });

  it('refuses what is too large', () => {
    expect(judge({ ...post, text: 'x'.repeat(33_000) }).rejected?.fault.code).toBe('EVENT_TOO_LARGE');
  });

  it('decides about any JSON value without throwing, and what it accepts survives the log', () => {
    const fields = fc.record(
      Object.fromEntries(Object.keys({ ...post, author: 0, likes: 0, rating: 0, url: 0 }).map((name) => [name, fc.jsonValue()])),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fields,
          fields.map((some) => ({ ...post, ...some })),
        ),
        (value) => {
          const { post: accepted, rejected } = judge(value);
          expect(accepted === undefined).toBe(rejected !== undefined);
          if (accepted) expect(POST.decode(POST.encode(accepted)).postId).toBe(accepted.postId);
        },
      ),
    );
  });
});
