import { createHasher } from '@tradewind/apps/ingest';
import { TOPICS } from '@tradewind/contracts';
import { openEmbeddedEventLog, type EventLog } from '@tradewind/eventing';
import type { Source, SourceRepository } from '@tradewind/persistence';
import type { Platform } from '@tradewind/runtime';
import { createFakeClock, useTempDir } from '@tradewind/testing';
import { listSuppressions, suppressIds } from './suppressions';

const clock = createFakeClock();
const KEY = 'k'.repeat(32);
const dir = useTempDir();
let log: EventLog;
beforeEach(async () => {
  log = await openEmbeddedEventLog({ dataDir: dir() });
  await log.ensureTopics([TOPICS.privacySuppressions, TOPICS.identityLinks]);
});
afterEach(() => log.close());

function platform(settings: object = {}): Pick<Platform, 'log' | 'database' | 'now'> {
  const source: Source = { sourceId: 'shop', name: 'Shop', enabled: true, settings, writeKeys: [] };
  const sources = { list: async () => [source] } as unknown as SourceRepository;
  return { log, database: { sources } as Platform['database'], now: clock.now };
}

const shown = async (sourceId?: string) =>
  (await listSuppressions(log, sourceId)).map(({ id, suppressed, erase }) => [id, suppressed, erase]);

it('lists who is suppressed or to be erased, by the last wish', async () => {
  await suppressIds(platform(), 'shop', { regulation: 'SUPPRESS_ONLY', subjects: ['u1', 'u2'] }, undefined);
  await suppressIds(platform(), 'shop', { regulation: 'UNSUPPRESS', subjects: ['u1'] }, undefined);
  await suppressIds(platform(), 'shop', { regulation: 'DELETE_ONLY', subjects: ['u2', 'u3'] }, undefined);
  expect((await shown('shop')).sort()).toEqual([
    ['u2', true, true],
    ['u3', false, true],
  ]);
  expect(await shown('other')).toEqual([]);
});

it('keeps hashes of a source that hashes ids, and refuses without the key', async () => {
  const hashing = platform({ hashFields: ['userId', 'anonymousId'] });
  const request = { regulation: 'SUPPRESS_ONLY', subjects: ['u1'] } as const;
  await suppressIds(hashing, 'shop', request, KEY);
  expect(await shown()).toEqual([[createHasher(KEY)('u1'), true, false]]);
  await expect(suppressIds(hashing, 'shop', request, undefined)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await expect(suppressIds(hashing, 'none', request, KEY)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
