import { createHash, randomBytes } from 'node:crypto';
import type { Database, MembershipRow, ReleaseRow, RuleMembershipChange, Source, WriteKey } from './database';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const unique = (name: string) => `${name}-${randomBytes(4).toString('hex')}`;

function aRelease(bytes: Uint8Array, overrides: Partial<ReleaseRow> = {}): ReleaseRow {
  return {
    model: unique('model'),
    version: 'v1',
    stage: 'live',
    sha256: sha256(bytes),
    manifest: { inputs: [{ name: 'x', shape: ['n', 3] }] },
    releasedAtMs: 1_700_000_000_123,
    ...overrides,
  };
}

function aMembership(overrides: Partial<MembershipRow> = {}): MembershipRow {
  return {
    userKey: unique('shop:user'),
    segmentId: 's1',
    segmentName: 'Champions',
    modelVersion: 'v1',
    sinceMs: 1_700_000_000_123,
    ...overrides,
  };
}

/** What every `Database` does, whatever is behind it. `get` gives an open one with nothing in it; the suite leaves rows behind. */
export function databaseContract(get: () => Database): void {
  describe('sources', () => sourcesContract(get));
  describe('releases', () => releasesContract(get));
  describe('memberships', () => membershipsContract(get));
  describe('plans', () => plansContract(get));
  describe('segments', () => segmentsContract(get));
  describe('rule memberships', () => ruleMembershipsContract(get));

  it('answers a ping', async () => {
    await expect(get().ping()).resolves.toBeUndefined();
  });
}

