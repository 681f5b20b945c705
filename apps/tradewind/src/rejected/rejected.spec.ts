import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingest } from '@tradewind/apps/ingest';
import { EVENT, POST, TOPICS } from '@tradewind/contracts';
import { runServices, type RunningServices } from '@tradewind/runtime';
import fc from 'fast-check';
import { createCollectorClient, type CollectorClient } from '../replay/collector-client';
import { applyEdits, parseRemove, parseRename, parseSet } from './edits';
import { readRejected, type RejectedLetter } from './rejected-letters';
import { replayRejected, type ReplayRejectedOptions } from './replay-rejected';

describe('editing', () => {
  const edited = (value: object, ...edits: Parameters<typeof applyEdits>[1]) => {
    const copy = structuredClone(value) as Record<string, unknown>;
    applyEdits(copy, edits);
    return copy;
  };

  it.each([
    ['a value', { a: 1 }, [parseSet('b.c=[1]')], { a: 1, b: { c: [1] } }],
    ['text that is no JSON', {}, [parseSet('a=x=y')], { a: 'x=y' }],
    ['a value over one that is no object', { b: 5 }, [parseSet('b.c=1')], { b: { c: 1 } }],
    ['every element', { p: [{ x: 1 }, 5, {}] }, [parseSet('p.*.y=true')], { p: [{ x: 1, y: true }, 5, { y: true }] }],
    ['one element', { p: [{ x: 1 }, { x: 2 }] }, [parseSet('p.1.x=3')], { p: [{ x: 1 }, { x: 3 }] }],
  ])('sets %s', (_name, value, edits, expected) => expect(edited(value, ...edits)).toEqual(expected));

  it('renames, also into another object and in every element, and removes', () => {
    const value = { user: 'u', p: [{ cost: 1 }, { cost: 2, x: 3 }, {}] };
    expect(
      edited(value, parseRename('user=ids.userId'), parseRename('p.*.cost=p.*.price'), parseRemove('p.1.x'), parseRemove('no.such')),
    ).toEqual({
      ids: { userId: 'u' },
      p: [{ price: 1 }, { price: 2 }, {}],
    });
  });

  it('leaves what is not named as it is, and reaches no prototype', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string({ minLength: 1 }), fc.jsonValue(), (value, name, put) => {
        fc.pre(!name.includes('.') && name.trim() === name && name !== '*');
        const copy = structuredClone(value) as Record<string, unknown>;
        applyEdits(copy, [{ kind: 'set', path: [name], value: put }]);
        expect(Object.getOwnPropertyDescriptor(copy, name)?.value).toEqual(put);
        applyEdits(copy, [{ kind: 'remove', path: [name] }]);
        expect(Object.keys(copy)).toEqual(Object.keys(value).filter((each) => each !== name));
        applyEdits(copy, [parseSet('__proto__.polluted=1'), parseRename('constructor.prototype.a=b')]);
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      }),
    );
  });

  it.each([
    [() => parseSet('a'), /--set "a": write path=value/],
    [() => parseRename('a.*.b=c.*.b'), /only the last name may change/],
    [() => parseRemove('a..b'), /--remove/],
  ])('tells a wrong edit', (parse, message) => expect(parse).toThrow(message));
});

