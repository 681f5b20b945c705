import { AppError } from '@tradewind/contracts';
import { createLogger, type LogDestination } from '@tradewind/observability';
import type { Source } from '@tradewind/persistence';
import { createFakeClock } from '@tradewind/testing';
import { DEFAULT_SETTINGS, STRICTEST_SETTINGS } from './source-settings';
import { assertNothingHashed, createSourceDirectory, ensureSource, type SourceDirectory } from './sources';
import { createWriteKey, hashWriteKey, parseScopes, storedKey } from './write-keys';

const REFRESH_MS = 15_000;
const KEY = createWriteKey();
const clock = createFakeClock();
const opened: SourceDirectory[] = [];
afterEach(() => opened.splice(0).forEach((directory) => directory.stop()));

const aKey = (writeKey: string) => storedKey(writeKey, { scopes: ['events'], label: '', createdAtMs: clock.now() });

function aSource(overrides: Partial<Source> = {}): Source {
  return { sourceId: 'shop', name: 'Shop', enabled: true, settings: {}, writeKeys: [aKey(KEY)], ...overrides };
}

function open(source: Source, { canHash = false } = {}) {
  const state = { sources: [source], error: null as Error | null };
  const lines: string[] = [];
  const destination: LogDestination = { write: (line: string) => void lines.push(line) };
  const repository = {
    async list() {
      if (state.error) throw state.error;
      return state.sources;
    },
  };
  const logger = createLogger({ service: 'test', level: 'error', destination });
  const directory = createSourceDirectory({ repository, logger, now: clock.now, refreshMs: REFRESH_MS, canHash });
  opened.push(directory);
  return { directory, state, lines };
}

describe('write keys', () => {
  it('are 192 random bits behind a prefix, and stored as their hash', () => {
    const keys = Array.from({ length: 1000 }, createWriteKey);
    expect(new Set(keys).size).toBe(1000);
    for (const key of keys) expect(key).toMatch(/^tw_[A-Za-z0-9_-]{32}$/);
    expect(JSON.stringify(aKey(KEY))).not.toContain(KEY);
    expect(aKey(KEY).hash).toBe(hashWriteKey(KEY));
  });

  it('have known scopes only', () => {
    expect(parseScopes(['privacy', 'events', 'privacy'])).toEqual(['privacy', 'events']);
    for (const wrong of [['event'], []]) expect(() => parseScopes(wrong)).toThrow(/use events, catalog, posts, privacy, debug/);
  });
});

describe('the directory of sources', () => {
  it('finds the source, settings and scopes of a key, and gives the same objects until they change', async () => {
    const { directory, state } = open(aSource({ writeKeys: [aKey(KEY), { ...aKey('other'), scopes: ['privacy', 'unheard-of'] }] }));
    const found = (await directory.find(KEY))!;
    expect(found).toEqual({ sourceId: 'shop', scopes: ['events'], settings: DEFAULT_SETTINGS });
    const other = (await directory.find('other'))!;
    expect([other.scopes, other.settings === found.settings]).toEqual([['privacy'], true]);
    state.sources = [structuredClone(state.sources[0]!)];
    await directory.refresh();
    expect(await directory.find(KEY)).toBe(found);
    state.sources = [aSource({ settings: { ip: 'drop' } })];
    await directory.refresh();
    expect(await directory.find(KEY)).toMatchObject({ settings: { ip: 'drop' } });
  });

  it('lets an old key work beside the new one until it expires, to the millisecond', async () => {
    const expiring = { ...aKey(KEY), expiresAtMs: clock.now() + 60_000 };
    const { directory } = open(aSource({ writeKeys: [expiring, aKey('new')] }));
    expect(await directory.find(KEY)).toMatchObject({ sourceId: 'shop' });
    clock.advance(59_999);
    expect(await directory.find(KEY)).toMatchObject({ sourceId: 'shop' });
    clock.advance(1);
    expect(await directory.find(KEY)).toBeUndefined();
    expect(await directory.find('new')).toMatchObject({ sourceId: 'shop' });
  });

  it('forgets withdrawn keys and disabled sources with the next refresh', async () => {
    const { directory, state } = open(aSource());
    expect(await directory.find(KEY)).toBeDefined();
    state.sources = [aSource({ writeKeys: [] })];
    await directory.refresh();
    expect(await directory.find(KEY)).toBeUndefined();
    state.sources = [aSource({ enabled: false })];
    await directory.refresh();
    expect(await directory.find(KEY)).toBeUndefined();
  });
});

