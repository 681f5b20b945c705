import { AppError } from '@tradewind/contracts';
import { eventually, uniqueName } from '@tradewind/testing';
import type { Subscription } from '../event-log';
import { createCollector, createTopic, numbered, onPartition, valuesOf, type Collector, type CurrentLog } from './support.contract';

interface Member extends Collector {
  readonly subscription: Subscription;
  readonly partitions: () => number[];
}

export function describeGroups(current: CurrentLog): void {
  async function join(groupId: string, topic: string): Promise<Member> {
    const collector = createCollector();
    let held: number[] = [];
    const subscription = await current().subscribe({
      groupId,
      topics: [topic],
      maxBatchRecords: 10,
      onBatch: collector.onBatch,
      onAssigned: (partitions) => {
        held = partitions.map(({ partition }) => partition).sort();
      },
    });
    return { ...collector, subscription, partitions: () => held };
  }

  describe('groups', () => {
    it('shares the partitions among members, rebalances as they come and go, and loses nothing', async () => {
      const topic = await createTopic(current());
      const groupId = uniqueName('group');
      const waves = [0, 1, 2].map((wave) => numbered(topic, 200, `wave-${wave}`));
      const one = await join(groupId, topic);
      await eventually(() => expect(one.partitions()).toEqual([0, 1, 2, 3]));
      await current().publish(waves[0]!);

      const two = await join(groupId, topic);
      await eventually(() => {
        expect([one.partitions().length, two.partitions().length]).toEqual([2, 2]);
        expect([...one.partitions(), ...two.partitions()].sort()).toEqual([0, 1, 2, 3]);
      }, { timeoutMs: 20_000 }); // prettier-ignore
      await current().publish(waves[1]!);
      await eventually(() => expect(new Set([...one.values(), ...two.values()])).toEqual(new Set(valuesOf(waves.slice(0, 2).flat()))));
      expect(two.values().some((value) => value.startsWith('wave-1'))).toBe(true);

      await two.subscription.stop();
      await eventually(() => expect(one.partitions()).toEqual([0, 1, 2, 3]), { timeoutMs: 20_000 });
      await current().publish(waves[2]!);
      await eventually(() => expect(new Set([...one.values(), ...two.values()])).toEqual(new Set(valuesOf(waves.flat()))));
      await one.subscription.stop();
    });

    it('hands the partitions of a failed member to the others, which get its uncommitted records', async () => {
      const topic = await createTopic(current());
      const groupId = uniqueName('group');
      const failing = await current().subscribe({
        groupId,
        topics: [topic],
        onBatch: () => Promise.reject(new AppError('HANDLER_FAILED', 'meant to fail')),
      });
      const ended = failing.finished.catch((error: unknown) => error);
      const healthy = await join(groupId, topic);
      const records = numbered(topic, 100);
      await current().publish(records);
      await eventually(() => expect(new Set(healthy.values())).toEqual(new Set(valuesOf(records))), { timeoutMs: 20_000 });
      await failing.stop();
      expect(await ended).toMatchObject({ code: 'HANDLER_FAILED' });
      await healthy.subscription.stop();
    });

    it('gives every group all records', async () => {
      const topic = await createTopic(current());
      const members = [await join(uniqueName('group'), topic), await join(uniqueName('group'), topic)];
      await current().publish(numbered(topic, 40));
      for (const member of members) await eventually(() => expect(member.records()).toHaveLength(40));
      await Promise.all(members.map(({ subscription }) => subscription.stop()));
    });

    it('continues after the last commit when a member comes back', async () => {
      const topic = await createTopic(current());
      const groupId = uniqueName('group');
      const first = await join(groupId, topic);
      await current().publish(numbered(topic, 30, 'first'));
      await eventually(() => expect(first.records()).toHaveLength(30));
      await first.subscription.stop();
      await current().publish(numbered(topic, 30, 'second'));
      const second = await join(groupId, topic);
      await eventually(() => expect(second.records()).toHaveLength(30));
      await second.subscription.stop();
      expect(second.values().every((value) => value.startsWith('second'))).toBe(true);
    });

    it('can be moved while it has no member', async () => {
      const topic = await createTopic(current());
      const groupId = uniqueName('group');
      await current().publish(onPartition(topic, 1, 4, 5));
      await current().commit(groupId, topic, new Map([[1, 3]]));
      expect(await current().committed(groupId, topic)).toEqual(new Map([[1, 3]]));
      const member = await join(groupId, topic);
      await eventually(() => expect(member.values()).toEqual(['p1-3', 'p1-4']));
      await expect(current().commit(groupId, topic, new Map([[1, 0]]))).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
      await member.subscription.stop();
    });
  });
}
