import { TOPICS, deadLetterTopic, partitionForKey, userKey, type Event } from '@tradewind/contracts';
import { openEmbeddedEventLog, type EventLog } from '@tradewind/eventing';
import { MemoryStateStore } from '@tradewind/feature-store';
import { evaluateLog, type Rule } from '@tradewind/rules';
import { anEvent, anEventRecord, eventually, useTempDir } from '@tradewind/testing';
import { membersOnTopic, movesOnTopic } from '../../test/memberships-on-topic';
import { RuleService, toRows, type World } from '../../test/rule-service';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2024, 0, 10);
const RULES: readonly Rule[] = [
  { id: 'recent', name: 'Recent', when: { event: 'A', within: '1h' } },
  { id: 'three', name: 'Three', when: { event: 'A', op: '>=', value: 3, within: '1d' } },
  { id: 'no-b', name: 'A without B', when: { sequence: [{ event: 'A' }, { event: 'B', within: '30m', absent: 'within' }], within: '1d' } },
];
const USERS = Array.from({ length: 40 }, (_, i) => userKey('shop', `user-${i}`));
const ROUNDS = 12;

/** An event of everyone, ten minutes after the round before. */
function round(n: number): Event[] {
  return USERS.map((key, i) =>
    anEvent({
      userKey: key,
      userId: key.slice(5),
      name: (n + i) % 4 === 0 ? 'B' : (n * i) % 7 === 0 ? 'C' : 'A',
      messageId: `${n}-${i}`,
      occurredAtMs: START_MS + (10 * n + (i % 3)) * MINUTE_MS,
    }),
  );
}

describe('two replicas', () => {
  const dir = useTempDir();
  let log: EventLog;

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
      deadLetterTopic(events),
    ]);
  });
  afterEach(() => log.close());

  it('that join and leave while events come tell what one would have told', async () => {
    const state = new MemoryStateStore();
    const world: World = { log, state, dueTimes: state.dueTimes, rows: toRows(RULES), written: toRows(RULES) };
    const sent: Event[] = [];
    const publish = async (n: number) => {
      sent.push(...round(n));
      await log.publish(round(n).map(anEventRecord));
    };
    const first = new RuleService(world);
    await first.start();
    let second: RuleService | null = null;
    for (let n = 0; n < ROUNDS; n++) {
      const publishing = publish(n);
      if (n % 4 === 1) {
        second = new RuleService(world);
        await second.start();
      }
      if (n % 4 === 3) await second!.stop();
      await publishing;
    }
    await first.settled();
    await first.stop();

    const clocks = clockOfPartitions(sent);
    const expected = USERS.flatMap((key) =>
      evaluateLog(
        RULES,
        key,
        sent.filter((event) => event.userKey === key),
        clocks(key),
      ).map((id) => `${id}|${key}`),
    ).sort();
    await eventually(async () => expect(await membersOnTopic(log)).toEqual(expected));
    for (const [place, told] of await movesOnTopic(log)) expect([place, told]).toEqual([place, expect.stringMatching(/^(\+-)*\+?$/)]);
  }, 60_000);
});

/** The latest event time on a user's partition. */
function clockOfPartitions(events: readonly Event[]): (userKey: string) => number {
  const partitionOf = (key: string) => partitionForKey(Buffer.from(key), TOPICS.events.partitions);
  const latest = new Map<number, number>();
  for (const { userKey: key, occurredAtMs } of events)
    latest.set(partitionOf(key), Math.max(latest.get(partitionOf(key)) ?? 0, occurredAtMs));
  return (key) => latest.get(partitionOf(key))!;
}
