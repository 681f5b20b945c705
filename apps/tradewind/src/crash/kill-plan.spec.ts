import { TARGETS, planKills } from './kill-plan';

describe('planKills', () => {
  it('gives the same plan for a seed and another one for another', () => {
    expect(planKills(10, 200_000, 1)).toEqual(planKills(10, 200_000, 1));
    expect(planKills(10, 200_000, 2)).not.toEqual(planKills(10, 200_000, 1));
  });

  it('spreads kills over the replay, in order, every target about equally often', () => {
    for (let seed = 0; seed < 50; seed++) {
      const plan = planKills(10, 1_000, seed);
      const moments = plan.map(({ atEvents }) => atEvents);
      expect(moments).toEqual(moments.toSorted((a, b) => a - b));
      expect(moments.every((moment) => moment >= 30 && moment < 950)).toBe(true);
      const counts = TARGETS.map((target) => plan.filter((kill) => kill.target === target).length);
      expect(counts.every((count) => count === 2 || count === 3)).toBe(true);
    }
  });
});
