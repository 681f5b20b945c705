import { LINK, TOPICS, TRANSITION, deadLetterTopic, userKey } from '@tradewind/contracts';
import { openEmbeddedEventLog, type EventLog } from '@tradewind/eventing';
import { MemoryStateStore } from '@tradewind/feature-store';
import type { Rule } from '@tradewind/rules';
import { anEvent, anEventRecord, eventually, useTempDir } from '@tradewind/testing';
import { membersOnTopic } from '../../test/memberships-on-topic';
import { RuleService, toRows } from '../../test/rule-service';

const RULES: readonly Rule[] = [
  { id: 'any', name: 'Any', when: { event: 'A' } },
  { id: 'three', name: 'Three', when: { event: 'A', op: '>=', value: 3 } },
  { id: 'four', name: 'Four', when: { event: 'A', op: '>=', value: 4 } },
];

describe('identities', () => {
  const dir = useTempDir();
  let log: EventLog;
  let service: RuleService;
  let sent = 0;

  beforeEach(async () => {
    log = await openEmbeddedEventLog({ dataDir: dir() });
    const { events, segmentTransitions, segmentMembership, modelReleases, identityLinks, movedEvents } = TOPICS;
    await log.ensureTopics([
      events,
      segmentTransitions,
      segmentMembership,
      modelReleases,
      identityLinks,
      movedEvents,
      deadLetterTopic(movedEvents),
    ]);
    const state = new MemoryStateStore();
    service = new RuleService({ log, state, dueTimes: state.dueTimes, rows: toRows(RULES), written: toRows(RULES) });
    await service.start();
  });
  afterEach(async () => {
    await service.stop();
    await log.close();
  });

  const happen = (id: string, times: number) =>
    log.publish(
      Array.from({ length: times }, () =>
        anEventRecord(anEvent({ userId: '', anonymousId: id, userKey: userKey('shop', id), name: 'A', messageId: `m${sent++}` })),
      ),
    );
  const link = (aliasId: string, canonicalId: string, linkedAtMs: number) =>
    log.publish([
      {
        topic: TOPICS.identityLinks.name,
        key: userKey('shop', aliasId),
        value: LINK.encode({ sourceId: 'shop', aliasId, canonicalId, messageId: `l${linkedAtMs}`, linkedAtMs }),
      },
    ]);

  it('tells why the alias left, and takes what is told again once', async () => {
    await happen('a', 2);
    await happen('b', 1);
    await service.settled();
    await link('a', 'b', 5);
    await service.settled();
    await link('a', 'b', 5);
    await link('a', 'b', 9);
    await service.settled();
    expect(await membersOnTopic(log)).toEqual(['any|shop:b', 'three|shop:b']);
    const left = [];
    for await (const records of log.read(TOPICS.segmentTransitions.name))
      left.push(
        ...records
          .map(({ value }) => TRANSITION.decode(value))
          .filter(({ userKey: key, reason }) => key === 'shop:a' && reason === 'merge'),
      );
    expect(left).toHaveLength(1);
    expect(left[0]).toMatchObject({ segmentId: 'any', evidence: [{ feature: 'merged into', text: 'shop:b', messageIds: ['l5'] }] });
  });

  it('hands on what comes late for an alias of which nothing was known', async () => {
    await link('new', 'b', 5);
    await service.settled();
    await happen('new', 3);
    await service.settled();
    expect(await membersOnTopic(log)).toEqual(['any|shop:b', 'three|shop:b']);
  });

  it.each([
    ['the one whose link is older', 1, 2, 'a'],
    ['also the other way round', 2, 1, 'b'],
  ])('of two ids that were linked to one another, keeps all under %s', async (_, ofA, ofB, owner) => {
    await happen('a', 2);
    await happen('b', 1);
    await service.settled();
    await Promise.all([link('a', 'b', ofA), link('b', 'a', ofB)]);
    await service.settled();
    await happen(owner, 1);
    await service.settled();
    expect(await membersOnTopic(log)).toEqual(['any', 'four', 'three'].map((id) => `${id}|shop:${owner}`));
  });

  it('of two links of an alias, leaves what was moved, and moves on what comes then', async () => {
    await happen('a', 3);
    await link('a', 'b', 1);
    await service.settled();
    await link('a', 'c', 2);
    await service.settled();
    await happen('a', 1);
    await service.settled();
    expect(await membersOnTopic(log)).toEqual(['any|shop:b', 'any|shop:c', 'three|shop:b']);
  });

  it('sets aside what is no moved event', async () => {
    const topic = TOPICS.movedEvents.name;
    await log.publish([{ topic, key: 'shop:b', value: Buffer.from('none') }]);
    await link('a', 'b', 1);
    await happen('a', 1);
    await service.settled();
    expect(await membersOnTopic(log)).toEqual(['any|shop:b']);
    await eventually(async () => {
      const keys: string[] = [];
      for await (const records of log.read(deadLetterTopic(TOPICS.movedEvents).name)) keys.push(...records.map(({ key }) => String(key)));
      expect(keys).toEqual(['shop:b']);
    });
  });
});
