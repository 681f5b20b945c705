import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS, TRANSITION, TransitionKind, userKey, type Transition } from '@tradewind/contracts';
import type { Explanation } from '@tradewind/rules';
import { runServices, type RunningServices } from '@tradewind/runtime';
import { anEvent, anEventRecord, eventually, uniqueName } from '@tradewind/testing';
import { segmentation } from './app.module';
import { EXAMPLE_SEGMENTS } from './rules/examples';
import type { SegmentPreview } from './rules/preview';
import { enableSegment, putSegments } from './rules/segment-definitions';
import type { CustomerView } from './segmentation.controller';

const HOUR_MS = 3_600_000;
let dataDir: string;
let running: RunningServices;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tradewind-test-'));
  running = await runServices([segmentation], {
    env: { DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent', SEGMENTATION_RULES_REFRESH_MS: '100' },
  });
}, 60_000);

afterAll(async () => {
  await running.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function get<T>(path: string, init?: RequestInit): Promise<{ status: number; body: T }> {
  const answer = await fetch(new URL(path, running.url), init);
  return { status: answer.status, body: (await answer.json()) as T };
}

async function transitionsOf(key: string, segmentId: string): Promise<Transition[]> {
  const found: Transition[] = [];
  for await (const records of running.platform.log.read(TOPICS.segmentTransitions.name))
    found.push(
      ...records.map(({ value }) => TRANSITION.decode(value)).filter((each) => each.userKey === key && each.segmentId === segmentId),
    );
  return found;
}

const track = async (key: string, name: string, occurredAtMs = Date.now()) =>
  running.platform.log.publish([
    anEventRecord(anEvent({ userKey: key, userId: key.slice(5), name, occurredAtMs, messageId: uniqueName('m') })),
  ]);
const aUser = () => userKey('shop', uniqueName('user'));
const put = (...rules: unknown[]) => putSegments(running.platform.database.segments, rules);
const kinds = (transitions: readonly Transition[]) => transitions.map(({ kind, reason }) => [TransitionKind[kind]!.slice(16), reason]);

async function untilMember(key: string, segmentId: string, member = true): Promise<void> {
  await eventually(async () => {
    const { body } = await get<CustomerView>(`/v1/profiles/${key}`);
    expect((body.memberships ?? []).some((each) => each.segmentId === segmentId)).toBe(member);
  });
}

describe('segments by rule in the service', () => {
  it('take who was there before, tell entries with evidence, and leave within a second after the window closed', async () => {
    const [early, late, id] = [aUser(), aUser(), uniqueName('recent')];
    const closesAtMs = Date.now() + 4_000;
    await track(early, 'Seen', closesAtMs - HOUR_MS);
    await eventually(async () => expect((await get(`/v1/profiles/${early}`)).status).toBe(200));
    await put({ id, name: 'Recent', when: { event: 'Seen', within: '1h' } });
    await untilMember(early, id);
    await track(late, 'Seen');
    await untilMember(late, id);
    await eventually(async () => expect(kinds(await transitionsOf(early, id))).toHaveLength(2), { timeoutMs: 10_000 });

    const [entered, exited] = await transitionsOf(early, id);
    expect(kinds([entered!, exited!])).toEqual([
      ['ENTERED', 'definition'],
      ['EXITED', 'time'],
    ]);
    expect(exited!.occurredAtMs).toBe(closesAtMs);
    expect(exited!.decidedAtMs - closesAtMs).toBeLessThan(2_000);
    const [live] = await transitionsOf(late, id);
    expect(live).toMatchObject({ model: 'rules', modelVersion: '1', reason: 'event', segmentName: 'Recent' });
    expect(live!.evidence[0]!.messageIds).toHaveLength(1);
    await eventually(async () => {
      const { body } = await get<{ userKey: string }[]>(`/v1/segments/${id}/members`);
      expect(body.map((each) => each.userKey)).toEqual([late]);
    });
  });

  it('move people when a rule changes, and tell only what differs', async () => {
    const [one, two, id] = [aUser(), aUser(), uniqueName('clickers')];
    await put({ id, name: 'Clickers', when: { event: 'Click' } });
    await track(one, 'Click');
    await track(two, 'Click');
    await track(two, 'Click');
    await untilMember(one, id);
    await untilMember(two, id);
    await put({ id, name: 'Clickers', when: { event: 'Click', aggregate: 'count', op: '>=', value: 2 } });
    await untilMember(one, id, false);
    // Who comes while the rule is being adopted enters by either.
    expect(kinds(await transitionsOf(one, id))).toEqual([
      ['ENTERED', expect.stringMatching(/^(event|definition)$/)],
      ['EXITED', 'definition'],
    ]);
    expect(await transitionsOf(two, id)).toHaveLength(1);
    await enableSegment(running.platform.database.segments, id, false);
    await untilMember(two, id, false);
    await put({ id, name: 'Clickers', when: { event: 'Click', aggregate: 'count', op: '>=', value: 2 } });
    await untilMember(two, id);
  });

  it('answer with explanation, preview and overlap', async () => {
    const [key, id] = [aUser(), uniqueName('three')];
    const rule = { id, name: 'Three', when: { event: 'Three', aggregate: 'count', op: '>=', value: 3 } };
    await put(rule);
    await track(key, 'Three');
    await eventually(async () => {
      const { body } = await get<Explanation>(`/v1/customers/${key}/segments/${id}`);
      expect(body).toMatchObject({ holds: false, actual: 1 });
      expect(body.change).toMatch(/2/);
    });
    const draft = { ...rule, when: { event: 'Three' } };
    const request = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const preview = await get<SegmentPreview>('/v1/segments/preview', { ...request, body: JSON.stringify({ rule: draft }) });
    expect(preview.body).toMatchObject({ members: 1, isWhole: true, sample: [key] });
    const wrong = await get('/v1/segments/preview', { ...request, body: JSON.stringify({ rule: { ...rule, when: { evnt: 'x' } } }) });
    expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'RULE_INVALID', message: expect.stringContaining('$[0].when') } } });
    expect((await get<object>('/v1/segments/overlap')).body).toHaveProperty('pairs');
    expect((await get(`/v1/customers/${key}/segments/none`)).status).toBe(404);
  });

  it('have ten examples that fit together', async () => {
    expect(await put(...EXAMPLE_SEGMENTS)).toHaveLength(10);
    const segments = running.platform.database.segments;
    await expect(enableSegment(segments, 'loyal', false)).rejects.toMatchObject({ code: 'RULE_INVALID' });
    await expect(enableSegment(segments, 'none', false)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
