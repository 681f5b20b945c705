import { LINK, Regulation, SUPPRESSION, TOPICS, userKey, type Link } from '@tradewind/contracts';
import { openEmbeddedEventLog, openKafkaEventLog, type EventLog } from '@tradewind/eventing';
import { SILENT_LOGGER } from '@tradewind/observability';
import { describeWith, eventually, uniqueName, useTempDir } from '@tradewind/testing';
import { createHasher } from './hash';
import { mirrorSuppressions, type MirroredSuppressions } from './suppression-list';
import { createSuppress, parseSuppressionRequest, type RegulationName } from './suppress';

const hash = createHasher('k'.repeat(32));
/** What is promised. */
const EFFECTIVE_MS = 5_000;

function suppressionContract(getLog: () => EventLog): void {
  const opened: MirroredSuppressions[] = [];
  afterEach(() => Promise.all(opened.splice(0).map((mirror) => mirror.stop())));

  const openMirror = async () => {
    const mirror = await mirrorSuppressions(getLog(), SILENT_LOGGER);
    opened.push(mirror);
    return mirror;
  };
  /** Two replicas, and a way to ask the first. Source ids are unique: the topic is shared. */
  const start = async (hashFields: string[] = []) => {
    const [first, second] = [await openMirror(), await openMirror()];
    const sourceId = uniqueName('shop');
    const suppress = createSuppress({ log: getLog(), suppressions: first, now: Date.now, hash });
    const ask = (regulation: RegulationName, ...subjects: string[]) =>
      suppress({ sourceId, settings: { hashFields } }, { regulation, subjects });
    const both = (id: string) => [first, second].map((mirror) => mirror.isSuppressed(sourceId, [id]));
    const become = (id: string, state: boolean) => eventually(() => expect(both(id)).toEqual([state, state]), { timeoutMs: EFFECTIVE_MS });
    return { sourceId, ask, both, become };
  };
  const link = async (sourceId: string, aliasId: string, canonicalId: string) => {
    const value: Partial<Link> = { sourceId, aliasId, canonicalId };
    await getLog().publish([{ topic: TOPICS.identityLinks.name, key: userKey(sourceId, aliasId), value: LINK.encode(value) }]);
  };
  const regulationsOf = async (sourceId: string) => {
    const last: Record<string, Regulation> = {};
    for await (const records of getLog().read(TOPICS.privacySuppressions.name)) {
      for (const { key, value } of records) {
        if (!key!.toString().startsWith(`${sourceId}:`)) continue;
        const { id, regulation } = SUPPRESSION.decode(value);
        last[id] = regulation;
      }
    }
    return last;
  };

  it('suppresses and unsuppresses on every replica within 5 seconds', async () => {
    const { ask, both, become } = await start();
    expect(await ask('SUPPRESS_ONLY', 'u1', 'a1')).toMatchObject({ subjects: 2, ids: 2 });
    await become('u1', true);
    await become('a1', true);
    expect(both('u2')).toEqual([false, false]);
    await ask('UNSUPPRESS', 'u1');
    await become('u1', false);
    expect(both('a1')).toEqual([true, true]);
  });

  it('is known to a replica that starts later, before it is ready', async () => {
    const { sourceId, ask } = await start();
    await ask('SUPPRESS_ONLY', 'u1', 'u2');
    await ask('UNSUPPRESS', 'u2');
    const late = await openMirror();
    expect([late.isSuppressed(sourceId, ['u1']), late.isSuppressed(sourceId, ['u2'])]).toEqual([true, false]);
    expect(late.isSuppressed(sourceId, ['u2', 'u1'])).toBe(true);
    expect(late.isSuppressed(uniqueName('other'), ['u1'])).toBe(false);
  });

  it('reaches every linked id, from a user or from a device, and not who has the device no more', async () => {
    const { sourceId, ask, both, become } = await start();
    await link(sourceId, 'phone', 'old-user');
    await link(sourceId, 'old-user', 'user');
    await link(sourceId, 'laptop', 'user');
    await link(sourceId, 'shared', 'user');
    await link(sourceId, 'shared', 'neighbour');
    expect(await ask('SUPPRESS_ONLY', 'phone')).toMatchObject({ subjects: 1, ids: 4 });
    for (const id of ['phone', 'old-user', 'user', 'laptop']) await become(id, true);
    expect([both('shared'), both('neighbour')]).toEqual([[false, false], [false, false]]); // prettier-ignore
    expect(await ask('UNSUPPRESS', 'user')).toMatchObject({ ids: 4 });
    for (const id of ['phone', 'old-user', 'user', 'laptop']) await become(id, false);
  });

  it('stays in force when the same person is to be erased', async () => {
    const { sourceId, ask, become } = await start();
    await ask('SUPPRESS_ONLY', 'u1');
    await become('u1', true);
    await ask('DELETE_ONLY', 'u1', 'u2');
    await ask('SUPPRESS_WITH_DELETE', 'u3');
    await become('u3', true);
    expect(await regulationsOf(sourceId)).toEqual({
      u1: Regulation.REGULATION_SUPPRESS_AND_ERASE,
      u2: Regulation.REGULATION_ERASE,
      u3: Regulation.REGULATION_SUPPRESS_AND_ERASE,
    });
    await become('u1', true);
    await become('u2', false);
  });

  it('of a source that hashes ids has no id in clear', async () => {
    const both = await start(['userId', 'anonymousId']);
    await both.ask('SUPPRESS_ONLY', ' Ada@Example.com');
    await both.become(hash('ada@example.com'), true);
    expect(Object.keys(await regulationsOf(both.sourceId))).toEqual([hash('ada@example.com')]);
    const one = await start(['userId']);
    await one.ask('SUPPRESS_ONLY', 'x');
    expect(Object.keys(await regulationsOf(one.sourceId)).sort()).toEqual([hash('x'), 'x'].sort());
  });
}

