import { createRandom } from '../random';
import { estimateOffPolicy } from './off-policy';

/** Two actions whose rewards depend on a context of 0 or 1; the log shows action 1 more often where it pays less. */
function madeUpLog(rounds: number, seed: number) {
  const random = createRandom(seed);
  const log = Array.from({ length: rounds }, () => {
    const context = random.integer(2);
    const p1 = context === 0 ? 0.8 : 0.2;
    const action = Number(random.uniform() < p1);
    const rate = (a: number): number => 0.1 + 0.3 * a * context;
    const target = [0.3, 0.7];
    return {
      reward: Number(random.uniform() < rate(action)),
      propensity: action === 1 ? p1 : 1 - p1,
      target: target[action]!,
      shown: rate(action),
      expected: target[0]! * rate(0) + target[1]! * rate(1),
    };
  });
  const column = (of: (round: (typeof log)[number]) => number): Float64Array => Float64Array.from(log, of);
  return {
    rewards: column(({ reward }) => reward),
    propensities: column(({ propensity }) => propensity),
    targetProbabilities: column(({ target }) => target),
    model: { shown: column(({ shown }) => shown), target: column(({ expected }) => expected) },
  };
}

/** Mean over contexts of 0.1 + 0.3 · P(action 1) · context. */
const TRUE_VALUE = 0.1 + 0.3 * 0.7 * 0.5;

describe('estimateOffPolicy', () => {
  it('holds the true value in 95 % of its intervals, more or less, and the log’s own mean does not', () => {
    let [ips, snips, dr, naive] = [0, 0, 0, 0];
    const runs = 40;
    for (let seed = 0; seed < runs; seed++) {
      const report = estimateOffPolicy(madeUpLog(500, seed), { seed, resamples: 100 });
      const holds = ({ low, high }: { low: number; high: number }): number => Number(low <= TRUE_VALUE && TRUE_VALUE <= high);
      [ips, snips, dr, naive] = [
        ips + holds(report.ips),
        snips + holds(report.snips),
        dr + holds(report.dr!),
        naive + holds(report.logged),
      ];
      expect(Math.abs(report.meanWeight - 1)).toBeLessThan(0.2);
    }
    expect(Math.min(ips, snips, dr) / runs).toBeGreaterThan(0.85);
    expect(naive / runs).toBeLessThan(0.5);
  });

  it('is the formulas on a log by hand', () => {
    const report = estimateOffPolicy(
      {
        rewards: [1, 0, 1],
        propensities: [0.5, 0.25, 0.5],
        targetProbabilities: [0.25, 0.5, 0.5],
        model: { shown: [0.6, 0.2, 0.6], target: [0.4, 0.4, 0.4] },
      },
      { seed: 1, resamples: 100 },
    );
    expect(report.ips.value).toBeCloseTo((0.5 + 0 + 1) / 3, 12);
    expect(report.snips.value).toBeCloseTo(1.5 / 3.5, 12);
    expect(report.dr!.value).toBeCloseTo((0.4 + 0.5 * 0.4 + 0.4 - 2 * 0.2 + 0.4 + 0.4) / 3, 12);
    expect(report.effectiveRounds).toBeCloseTo(3.5 ** 2 / (0.25 + 4 + 1), 12);
  });

  it('needs less data with a model: the doubly robust interval is the narrowest', () => {
    const { ips, dr } = estimateOffPolicy(madeUpLog(3000, 7), { seed: 1, resamples: 300 });
    expect(dr!.high - dr!.low).toBeLessThan(ips.high - ips.low);
  });

  it('refuses what cannot be estimated', () => {
    expect(() => estimateOffPolicy({ rewards: [], propensities: [], targetProbabilities: [] }, { seed: 1 })).toThrow('no rounds');
    expect(() => estimateOffPolicy({ rewards: [1], propensities: [0], targetProbabilities: [1] }, { seed: 1 })).toThrow('propensity 0');
    expect(() => estimateOffPolicy({ rewards: [1], propensities: [1], targetProbabilities: [] }, { seed: 1 })).toThrow('1 rounds with 0');
  });
});
