import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RANKED_LIST, TOPICS, userKey, type RankedList } from '@tradewind/contracts';
import { runServices, type RunningServices } from '@tradewind/runtime';
import { aReleaseRecord, anEventRecord, anItem, anItemRecord, anOrder, eventually, uniqueName } from '@tradewind/testing';
import { packRanker, type ItemRankerOptions } from '../test/an-item-ranker';
import { recommender } from './app.module';
import type { Recommendations } from './recommender.controller';

let dataDir: string;
let running: RunningServices;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tradewind-test-'));
  const env = { DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent', RECOMMENDER_LIST_SIZE: '3' };
  running = await runServices([recommender], { env });
}, 60_000);

afterAll(async () => {
  await running.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function recommend<T = Recommendations>(key: string, query = ''): Promise<{ status: number; body: T }> {
  const answer = await fetch(`${running.url}/v1/recommendations/${key}${query}`);
  return { status: answer.status, body: (await answer.json()) as T };
}

/** Stores a model and announces it, as trainer does. @returns its version */
async function release(options: Omit<ItemRankerOptions, 'version'> = {}): Promise<string> {
  const { log, database } = running.platform;
  const version = uniqueName('v');
  const { bytes, manifest } = packRanker({ ...options, version });
  const { model, sha256 } = manifest;
  await database.releases.publish({ model, version, stage: 'live', sha256, manifest, releasedAtMs: 0 }, bytes);
  await log.publish([aReleaseRecord(manifest)]);
  return version;
}

async function live(options: Omit<ItemRankerOptions, 'version'> = {}): Promise<string> {
  const version = await release(options);
  await eventually(async () => expect((await recommend('shop:anyone')).body.modelVersion).toBe(version));
  return version;
}

async function buy(...items: string[]): Promise<string> {
  const userId = uniqueName('user');
  const lines = items.map((item): [string, number, number] => [item, 1, 100]);
  const event = anOrder(lines, { userId, userKey: userKey('shop', userId) });
  await running.platform.log.publish([anEventRecord(event)]);
  return event.userKey;
}

async function listsOf(key: string): Promise<RankedList[]> {
  const found: RankedList[] = [];
  for await (const records of running.platform.log.read(TOPICS.recommendations.name))
    found.push(...records.filter((record) => String(record.key) === key).map(({ value }) => RANKED_LIST.decode(value)));
  return found;
}

const itemsOf = ({ items }: { items: readonly { itemId: string }[] }) => items.map(({ itemId }) => itemId);

describe('the recommender service', () => {
  it('knows no list before the first release, then the popular one for who is unknown', async () => {
    expect(await recommend('shop:nobody')).toMatchObject({ status: 404, body: { error: { code: 'MODEL_NOT_FOUND' } } });
    const version = await live();
    const { status, body } = await recommend('shop:nobody');
    expect(status).toBe(200);
    expect(body).toMatchObject({ userKey: 'shop:nobody', placement: 'home', strategy: 'popular', modelVersion: version });
    expect(itemsOf(body)).toEqual(['tea', 'cup', 'pot']);
  });

  it('answers what it published, with titles of the catalogue', async () => {
    await live();
    await running.platform.log.publish([anItemRecord(anItem({ itemId: 'cup', title: 'Blue cup' }))]);
    const key = await buy('cup');
    const list = await eventually(async () => {
      const [last] = (await listsOf(key)).slice(-1);
      expect(last).toBeDefined();
      return last!;
    });
    expect(itemsOf(list)).toEqual(['pot', 'jug', 'tea']);
    const { body } = await recommend(key);
    expect(body.recommendationId).toBe(list.recommendationId);
    expect(itemsOf(body)).toEqual(itemsOf(list));
    await eventually(async () =>
      expect((await recommend(key)).body.items[0]!.reasons).toEqual([
        { itemId: 'cup', contribution: 2, text: 'goes with Blue cup, which you bought' },
      ]),
    );
    expect(itemsOf((await recommend(key, '?limit=1')).body)).toEqual(['pot']);
    expect(itemsOf((await recommend(key, '?limit=1000')).body)).toHaveLength(3);
  });

  it('renews the list of everyone once after a release', async () => {
    const first = await live();
    const keys = [await buy('cup'), await buy('tea')];
    await eventually(async () => {
      for (const key of keys) expect((await listsOf(key)).map(({ modelVersion }) => modelVersion)).toEqual([first]);
    });
    const second = await live({ weights: { cup: { tray: 3 } } });
    await eventually(async () => {
      for (const key of keys) expect((await listsOf(key)).map(({ modelVersion }) => modelVersion)).toEqual([first, second]);
    });
    expect(itemsOf((await listsOf(keys[0]!))[1]!)[0]).toBe('tray');
  });

  it('refuses a release that names no items; the former model stays', async () => {
    const good = await live();
    const failures = async () => {
      const text = await (await fetch(`${running.url}/metrics`)).text();
      return Number(/^tradewind_model_load_failures_total\{.*\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    const before = await failures();
    await release({ parameters: {} });
    await eventually(async () => expect(await failures()).toBe(before + 1));
    const key = await buy('cup');
    await eventually(async () => expect((await listsOf(key)).map(({ modelVersion }) => modelVersion)).toEqual([good]));
  });

  it('says what is wrong with a request', async () => {
    for (const limit of ['0', '-1', '1.5', 'all'])
      expect(await recommend('shop:nobody', `?limit=${limit}`)).toMatchObject({ status: 400, body: { error: { code: 'EVENT_INVALID' } } });
  });
});