describe('suppression on the embedded log', () => {
  const dir = useTempDir();
  let log: EventLog;
  beforeEach(async () => {
    log = await openEmbeddedEventLog({ dataDir: dir() });
    await log.ensureTopics([TOPICS.privacySuppressions, TOPICS.identityLinks]);
  });
  afterEach(() => log.close());
  suppressionContract(() => log);

  it('goes on after a record that cannot be read, and takes tombstones', async () => {
    const mirror = await mirrorSuppressions(log, SILENT_LOGGER);
    const topic = TOPICS.privacySuppressions.name;
    const write = (id: string, value: Buffer | null) => log.publish([{ topic, key: userKey('shop', id), value }]);
    const wish = (id: string) => SUPPRESSION.encode({ sourceId: 'shop', id, regulation: Regulation.REGULATION_SUPPRESS });
    await write('u1', wish('u1'));
    await write('u2', Buffer.from([0xff]));
    await write('u2', wish('u2'));
    await eventually(() => expect(mirror.isSuppressed('shop', ['u2'])).toBe(true));
    await write('u1', null);
    await eventually(() => expect(mirror.isSuppressed('shop', ['u1'])).toBe(false));
    expect([mirror.size, mirror.failure]).toEqual([1, null]);
    await mirror.stop();
  });
});

describe('an outage of the log', () => {
  it('is outlived: what came meanwhile is learnt once the log is back', async () => {
    const value = SUPPRESSION.encode({ sourceId: 'shop', id: 'u1', regulation: Regulation.REGULATION_SUPPRESS });
    let breakOff: (error: Error) => void = () => undefined;
    let calls = 0;
    const mirror = await mirrorSuppressions(
      {
        async follow({ onRecords }) {
          calls++;
          if (calls === 2) throw new Error('still away');
          if (calls === 3) {
            const record = { topic: 't', partition: 0, offset: 0, timestampMs: 0, key: Buffer.from('shop:u1'), value, headers: {} };
            await onRecords([record]);
          }
          const finished = new Promise<void>((_, reject) => (breakOff = reject));
          return { caughtUp: Promise.resolve(), finished, stop: async () => breakOff(new Error('stopped')) };
        },
      },
      SILENT_LOGGER,
    );
    breakOff(new Error('gave up'));
    await eventually(() => expect(mirror.failure).toMatch('gave up'));
    await eventually(() => expect([mirror.isSuppressed('shop', ['u1']), mirror.failure]).toEqual([true, null]), { timeoutMs: 10_000 });
    await mirror.stop();
  });
});

describeWith('kafka', 'suppression on Kafka', (brokers) => {
  let log: EventLog;
  beforeAll(async () => {
    log = await openKafkaEventLog({ brokers: brokers.split(','), clientId: uniqueName('suppression') });
    await log.ensureTopics([TOPICS.privacySuppressions, TOPICS.identityLinks]);
  });
  afterAll(() => log.close());
  suppressionContract(() => log);
});

describe('a request', () => {
  it('is read', () => {
    expect(parseSuppressionRequest({ regulation: 'UNSUPPRESS', subjects: ['u', 7] })).toEqual({
      regulation: 'UNSUPPRESS',
      subjects: ['u', '7'],
    });
  });

  it.each([
    [null, 'EVENT_INVALID', /an object/],
    [{ regulation: 'FORGET', subjects: ['u'] }, 'EVENT_INVALID', /regulation must be SUPPRESS_ONLY, UNSUPPRESS, /],
    [{ regulation: 'toString', subjects: ['u'] }, 'EVENT_INVALID', /regulation must be/],
    [{ regulation: 'SUPPRESS_ONLY' }, 'EVENT_INVALID', /subjects must be a list/],
    [{ regulation: 'SUPPRESS_ONLY', subjects: [] }, 'EVENT_INVALID', /subjects must be a list/],
    [{ regulation: 'SUPPRESS_ONLY', subjects: ['u', ''] }, 'EVENT_INVALID', /subjects\[1\] is empty/],
    [{ regulation: 'SUPPRESS_ONLY', subjects: [{}] }, 'EVENT_INVALID', /subjects\[0\] must be text/],
    [{ regulation: 'SUPPRESS_ONLY', subjects: Array.from({ length: 5_001 }, String) }, 'REQUEST_TOO_LARGE', /5001 subjects/],
  ])('%j is refused', (body, code, message) => {
    let error: unknown;
    try {
      parseSuppressionRequest(body);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
  });
});
