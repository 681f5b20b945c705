import { RANKED_LIST, TOPICS, TRANSITION, TransitionKind } from '@tradewind/contracts';
import { MemoryStateStore } from '@tradewind/feature-store';
import { DecisionCollector, compareMaps, sameText } from './decisions';

const transition = (transitionId: string, decidedAtMs: number, segmentId = 's1') => ({
  topic: TOPICS.segmentTransitions.name,
  value: TRANSITION.encode({ transitionId, userKey: 'shop:u', segmentId, kind: TransitionKind.TRANSITION_KIND_ENTERED, decidedAtMs }),
});
const list = (recommendationId: string) => ({
  topic: TOPICS.recommendations.name,
  value: RANKED_LIST.encode({ recommendationId, userKey: 'shop:u' }),
});

async function collected(said: readonly { topic: string; value: Buffer }[]) {
  const collector = new DecisionCollector();
  said.forEach((record) => collector.add(record));
  return collector.finish(new MemoryStateStore());
}

describe('decisions', () => {
  it('are equal whenever they were taken and however often they were told', async () => {
    const once = await collected([transition('a', 1), transition('b', 1), list('old'), list('new')]);
    const twice = await collected([transition('b', 5), transition('a', 6), transition('a', 7), list('new')]);
    expect(compareMaps(twice.transitions, once.transitions, sameText).different).toBe(0);
    expect(compareMaps(twice.lists, once.lists, sameText).different).toBe(0);
    expect(twice.transitionRecords - twice.transitions.size).toBe(1);
  });

  it('tell what is missing, what was added and what changed', async () => {
    const expected = await collected([transition('a', 1), transition('b', 1), transition('c', 1)]);
    const actual = await collected([transition('b', 1, 's2'), transition('c', 1), transition('d', 1), transition('e', 1)]);
    expect(compareMaps(actual.transitions, expected.transitions, sameText)).toEqual({
      compared: 5,
      different: 4,
      missing: 1,
      extra: 2,
      changed: 1,
      examples: ['a', 'd', 'e'],
    });
  });
});