function sourcesContract(get: () => Database): void {
  const aKey = (overrides: Partial<WriteKey> = {}): WriteKey => ({
    hash: sha256(randomBytes(8)),
    scopes: ['events', 'catalog'],
    label: 'the "web" shop',
    createdAtMs: 1_700_000_000_123,
    expiresAtMs: null,
    ...overrides,
  });
  const aSource = (overrides: Partial<Source> = {}): Source => ({
    sourceId: unique('shop'),
    name: 'Shop "Süß" 🛒',
    enabled: true,
    settings: {},
    writeKeys: [aKey()],
    ...overrides,
  });
  const find = async (sourceId: string) => (await get().sources.list()).filter((each) => each.sourceId === sourceId);

  it('gives back what was written, and replaces name, state, settings and keys', async () => {
    const settings = { ip: 'drop', consent: { categories: { 'Süß "x"': 'analytics' } }, rateLimit: { burst: 1.5 }, list: [1, null, true] };
    const expiring = aKey({ createdAtMs: 1_700_000_000_124, expiresAtMs: 1_700_000_000_999, scopes: ['privacy'], label: '' });
    const source = aSource({ settings, writeKeys: [aKey(), expiring] });
    await get().sources.upsert(source);
    expect(await find(source.sourceId)).toEqual([source]);
    const changed = { ...source, name: 'Shop', enabled: false, settings: {}, writeKeys: [aKey(), { ...expiring, expiresAtMs: null }] };
    await get().sources.upsert(changed);
    expect(await find(source.sourceId)).toEqual([changed]);
  });

  it('gives a write key to one source only', async () => {
    const key = aKey();
    const [first, second] = [aSource({ writeKeys: [key] }), aSource({ writeKeys: [key] })];
    await get().sources.upsert(first);
    await get().sources.upsert(second);
    const owners = (await get().sources.list()).filter(({ writeKeys }) => writeKeys.some(({ hash }) => hash === key.hash));
    expect(owners).toEqual([second]);
  });

  it('edits one after the other, so that no edit is lost', async () => {
    const source = aSource({ writeKeys: [] });
    const keys = Array.from({ length: 5 }, (_, i) => aKey({ createdAtMs: 1_700_000_000_000 + i }));
    await Promise.all(
      keys.map((key) =>
        get().sources.edit(source.sourceId, (present) => {
          const before = present ?? source;
          return { ...before, writeKeys: [...before.writeKeys, key] };
        }),
      ),
    );
    expect(await find(source.sourceId)).toEqual([{ ...source, writeKeys: keys }]);
  });

  it('writes nothing when an edit gives nothing or throws', async () => {
    const source = aSource();
    expect(await get().sources.edit(source.sourceId, (present) => present)).toBeNull();
    await get().sources.upsert(source);
    expect(await get().sources.edit(source.sourceId, () => null)).toEqual(source);
    const failing = get().sources.edit(source.sourceId, () => {
      throw new RangeError('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await find(source.sourceId)).toEqual([source]);
  });
}

function releasesContract(get: () => Database): void {
  it.each([1, 1024 * 1024, 2 * 1024 * 1024 + 7])('keeps an artefact of %i bytes', async (size) => {
    const bytes = randomBytes(size);
    const release = aRelease(bytes);
    await get().releases.publish(release, bytes);
    expect(sha256(await get().releases.artefact(release.sha256))).toBe(release.sha256);
    expect(await get().releases.live(release.model)).toEqual(release);
  });

  it('retires the former live version and lists the newest first', async () => {
    const [one, two] = [randomBytes(10), randomBytes(10)];
    const first = aRelease(one);
    const second = aRelease(two, { model: first.model, version: 'v2', releasedAtMs: first.releasedAtMs + 1 });
    const shadow = aRelease(two, { model: first.model, version: 'v3', stage: 'shadow', releasedAtMs: first.releasedAtMs + 2 });
    await get().releases.publish(first, one);
    await get().releases.publish(second, two);
    await get().releases.publish(shadow, two);
    expect(await get().releases.list(first.model)).toEqual([shadow, second, { ...first, stage: 'retired' }]);
  });

  it('changes nothing when a publication is repeated, even after a later one', async () => {
    const [one, two] = [randomBytes(10), randomBytes(10)];
    const first = aRelease(one);
    const second = aRelease(two, { model: first.model, version: 'v2' });
    for (const [release, bytes] of [
      [first, one],
      [second, two],
      [first, one],
    ] as const)
      await get().releases.publish(release, bytes);
    expect((await get().releases.live(first.model))?.version).toBe('v2');
  });

  it('promotes a version and back', async () => {
    const bytes = randomBytes(10);
    const first = aRelease(bytes);
    await get().releases.publish(first, bytes);
    await get().releases.publish({ ...first, version: 'v2' }, bytes);
    expect(await get().releases.promote(first.model, 'v1')).toEqual(first);
    expect((await get().releases.list(first.model)).filter(({ stage }) => stage === 'live')).toEqual([first]);
    await expect(get().releases.promote(first.model, 'v9')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('has one live version after concurrent publications', async () => {
    const model = unique('model');
    const releases = Array.from({ length: 6 }, (_, i) => ({ bytes: randomBytes(10), version: `v${i}` }));
    await Promise.all(releases.map(({ bytes, version }) => get().releases.publish(aRelease(bytes, { model, version }), bytes)));
    const stages = (await get().releases.list(model)).map(({ stage }) => stage);
    expect(stages.sort()).toEqual(['live', 'retired', 'retired', 'retired', 'retired', 'retired']);
  });

  it('refuses bytes that are not what the release says, and other bytes under a version', async () => {
    const bytes = randomBytes(10);
    const release = aRelease(bytes);
    await expect(get().releases.publish(release, randomBytes(10))).rejects.toMatchObject({ code: 'MODEL_CHECKSUM_MISMATCH' });
    await get().releases.publish(release, bytes);
    const others = randomBytes(10);
    await expect(get().releases.publish({ ...release, sha256: sha256(others) }, others)).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
  });

  it('says when there is none', async () => {
    expect(await get().releases.live(unique('model'))).toBeNull();
    expect(await get().releases.list(unique('model'))).toEqual([]);
    await expect(get().releases.artefact('0'.repeat(64))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
}

function plansContract(get: () => Database): void {
  const aPlan = () => ({
    planId: unique('plan'),
    version: 1,
    name: 'Shop "Süß" 🛒',
    document: { events: [{ type: 'track', name: 'A', schema: { type: 'object', properties: { b: { minimum: 0.1 }, a: {} } } }] },
  });

  it('gives back what was written; writing it again changes nothing, whatever the order of its keys', async () => {
    const plan = aPlan();
    const written = await get().plans.put(plan);
    expect(written).toEqual({ ...plan, createdAtMs: expect.any(Number) });
    const { schema, name, type } = plan.document.events[0]!;
    expect(await get().plans.put({ ...plan, document: { events: [{ schema, name, type }] } })).toEqual(written);
    expect(await get().plans.get(plan.planId, 1)).toEqual(written);
  });

  it('never changes a version', async () => {
    const plan = aPlan();
    const written = await get().plans.put(plan);
    await expect(get().plans.put({ ...plan, document: { events: [] } })).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
    await expect(get().plans.put({ ...plan, name: 'Other' })).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
    expect(await get().plans.versions(plan.planId)).toEqual([written]);
  });

  it('takes the newest version when none is named, by number and not by time', async () => {
    const plan = aPlan();
    const [tenth, second] = [await get().plans.put({ ...plan, version: 10 }), await get().plans.put({ ...plan, version: 2 })];
    expect(await get().plans.get(plan.planId)).toEqual(tenth);
    expect(await get().plans.versions(plan.planId)).toEqual([tenth, second]);
    expect((await get().plans.list()).filter(({ planId }) => planId === plan.planId)).toEqual([tenth]);
  });

  it('lets one of two that write the same version at once win', async () => {
    const plan = aPlan();
    const outcomes = await Promise.allSettled([1, 2].map((n) => get().plans.put({ ...plan, document: { events: [n] } })));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('says when there is none', async () => {
    expect(await get().plans.get(unique('plan'))).toBeNull();
    expect(await get().plans.get(unique('plan'), 1)).toBeNull();
    expect(await get().plans.versions(unique('plan'))).toEqual([]);
  });
}

function membershipsContract(get: () => Database): void {
  it('writes many, the last row of a user wins, and writing again replaces', async () => {
    const [a, b] = [aMembership(), aMembership({ segmentName: 'It\'s "quoted", {braces} and \\' })];
    await get().memberships.upsertMany([{ ...a, segmentId: 'old' }, b, a]);
    expect(await get().memberships.of(a.userKey)).toEqual(a);
    expect(await get().memberships.of(b.userKey)).toEqual(b);
    const moved = { ...a, segmentId: 's2', segmentName: 'Dormant', sinceMs: a.sinceMs + 1, modelVersion: 'v2' };
    await get().memberships.upsertMany([moved]);
    expect(await get().memberships.of(a.userKey)).toEqual(moved);
    await get().memberships.removeMany([b.userKey, 'shop:nobody']);
    expect(await get().memberships.of(b.userKey)).toBeNull();
  });

  it('counts and lists per segment, the newest first', async () => {
    const segmentId = unique('segment');
    const rows = [1, 3, 2].map((sinceMs) => aMembership({ segmentId, sinceMs }));
    await get().memberships.upsertMany(rows);
    expect(await get().memberships.counts()).toContainEqual({ segmentId, segmentName: 'Champions', members: 3 });
    expect((await get().memberships.list(segmentId, 2)).map(({ sinceMs }) => sinceMs)).toEqual([3, 2]);
  });

  it('takes more rows than one statement holds, and none', async () => {
    const segmentId = unique('bulk');
    await get().memberships.upsertMany(Array.from({ length: 12_001 }, (_, i) => aMembership({ segmentId, userKey: `${segmentId}:${i}` })));
    expect((await get().memberships.counts()).find((count) => count.segmentId === segmentId)?.members).toBe(12_001);
    await expect(get().memberships.upsertMany([])).resolves.toBeUndefined();
  });

  it('takes overlapping writes at the same time', async () => {
    const rows = Array.from({ length: 300 }, () => aMembership());
    await Promise.all([rows, [...rows].reverse(), rows.slice(100)].map((part) => get().memberships.upsertMany(part)));
    expect(await get().memberships.of(rows[0]!.userKey)).toEqual(rows[0]);
  });

  it('knows nobody else', async () => {
    expect(await get().memberships.of(unique('nobody'))).toBeNull();
  });
}

function segmentsContract(get: () => Database): void {
  const aRule = (id: string, within = '7d') => ({ id, name: 'Ä "x"', when: { and: [{ event: 'A', within }, { everyone: true }] } });
  const put = (rule: ReturnType<typeof aRule>) => get().segments.put({ segmentId: rule.id, name: rule.name, rule });

  it('numbers versions, and writes an equal one only once', async () => {
    const id = unique('segment');
    expect(await put(aRule(id))).toMatchObject({ segmentId: id, version: 1, enabled: true, rule: aRule(id), name: 'Ä "x"' });
    expect((await put(aRule(id))).version).toBe(1);
    expect((await put(aRule(id, '8d'))).version).toBe(2);
    expect((await get().segments.get(id))?.rule).toEqual(aRule(id, '8d'));
    expect((await get().segments.get(id, 1))?.rule).toEqual(aRule(id));
    expect((await get().segments.versions(id)).map(({ version }) => version)).toEqual([2, 1]);
    expect((await get().segments.list()).filter(({ segmentId }) => segmentId === id)).toEqual([await get().segments.get(id)]);
  });

  it('gives writers at the same time a version each', async () => {
    const id = unique('segment');
    await Promise.all(['1d', '2d', '3d', '4d'].map((within) => put(aRule(id, within))));
    expect((await get().segments.versions(id)).map(({ version }) => version)).toEqual([4, 3, 2, 1]);
  });

  it('switches the newest version off and on; putting it again switches it on', async () => {
    const id = unique('segment');
    await put(aRule(id));
    expect((await get().segments.setEnabled(id, false)).enabled).toBe(false);
    expect((await get().segments.get(id))?.enabled).toBe(false);
    expect(await put(aRule(id))).toMatchObject({ version: 1, enabled: true });
    await expect(get().segments.setEnabled(unique('none'), true)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await get().segments.get(unique('none'))).toBeNull();
  });
}

function ruleMembershipsContract(get: () => Database): void {
  const change = (segmentId: string, userKey: string, overrides: Partial<RuleMembershipChange> = {}): RuleMembershipChange => {
    return { segmentId, userKey, segmentName: 'Süß', version: 1, sinceMs: 1_700_000_000_123, member: true, ...overrides };
  };
  const apply = (...changes: RuleMembershipChange[]) => get().ruleMemberships.applyMany(changes);

  it('keeps a user in many segments, and the last change of each wins', async () => {
    const [a, b, user] = [unique('a'), unique('b'), unique('shop:user')];
    await apply(change(a, user), change(b, user), change(a, user, { member: false }), change(a, user, { version: 2, sinceMs: 5 }));
    const { member: _, ...row } = change(a, user, { version: 2, sinceMs: 5 });
    expect((await get().ruleMemberships.of(user)).map(({ segmentId }) => segmentId)).toEqual([a, b].sort());
    expect(await get().ruleMemberships.list(a, 10)).toEqual([row]);
    await apply(change(a, user, { member: false }), change(b, user), change(b, unique('x'), { member: false }));
    expect((await get().ruleMemberships.of(user)).map(({ segmentId }) => segmentId)).toEqual([b]);
    await expect(apply()).resolves.toBeUndefined();
  });

  it('counts, lists the newest first, and tells the overlap', async () => {
    const [a, b] = [unique('a'), unique('b')];
    const users = [1, 2, 3].map((sinceMs) => ({ user: unique('shop:user'), sinceMs }));
    await apply(...users.map(({ user, sinceMs }) => change(a, user, { sinceMs })), change(b, users[0]!.user));
    expect(await get().ruleMemberships.counts()).toContainEqual({ segmentId: a, segmentName: 'Süß', members: 3 });
    expect((await get().ruleMemberships.list(a, 2)).map(({ sinceMs }) => sinceMs)).toEqual([3, 2]);
    const { lookedAt, pairs } = await get().ruleMemberships.overlap(1_000_000);
    expect(lookedAt).toBeGreaterThanOrEqual(3);
    expect(pairs.filter((pair) => [pair.a, pair.b].every((id) => id === a || id === b))).toEqual([
      { a, b: a, users: 3 },
      { a, b, users: 1 },
      { a: b, b, users: 1 },
    ]);
    expect((await get().ruleMemberships.overlap(2)).lookedAt).toBe(2);
  });
}
