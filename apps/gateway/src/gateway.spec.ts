import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EVENT_TYPES,
  MODELS,
  RANKED_LIST,
  TOPICS,
  TRANSITION,
  TransitionKind,
  toCloudEventHeaders,
  type RankedList,
  type Transition,
} from '@tradewind/contracts';
import { runServices, type RunningServices } from '@tradewind/runtime';
import { aReleaseRecord, anEvent, anEventRecord, anItem, anItemRecord, eventually, uniqueName } from '@tradewind/testing';
import { gateway } from './app.module';
import type { LiveSnapshot } from './live-view';

let dataDir: string;
let running: RunningServices;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tradewind-test-'));
  running = await runServices([gateway], { env: { DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent' } });
}, 60_000);

afterAll(async () => {
  await running.close();
  await rm(dataDir, { recursive: true, force: true });
});

const live = async () => (await (await fetch(`${running.url}/v1/live`)).json()) as LiveSnapshot;

function aTransition(overrides: Partial<Transition> = {}) {
  const transition: Transition = {
    transitionId: uniqueName('transition'),
    userKey: 'shop:ann',
    segmentId: 'cluster-1',
    segmentName: 'Champions',
    kind: TransitionKind.TRANSITION_KIND_ENTERED,
    model: MODELS.customerClusters,
    modelVersion: 'v1',
    occurredAtMs: 1_000,
    decidedAtMs: 1_001,
    reason: '',
    evidence: [
      { feature: 'recency_days', value: 3, contribution: 0.1 },
      { feature: 'orders_count', value: 12.00001, contribution: 2 },
    ],
    ...overrides,
  };
  const { transitionId: id, userKey: key, occurredAtMs: timeMs } = transition;
  const headers = toCloudEventHeaders({ id, source: '/test', type: EVENT_TYPES.transition, timeMs });
  return { topic: TOPICS.segmentTransitions.name, key, value: TRANSITION.encode(transition), headers };
}

function aList(userKey: string, itemIds: readonly string[]) {
  const list: RankedList = {
    recommendationId: uniqueName('list'),
    userKey,
    placement: 'home',
    items: itemIds.map((itemId) => ({ itemId, score: 1, reasons: [{ itemId: 'cup', contribution: 1, text: 'goes with cup' }] })),
    model: MODELS.itemRanker,
    modelVersion: 'v1',
    generatedAtMs: 5,
    strategy: 'personal',
  };
  return { topic: TOPICS.recommendations.name, key: userKey, value: RANKED_LIST.encode(list) };
}

describe('the gateway', () => {
  it('serves the page whole: it asks for nothing but the live view', async () => {
    const answer = await fetch(running.url);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const page = await answer.text();
    expect(page).toContain('<title>Tradewind live</title>');
    expect(page).toContain("fetch('v1/live')");
    expect(page).not.toMatch(/(src|href)="https?:/);
  });

  it('shows the latest transitions with what speaks most for them, newest first, twelve at most', async () => {
    const keys = Array.from({ length: 15 }, () => uniqueName('shop:user'));
    for (const userKey of keys) await running.platform.log.publish([aTransition({ userKey })]);
    const { transitions } = await eventually(async () => {
      const snapshot = await live();
      expect(snapshot.transitions.map(({ userKey }) => userKey)).toContain(keys[14]);
      expect(snapshot.transitions).toHaveLength(12);
      return snapshot;
    });
    expect(transitions.find(({ userKey }) => userKey === keys[14])).toEqual({
      userKey: keys[14],
      segment: 'Champions',
      kind: 'entered',
      why: 'orders_count = 12',
      occurredAtMs: 1_000,
    });
  });

  it('shows the latest lists with titles and reasons, five items of each', async () => {
    const [item, gone] = [anItem({ title: 'Red kettle' }), anItem()];
    await running.platform.log.publish([anItemRecord(item), anItemRecord(gone)]);
    await eventually(async () => expect((await live()).totals.items).toBe(2));
    await running.platform.log.publish([{ topic: TOPICS.catalogItems.name, key: gone.itemId, value: null }]);
    await eventually(async () => expect((await live()).totals.items).toBe(1));

    const userKey = uniqueName('shop:user');
    await running.platform.log.publish([aList(userKey, [item.itemId, 'b', 'c', 'd', 'e', 'f'])]);
    const list = await eventually(async () => {
      const found = (await live()).lists.find((shown) => shown.userKey === userKey);
      expect(found).toBeDefined();
      return found!;
    });
    expect(list.items).toHaveLength(5);
    expect(list.items[0]).toEqual({ itemId: item.itemId, title: 'Red kettle', reason: 'goes with cup' });
    expect(list.items[1]).toMatchObject({ title: 'b' });
  });

  it('counts from the log and the database, and names the live models and the backing services', async () => {
    const { log, database } = running.platform;
    const before = await live();
    const segmentId = uniqueName('segment');
    const member = { segmentId, segmentName: 'Loyal', modelVersion: 'v1', sinceMs: 0 };
    await database.memberships.upsertMany(['shop:1', 'shop:2'].map((userKey) => ({ ...member, userKey: uniqueName(userKey) })));
    const rule = { segmentId: uniqueName('rule'), segmentName: 'Lapsing', version: 1 };
    await database.ruleMemberships.applyMany([{ ...rule, userKey: uniqueName('shop:3'), sinceMs: 0, member: true }]);
    const manifest = { model: uniqueName('model'), version: 'v9', sha256: 'a'.repeat(64), metrics: { ndcg20: 0.25 } };
    const occurredAtMs = Date.UTC(2031, 0, 1);
    await log.publish([anEventRecord(anEvent()), anEventRecord(anEvent({ occurredAtMs })), aReleaseRecord(manifest)]);
    await eventually(async () => {
      const snapshot = await live();
      expect(snapshot.totals.events).toBe(before.totals.events + 2);
      expect(snapshot.lastEventAtMs).toBe(occurredAtMs);
      expect(snapshot.segments).toContainEqual({ segmentId, segmentName: 'Loyal', members: 2 });
      expect(snapshot.segments).toContainEqual({ segmentId: rule.segmentId, segmentName: 'Lapsing', members: 1 });
      expect(snapshot.models).toContainEqual({ model: manifest.model, version: 'v9', metrics: { ndcg20: 0.25 } });
      expect(snapshot.backing).toEqual({ log: 'embedded', state: 'memory', database: 'pglite' });
    });
  });

  it('skips a corrupt record and goes on', async () => {
    const corrupt = [TOPICS.segmentTransitions, TOPICS.recommendations, TOPICS.catalogItems, TOPICS.modelReleases, TOPICS.events];
    await running.platform.log.publish(corrupt.map(({ name }) => ({ topic: name, key: 'k', value: Buffer.from('nonsense') })));
    const userKey = uniqueName('shop:user');
    await running.platform.log.publish([aTransition({ userKey }), aList(userKey, ['a'])]);
    await eventually(async () => {
      const { transitions, lists } = await live();
      expect(transitions.map((shown) => shown.userKey)).toContain(userKey);
      expect(lists.map((shown) => shown.userKey)).toContain(userKey);
    });
    expect((await fetch(`${running.url}/livez`)).status).toBe(200);
  });
});
