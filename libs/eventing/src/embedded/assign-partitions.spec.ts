import fc from 'fast-check';
import { assignPartitions } from './assign-partitions';

const TOPICS = ['a', 'b', 'c'];
const members = fc.array(fc.subarray(TOPICS, { minLength: 1 }).map((topics) => ({ topics: new Set(topics) })), { minLength: 1, maxLength: 6 }); // prettier-ignore
const partitions = fc
  .array(fc.constantFrom(...TOPICS), { maxLength: 24 })
  .map((topics) => new Map(topics.map((topic, i) => [`${topic}/${i}`, topic])));

function loads<M>(owners: ReadonlyMap<string, M>, all: readonly M[]): number[] {
  return all.map((member) => [...owners.values()].filter((owner) => owner === member).length);
}

describe('assignPartitions', () => {
  it('gives every partition that someone reads to exactly one reader of its topic, and no single move could balance better', () => {
    fc.assert(
      fc.property(members, partitions, (all, keys) => {
        const owners = assignPartitions(all, keys, new Map());
        const load = new Map(all.map((member, i) => [member, loads(owners, all)[i]!]));
        for (const [key, topic] of keys) {
          const readers = all.filter((member) => member.topics.has(topic));
          const owner = owners.get(key);
          expect(owner === undefined).toBe(readers.length === 0);
          if (!owner) continue;
          expect(readers).toContain(owner);
          for (const reader of readers) expect(load.get(owner)! - load.get(reader)!).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('moves no more than a newcomer needs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 24 }), (count, partitionCount) => {
        const keys = new Map(Array.from({ length: partitionCount }, (_, i) => [`a/${i}`, 'a']));
        const present = Array.from({ length: count }, () => ({ topics: new Set(['a']) }));
        const newcomer = { topics: new Set(['a']) };
        const before = assignPartitions(present, keys, new Map());
        const after = assignPartitions([...present, newcomer], keys, before);
        const moved = [...keys.keys()].filter((key) => before.get(key) !== after.get(key));
        expect(moved.every((key) => after.get(key) === newcomer)).toBe(true);
        expect(moved).toHaveLength(Math.floor(partitionCount / (count + 1)));
      }),
    );
  });
});