describe('settings in the database that are wrong', () => {
  it('leave the source its former ones, logged once and listed', async () => {
    const { directory, state, lines } = open(aSource({ settings: { ip: 'drop' } }));
    await directory.refresh();
    expect(directory.faults.size).toBe(0);
    state.sources = [aSource({ settings: { ip: 'dorp' } })];
    await directory.refresh();
    await directory.refresh();
    expect(await directory.find(KEY)).toMatchObject({ settings: { ip: 'drop' } });
    expect(directory.faults.get('shop')).toMatch(/ip is "dorp": set it to keep, truncate/);
    expect(lines).toHaveLength(1);
    state.sources = [aSource({ settings: { ip: 'keep' } })];
    await directory.refresh();
    expect(await directory.find(KEY)).toMatchObject({ settings: { ip: 'keep' } });
    expect(directory.faults.size).toBe(0);
  });

  it.each([null, 7, 'text', { ip: 1 }, { consent: [] }, { unheard: true }])('%j: the strictest without former ones', async (settings) => {
    const { directory } = open(aSource({ settings }));
    expect((await directory.find(KEY))!.settings).toBe(STRICTEST_SETTINGS);
    expect([...directory.faults.keys()]).toEqual(['shop']);
  });

  it('are those that hash without a key to hash with', async () => {
    const hashing = aSource({ settings: { hashFields: ['userId'] } });
    const { directory } = open(hashing);
    expect((await directory.find(KEY))!.settings).toBe(STRICTEST_SETTINGS);
    expect((await open(hashing, { canHash: true }).directory.find(KEY))!.settings.hashFields).toEqual(['userId']);
    await expect(assertNothingHashed({ list: async () => [hashing] })).rejects.toThrow(/INGEST_HASH_KEY is missing: source shop hashes/);
    await assertNothingHashed({ list: async () => [aSource(), { ...hashing, enabled: false }] });
  });
});

describe('ensureSource', () => {
  it('adds its key beside the others, enables, keeps settings, and repeats nothing', async () => {
    let stored: Source | null = null;
    let writes = 0;
    const repository = {
      list: async () => [],
      upsert: async () => undefined,
      async edit(_: string, change: (present: Source | null) => Source | null) {
        const changed = change(stored);
        if (changed !== null) writes++;
        return (stored = changed ?? stored);
      },
    };
    const wanted = { sourceId: 'shop', name: 'shop', writeKey: KEY };
    await ensureSource(repository, wanted, clock.now);
    await ensureSource(repository, wanted, clock.now);
    expect(writes).toBe(1);
    expect(stored).toMatchObject({
      enabled: true,
      settings: {},
      writeKeys: [{ scopes: ['events', 'catalog', 'posts'], expiresAtMs: null }],
    });
    stored = { ...aSource({ enabled: false, settings: { ip: 'drop' }, name: 'The shop' }) };
    await ensureSource(repository, { ...wanted, writeKey: 'second' }, clock.now);
    expect(stored).toMatchObject({ name: 'The shop', enabled: true, settings: { ip: 'drop' } });
    expect(stored.writeKeys.map(({ hash }) => hash)).toEqual([hashWriteKey(KEY), hashWriteKey('second')]);
    await expect(ensureSource(repository, { ...wanted, sourceId: 'Shop' })).rejects.toBeInstanceOf(AppError);
  });
});
