import { TOPICS, partitionForKey, userKey, type LogPosition } from '@tradewind/contracts';
import { PartitionGate } from '@tradewind/eventing';
import { MemoryStateStore, createFeatureStore, orders } from '@tradewind/feature-store';
import { anOrder } from '@tradewind/testing';
import { visitUsers, type VisitUsersOptions } from './visit-users';

const GROUP = 'visits';
const topic = TOPICS.events.name;
const partitionOf = (key: string) => partitionForKey(Buffer.from(key), TOPICS.events.partitions);

function setUp() {
  const features = createFeatureStore({ store: new MemoryStateStore(), features: [orders], prefix: 'visit:' });
  const gate = new PartitionGate();
  gate.assigned(
    GROUP,
    Array.from({ length: TOPICS.events.partitions }, (_, partition) => ({ topic, partition })),
  );
  const visited: string[] = [];
  const options: VisitUsersOptions = {
    features,
    gate,
    group: GROUP,
    isStale: () => true,
    visit: async (states) => void visited.push(...states.map((state) => state.userKey)),
  };
  const apply = (userId: string, offset = 0) => {
    const event = anOrder([['cup', 1, 1]], { userId, userKey: userKey('shop', userId) });
    const position: LogPosition = { topic, partition: partitionOf(event.userKey), offset };
    return features.apply([{ position, event }], { vectors: false });
  };
  return { options, gate, visited, apply };
}

describe('visitUsers', () => {
  it('visits the stale users of the partitions held here', async () => {
    const { options, gate, visited, apply } = setUp();
    for (const user of ['a', 'b', 'c', 'd', 'e', 'f']) await (await apply(user)).persist();
    const lost = partitionOf('shop:a');
    const held = Array.from({ length: TOPICS.events.partitions }, (_, partition) => ({ topic, partition }));
    gate.assigned(
      GROUP,
      held.filter(({ partition }) => partition !== lost),
    );
    const count = await visitUsers({ ...options, isStale: ({ userKey: key }) => key !== 'shop:b' });
    const expected = ['c', 'd', 'e', 'f'].map((user) => `shop:${user}`).filter((key) => partitionOf(key) !== lost);
    expect(visited.sort()).toEqual(expected);
    expect(count).toBe(expected.length);
  });

  it('also visits who is first stored by a batch that was under way when it began', async () => {
    const { options, gate, visited, apply } = setUp();
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const batch = gate.enter({ group: GROUP, topic, partition: partitionOf('shop:new') }, async () => {
      const { persist } = await apply('new');
      await held;
      await persist();
    });
    const visit = visitUsers(options);
    finish();
    await Promise.all([batch, visit]);
    expect(visited).toEqual(['shop:new']);
  });
});
