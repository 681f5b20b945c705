import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS, TRANSITION, TransitionKind, deadLetterTopic, userKey, type Transition } from '@tradewind/contracts';
import { runServices, type RunningServices } from '@tradewind/runtime';
import { aReleaseRecord, anEvent, anEventRecord, anOrder, eventually, uniqueName } from '@tradewind/testing';
import { packClusters, type ClusterModelOptions } from '../test/a-cluster-model';
import { segmentation } from './app.module';
import type { CustomerView } from './segmentation.controller';

let dataDir: string;
let running: RunningServices;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tradewind-test-'));
  running = await runServices([segmentation], { env: { DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent' } });
}, 60_000);

afterAll(async () => {
  await running.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function get<T>(path: string): Promise<{ status: number; body: T }> {
  const answer = await fetch(new URL(path, running.url));
  return { status: answer.status, body: (await answer.json()) as T };
}

const customer = async (key: string) => (await get<CustomerView>(`/v1/customers/${key}`)).body;

/** Stores a model and announces it, as trainer does. @returns its version */
async function release(options: Omit<ClusterModelOptions, 'version'> = {}): Promise<string> {
  const { log, database } = running.platform;
  const version = uniqueName('v');
  const { bytes, manifest } = packClusters({ ...options, version });
  const { model, sha256 } = manifest;
  await database.releases.publish({ model, version, stage: 'live', sha256, manifest, releasedAtMs: 0 }, bytes);
  await log.publish([aReleaseRecord(manifest)]);
  return version;
}

/** A new customer for each number of orders. @returns their keys */
async function order(...counts: number[]): Promise<string[]> {
  const users = counts.map((count) => ({ userId: uniqueName('user'), count }));
  const events = users.flatMap(({ userId, count }) =>
    Array.from({ length: count }, () => anOrder([['cup', 1, 1]], { userId, userKey: userKey('shop', userId) })),
  );
  await running.platform.log.publish(events.map(anEventRecord));
  return users.map(({ userId }) => userKey('shop', userId));
}

async function transitionsOf(key: string): Promise<Transition[]> {
  const found: Transition[] = [];
  for await (const records of running.platform.log.read(TOPICS.segmentTransitions.name))
    found.push(...records.map(({ value }) => TRANSITION.decode(value)).filter((transition) => transition.userKey === key));
  return found;
}

const whereabouts = (transitions: readonly Transition[]) =>
  transitions.map(({ kind, segmentId }) => `${kind === TransitionKind.TRANSITION_KIND_ENTERED ? '+' : '-'}${segmentId}`);

async function untilScored(keys: readonly string[], version: string): Promise<void> {
  await eventually(async () => {
    for (const key of keys) expect((await customer(key)).segment?.modelVersion).toBe(version);
  });
}

const FEW_AND_MANY = [
  [1, 1, 1],
  [4, 4, 1],
];

describe('the segmentation service', () => {
  it('gives everyone the segment of a new release, once, and publishes who moves', async () => {
    const keys = await order(1, 4);
    await untilScored(keys, await release({ centroids: FEW_AND_MANY }));
    // The same two kinds of customers, told apart by value, and the first segment renamed.
    const segments = [
      { id: 's0', name: 'Small' },
      { id: 'big', name: 'Big' },
    ];
    const second = await release({ centroids: FEW_AND_MANY, segments });
    await untilScored(keys, second);

    const [few, many] = await Promise.all(keys.map(transitionsOf));
    expect(whereabouts(few!)).toEqual(['+s0']);
    expect(whereabouts(many!)).toEqual(['+s1', '-s1', '+big']);
    expect(new Set(many!.map(({ transitionId }) => transitionId)).size).toBe(3);
    expect((await customer(keys[0]!)).segment).toMatchObject({ id: 's0', name: 'Small', modelVersion: second });
  });

  it('moves a customer while events come, and answers with profile, members and counts', async () => {
    const version = await release({ centroids: FEW_AND_MANY });
    const [key] = await order(1);
    await untilScored([key!], version);
    const userId = key!.slice('shop:'.length);
    const more = [2, 3, 4].map((day) => anOrder([['cup', 1, 1]], { userId, userKey: key!, occurredAtMs: Date.UTC(2024, 0, day) }));
    await running.platform.log.publish(more.map(anEventRecord));

    await eventually(async () => expect((await customer(key!)).segment?.id).toBe('s1'));
    const view = await customer(key!);
    expect(view.features).toMatchObject({ orders_count: 4, monetary_minor: 4 });
    // Three orders are nearer to four than to one.
    expect(view.segment!.sinceMs).toBe(Date.UTC(2024, 0, 3));
    await eventually(async () => {
      const { body } = await get<{ userKey: string }[]>('/v1/segments/s1/members?limit=10000');
      expect(body.map((member) => member.userKey)).toContain(key);
    });
    const { body: counts } = await get<{ segmentId: string; members: number }[]>('/v1/segments');
    expect(counts.find(({ segmentId }) => segmentId === 's1')!.members).toBeGreaterThan(0);
  });

  it.each([
    [
      'trained on a column that is not folded',
      {
        columns: ['orders_count', 'shoe_size'],
        centroids: [
          [1, 1],
          [2, 2],
        ],
      },
    ],
    ['with fewer names than clusters', { segments: [{ id: 'only', name: 'Only' }] }],
  ])('refuses a release %s; the former model stays and events go on', async (_, options) => {
    const good = await release();
    await untilScored(await order(1), good);
    const failures = async () =>
      /^tradewind_model_load_failures_total\{.*\} (\d+)$/m.exec(await (await fetch(`${running.url}/metrics`)).text())?.[1];
    const before = Number((await failures()) ?? 0);
    await release(options);
    await eventually(async () => expect(Number(await failures())).toBe(before + 1));

    const [key] = await order(2);
    await untilScored([key!], good);
    expect((await get('/livez')).status).toBe(200);
  });

  it('sets a corrupt record aside on the dead-letter topic and goes on', async () => {
    const version = await release();
    const { log } = running.platform;
    const key = uniqueName('corrupt');
    await log.publish([{ topic: TOPICS.events.name, key, value: Buffer.from('no event') }]);
    await untilScored(await order(1), version);
    await eventually(async () => {
      const keys: string[] = [];
      for await (const records of log.read(deadLetterTopic(TOPICS.events).name)) keys.push(...records.map((record) => String(record.key)));
      expect(keys).toContain(key);
    });
  });

  it('knows a visitor without an order, in no segment', async () => {
    await release();
    const userId = uniqueName('visitor');
    await running.platform.log.publish([anEventRecord(anEvent({ userId, userKey: userKey('shop', userId) }))]);
    const view = await eventually(async () => {
      const { status, body } = await get<CustomerView>(`/v1/customers/shop:${userId}`);
      expect(status).toBe(200);
      return body;
    });
    expect(view).toMatchObject({ segment: null, features: { orders_count: 0 } });
  });

  it('says what is wrong with a request', async () => {
    expect(await get('/v1/customers/shop:nobody')).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    for (const limit of ['0', '1.5', 'all', '10001'])
      expect(await get(`/v1/segments/s0/members?limit=${limit}`)).toMatchObject({
        status: 400,
        body: { error: { code: 'EVENT_INVALID' } },
      });
    expect(await get('/v1/segments/none/members')).toEqual({ status: 200, body: [] });
  });
});