describe('rejected replay, with the real collector on the embedded log', () => {
  let dataDir: string;
  let running: RunningServices;
  let client: CollectorClient;
  let source: string;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'tradewind-rejected-'));
    const keys = 'mended:k-mended,kinds:k-kinds,limited:k-limited,other:k-other';
    running = await runServices([ingest], {
      env: { DATA_DIR: dataDir, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent', INGEST_WRITE_KEYS: keys },
    });
  }, 60_000);
  afterEach(() => client.close());
  afterAll(async () => {
    await running.close();
    rmSync(dataDir, { recursive: true });
  });

  const as = (name: string) => {
    source = name;
    client = createCollectorClient({ url: running.url, writeKey: `k-${name}`, connections: 1 });
  };
  const track = (messageId: string, extra: object) => ({ type: 'track', event: 'e', messageId, ...extra });
  const replay = (options: Partial<ReplayRejectedOptions> = {}) =>
    replayRejected({ log: running.platform.log, client, source, filter: {}, edits: [], ...options });
  const letters = async () => {
    const all: RejectedLetter[] = [];
    for await (const letter of readRejected(running.platform.log, { source })) all.push(letter);
    return all;
  };
  const published = async () => {
    const events = [];
    for await (const records of running.platform.log.read(TOPICS.events.name))
      events.push(...records.map(({ value }) => EVENT.decode(value)));
    return events.filter(({ sourceId }) => sourceId === source);
  };

  it('mends, keeps the messageId and the time, and sends nothing twice', async () => {
    as('mended');
    const sentAt = '2024-01-01T00:00:10.000Z';
    const batch = [
      track('m1', { user: 'u1', timestamp: '2024-01-01T00:00:00.000Z' }),
      track('m2', { user: 'u2', timestamp: 'yesterday' }),
      track('good', { userId: 'u3' }),
    ];
    await client.post('/v1/batch', JSON.stringify({ batch, sentAt }));
    const before = await letters();
    expect(before).toHaveLength(2);
    const edits = [parseRename('user=userId')];

    expect(await replay({ client: null, edits })).toMatchObject({ dryRun: true, sent: 2, good: 1, stillBad: { EVENT_INVALID: 1 } });
    expect((await published()).map(({ messageId }) => messageId)).toEqual(['good']);

    const report = await replay({ edits });
    expect(report).toMatchObject({ dryRun: false, sent: 2, good: 1, stillBad: { EVENT_INVALID: 1 }, replayedBefore: 0 });
    expect(report.reasons).toEqual([expect.stringMatching(/^m2: EVENT_INVALID: timestamp/)]);
    const mended = (await published()).find(({ messageId }) => messageId === 'm1');
    // The client's clock was corrected by what its batch said when it came, not by the time until it was mended.
    expect(mended).toMatchObject({ userId: 'u1', occurredAtMs: before[0]!.receivedAtMs - 10_000 });

    // What was refused again is a letter anew.
    expect(await replay({ edits: [parseRemove('timestamp')] })).toMatchObject({ sent: 1, good: 1, replayedBefore: 2 });
    expect(await replay({ edits })).toMatchObject({ sent: 0, replayedBefore: 3 });
    // And those that are sent again all the same are known.
    expect(await replay({ edits: [...edits, parseRemove('timestamp')], again: true })).toMatchObject({ sent: 3, good: 3 });
    expect((await published()).map(({ messageId }) => messageId).sort()).toEqual(['good', 'm1', 'm2']);
  }, 60_000);

  it('sends each kind to its path, knows what the path said, and leaves other sources and codes alone', async () => {
    as('kinds');
    await client.post('/v1/track', '{"event":"e","timestamp":"2024-01-01T00:00:00Z"}');
    await client.post('/v1/catalog/items', '[{"title":"no id"}]');
    await client.post('/v1/social/posts', '{"post_id":"p","text":"no brand"}\n{]');
    const other = createCollectorClient({ url: running.url, writeKey: 'k-other', connections: 1 });
    await other.post('/v1/track', '{"event":"e"}');
    other.close();

    const edits = [parseSet('userId=u'), parseSet('item_id=i'), parseSet('brand=Acme')];
    expect(await replay({ edits, filter: { code: 'POST_INVALID' } })).toMatchObject({ sent: 1, good: 1 });
    expect(await replay({ edits })).toMatchObject({ sent: 2, good: 2, unreadable: 1, replayedBefore: 1 });
    const [event] = await published();
    expect(event).toMatchObject({ userId: 'u', name: 'e', occurredAtMs: Date.UTC(2024, 0, 1) });
    expect(event!.messageId).toMatch(/^[0-9a-f]{32}$/);
    for await (const records of running.platform.log.read(TOPICS.socialPosts.name))
      for (const { value } of records) expect(POST.decode(value).brand).toBe('Acme');
  }, 60_000);

  it('a limit ends it, and the next run goes on there', async () => {
    as('limited');
    for (const id of ['a', 'b', 'c']) await client.post('/v1/track', JSON.stringify(track(id, {})));
    const edits = [parseSet('userId=u')];
    expect(await replay({ edits, limit: 2 })).toMatchObject({ sent: 2, good: 2 });
    expect(await replay({ edits })).toMatchObject({ sent: 1, good: 1, replayedBefore: 2 });
    expect((await published()).map(({ messageId }) => messageId)).toEqual(['a', 'b', 'c']);
  }, 60_000);
});
