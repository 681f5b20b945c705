import { anEvent } from '@tradewind/testing';
import { createRuleEngine, evaluateLog, overlapOf, sampleMembers, sizeSegment, stateOfLog, type Rule } from '.';

const NOW_MS = Date.UTC(2024, 5, 1);
const RULES: Rule[] = [
  { id: 'all', name: 'All', when: { everyone: true } },
  { id: 'buyers', name: 'Buyers', when: { event: 'Order Completed' } },
  { id: 'readers', name: 'Readers', when: { event: 'Product Viewed', within: '7d' } },
];
const engine = createRuleEngine(RULES);
/** Every second user bought, every third looked within a week. */
const LOGS = Array.from({ length: 60 }, (_, i) => ({
  userKey: `shop:${i}`,
  log: [
    ...(i % 2 === 0 ? [anEvent({ name: 'Order Completed', occurredAtMs: NOW_MS - 1e9 })] : []),
    ...(i % 3 === 0 ? [anEvent({ occurredAtMs: NOW_MS - 1000 })] : [anEvent({ occurredAtMs: NOW_MS - 8e8 })]),
    anEvent({ name: 'Order Completed', occurredAtMs: NOW_MS + 1 }),
  ],
}));
const states = () => LOGS.map(({ userKey, log }) => stateOfLog(engine, userKey, log, NOW_MS));

it('gives the state of a log, as the brute-force evaluation has it', () => {
  for (const [i, state] of states().entries())
    expect(engine.memberships(state)).toEqual(evaluateLog(RULES, state.userKey, LOGS[i]!.log, NOW_MS));
});

it('sizes a segment with bounds for all users', () => {
  const size = sizeSegment(engine, states(), 'buyers');
  expect(size).toMatchObject({ users: 60, members: 30, shareRatio: 0.5 });
  // Wilson's interval of 30 in 60, from R: binom::binom.wilson(30, 60)
  expect(size.lowRatio).toBeCloseTo(0.3773502, 4);
  expect(size.highRatio).toBeCloseTo(0.6226498, 4);
  expect(sizeSegment(engine, [], 'buyers')).toMatchObject({ members: 0, shareRatio: 0, lowRatio: 0, highRatio: 1 });
  expect(() => sizeSegment(engine, states(), 'nobody')).toThrow(RangeError);
});

it('counts who is in both of two segments', () => {
  const { segments, users, members, jaccard } = overlapOf(engine, states());
  expect({ segments, users }).toEqual({ segments: ['all', 'buyers', 'readers'], users: 60 });
  expect(members).toEqual([
    [60, 30, 20],
    [30, 30, 10],
    [20, 10, 20],
  ]);
  expect(jaccard[1]![2]).toBe(10 / 40);
});

it('samples members evenly, and the same ones each time', () => {
  const sample = sampleMembers(engine, states(), 'buyers', { size: 5 });
  expect(sample).toHaveLength(5);
  expect(sample.every((key) => Number(key.slice(5)) % 2 === 0)).toBe(true);
  expect(sampleMembers(engine, states().reverse(), 'buyers', { size: 5 })).toEqual(sample);
  expect(sampleMembers(engine, states(), 'buyers', { size: 5, salt: 'another' })).not.toEqual(sample);
  expect(sampleMembers(engine, states(), 'buyers', { size: 500 })).toHaveLength(30);
});
