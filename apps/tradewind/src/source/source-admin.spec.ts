import { openDatabase, type Database } from '@tradewind/persistence';
import { createFakeClock, uniqueName } from '@tradewind/testing';
import { UsageError } from '../command';
import { applyChanges, parseChange, removal } from './settings-changes';
import { addKey, addSource, changeSource, listSources, revokeKey, rotateKey, showSource, type AdminDeps } from './source-admin';

const clock = createFakeClock();
let database: Database;
let deps: AdminDeps;
let id: string;

beforeAll(async () => {
  database = await openDatabase({});
  deps = { sources: database.sources, now: clock.now, canHash: false };
});
afterAll(() => database.close());
beforeEach(() => void (id = uniqueName('shop')));

const stored = async () => (await database.sources.list()).find(({ sourceId }) => sourceId === id)!;

describe('sources', () => {
  it('are added with a key that is shown once and stored as its hash', async () => {
    const { writeKey, key } = await addSource(deps, id, { name: 'The shop', scopes: ['events'], label: 'web' });
    expect(writeKey).toMatch(/^tw_/);
    expect(JSON.stringify(await stored())).not.toContain(writeKey);
    expect(await showSource(deps, id)).toMatchObject({ name: 'The shop', enabled: true, problem: null, keys: [key] });
    expect((await listSources(deps)).map(({ sourceId }) => sourceId)).toContain(id);
    await expect(addSource(deps, id, {})).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
    await expect(addSource(deps, 'No Id', {})).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(addSource(deps, uniqueName('shop'), { scopes: ['all'] })).rejects.toThrow(/use events, catalog/);
    await expect(showSource(deps, uniqueName('none'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('change by settings that are right; wrong ones change nothing', async () => {
    await addSource(deps, id, {});
    const changes = [parseChange('ip=drop'), parseChange('consent.required=true'), parseChange('dropFields=["traits.email"]')];
    expect(await changeSource(deps, id, { changes })).toMatchObject({
      stored: { ip: 'drop', consent: { required: true }, dropFields: ['traits.email'] },
      settings: { bots: 'mark', consent: { gpcDenies: ['advertising'] } },
    });
    await expect(changeSource(deps, id, { changes: [parseChange('ip=dorp')] })).rejects.toThrow(/ip is "dorp": set it to keep/);
    await expect(changeSource(deps, id, { changes: [parseChange('hashFields=["userId"]')] })).rejects.toThrow(/INGEST_HASH_KEY is not set/);
    expect(await changeSource(deps, id, { changes: [removal('ip')], enabled: false, name: 'Closed' })).toMatchObject({
      stored: { consent: { required: true }, dropFields: ['traits.email'] },
      enabled: false,
      name: 'Closed',
    });
    expect(await changeSource(deps, id, { settings: {}, changes: [parseChange('bots=off')] })).toMatchObject({ stored: { bots: 'off' } });
  });

  it('show what is wrong with settings that did not come through here', async () => {
    await addSource(deps, id, {});
    await database.sources.edit(id, (present) => ({ ...present!, settings: { ip: 7 } }));
    expect(await showSource(deps, id)).toMatchObject({
      stored: { ip: 7 },
      settings: null,
      problem: expect.stringMatching(/ip is 7/) as string,
    });
    await changeSource(deps, id, { enabled: true });
    await changeSource(deps, id, { changes: [parseChange('ip=keep')] });
    expect((await showSource(deps, id)).problem).toBeNull();
  });
});

describe('keys', () => {
  it('are rotated: the old one works until its end, the new one has its scopes', async () => {
    const first = await addSource(deps, id, { scopes: ['privacy'], label: 'ops' });
    const second = await rotateKey(deps, id, { graceMs: 60_000 });
    expect(second.writeKey).not.toBe(first.writeKey);
    expect(second.key).toMatchObject({ scopes: ['privacy'], label: 'ops', expiresAt: null });
    const end = new Date(clock.now() + 60_000).toISOString();
    expect(second.old).toEqual({ ...first.key, expiresAt: end, expired: false });
    const third = await rotateKey(deps, id, { graceMs: 0 });
    expect(third.old).toMatchObject({ id: second.key.id, expired: true });
    const again = await rotateKey(deps, id, { keyId: first.key.id, graceMs: 600_000 });
    expect(again.old.expiresAt).toBe(end);
  });

  it('are added beside others and taken out by the beginning of their id', async () => {
    const { key } = await addSource(deps, id, {});
    const added = await addKey(deps, id, { expiresAtMs: clock.now() + 1 });
    await expect(rotateKey(deps, id, { graceMs: 0, keyId: 'x' })).rejects.toBeInstanceOf(UsageError);
    await addKey(deps, id, {});
    await expect(rotateKey(deps, id, { graceMs: 0 })).rejects.toThrow(/say which: /);
    expect(await revokeKey(deps, id, added.key.id.slice(0, 8))).toEqual(added.key);
    await expect(revokeKey(deps, id, added.key.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(revokeKey(deps, id, 'ab')).rejects.toBeInstanceOf(UsageError);
    expect((await showSource(deps, id)).keys).toHaveLength(2);
    await revokeKey(deps, id, key.id);
    clock.advance(1);
    expect((await showSource(deps, id)).keys.map(({ expired }) => expired)).toEqual([false]);
  });
});

describe('changes of settings', () => {
  it.each([
    ['ip=drop', { ip: 'drop' }],
    ['consent.categories.C0002=analytics', { consent: { categories: { C0002: 'analytics' } } }],
    ['rateLimit={"eventsPerSecond":5,"burst":10}', { rateLimit: { eventsPerSecond: 5, burst: 10 } }],
    ['a=b=c', { a: 'b=c' }],
    ['a=null', {}],
    ['a=', { a: '' }],
  ])('%s', (text, expected) => {
    expect(applyChanges({}, [parseChange(text)])).toEqual(expected);
  });

  it.each(['ip', '=1', '.a=1', 'a..b=1', '__proto__.x=1'])('%s is a wrong call', (text) => {
    expect(() => parseChange(text)).toThrow(UsageError);
  });
});
