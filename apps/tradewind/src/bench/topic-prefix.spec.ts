import { TOPICS } from '@tradewind/contracts';
import { openEmbeddedEventLog, type Batch, type EventLog } from '@tradewind/eventing';
import { eventually, useTempDir } from '@tradewind/testing';
import { prefixTopics } from './topic-prefix';

const dir = useTempDir();
const TOPIC = TOPICS.events.name;

describe('prefixTopics', () => {
  it('keeps records, groups and offsets apart from the real ones, under the names that services know', async () => {
    const real: EventLog = await openEmbeddedEventLog({ dataDir: dir() });
    const handled: string[] = [];
    const log = prefixTopics({ log: real, prefix: 'p.', onHandled: ({ topic }) => handled.push(topic) });
    await real.ensureTopics([TOPICS.events]);
    await log.ensureTopics([TOPICS.events]);
    await log.publish([{ topic: TOPIC, key: 'k', value: Buffer.from('v') }]);

    const batches: Batch[] = [];
    const assigned: string[] = [];
    const subscription = await log.subscribe({
      groupId: 'g',
      topics: [TOPIC],
      onBatch: async (batch) => void batches.push(batch),
      onAssigned: (partitions) => void assigned.push(...partitions.map(({ topic }) => topic)),
    });
    await eventually(() => expect(batches).toHaveLength(1));
    await subscription.stop();

    const { partition } = batches[0]!;
    expect(batches[0]!.topic).toBe(TOPIC);
    expect(new Set(assigned)).toEqual(new Set([TOPIC]));
    expect(handled).toEqual([`p.${TOPIC}`]);
    expect(await log.committed('g', TOPIC)).toEqual(new Map([[partition, 1]]));
    expect(await real.committed('p.g', `p.${TOPIC}`)).toEqual(new Map([[partition, 1]]));
    expect((await real.watermarks(TOPIC)).every(({ high }) => high === 0)).toBe(true);
    await real.close();
  });
});
