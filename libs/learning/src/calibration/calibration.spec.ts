import fc from 'fast-check';
import { createRandom } from '../random';
import { calibrate, fitIsotonic, fitPlatt } from './calibrate';
import { foldRows, stratifiedFolds } from './folds';
import { areaUnderRoc, brierScore, calibrationCurve, calibrationError, lift, logLoss, topShare } from './metrics';

const labelled = fc
  .array(fc.tuple(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -3, max: 3, noNaN: true })), fc.integer({ min: 0, max: 1 })), {
    minLength: 2,
    maxLength: 60,
  })
  .map((rows) => ({ scores: rows.map(([score]) => score), labels: rows.map(([, label]) => label) }));
const withBoth = labelled.filter(({ labels }) => new Set(labels).size === 2);

describe('metrics', () => {
  it('AUC is the share of pairs in the right order, ties half', () => {
    fc.assert(
      fc.property(withBoth, ({ scores, labels }) => {
        let [won, pairs] = [0, 0];
        labels.forEach((label, i) =>
          labels.forEach((other, j) => {
            if (label !== 1 || other !== 0) return;
            pairs++;
            won += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
          }),
        );
        expect(areaUnderRoc(labels, scores)).toBeCloseTo(won / pairs, 10);
      }),
    );
  });

  it('are what they are by hand', () => {
    const [labels, probabilities] = [
      [1, 0, 0, 1],
      [0.9, 0.2, 0.4, 0.6],
    ];
    expect(logLoss(labels, probabilities)).toBeCloseTo(-(Math.log(0.9) + Math.log(0.8) + Math.log(0.6) + Math.log(0.6)) / 4, 12);
    expect(brierScore(labels, probabilities)).toBeCloseTo((0.01 + 0.04 + 0.16 + 0.16) / 4, 12);
    expect(calibrationCurve(labels, probabilities, 2)).toEqual([
      { rows: 2, meanProbability: expect.closeTo(0.3, 10), rate: 0 },
      { rows: 2, meanProbability: 0.75, rate: 1 },
    ]);
    expect(calibrationError(labels, probabilities, 2)).toBeCloseTo(0.275, 10);
    expect(logLoss([1], [0])).toBeLessThan(35);
  });

  it('the best tenth holds all of a perfect order, and its own share of no order', () => {
    const labels = Array.from({ length: 100 }, (_, row) => Number(row < 5));
    expect(topShare(labels, labels)).toBe(1);
    expect(
      topShare(
        labels,
        labels.map(() => 1),
      ),
    ).toBeCloseTo(0.1, 12);
    expect(lift(labels, labels)).toBeCloseTo(10, 12);
  });
});

describe('calibration', () => {
  it('never falls as the score rises, and stays a probability', () => {
    fc.assert(
      fc.property(withBoth, fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 2 }), ({ scores, labels }, asked) => {
        for (const fitted of [fitIsotonic(scores, labels), fitPlatt(scores, labels)]) {
          const given = [...asked, ...scores].sort((a, b) => a - b).map((score) => calibrate(fitted, score));
          given.forEach((probability, at) => {
            expect(probability >= 0 && probability <= 1).toBe(true);
            if (at > 0) expect(probability).toBeGreaterThanOrEqual(given[at - 1]! - 1e-12);
          });
        }
      }),
    );
  });

  it('isotonic keeps the mean of the labels (pool adjacent violators)', () => {
    fc.assert(
      fc.property(withBoth, ({ scores, labels }) => {
        const fitted = fitIsotonic(scores, labels);
        const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
        expect(sum(scores.map((score) => calibrate(fitted, score)))).toBeCloseTo(sum(labels), 8);
      }),
    );
  });

  it('mends scores that are too sure', () => {
    const random = createRandom(2);
    const scores = Float64Array.from({ length: 20_000 }, () => 4 * random.normal());
    const labels = scores.map((score) => Number(random.uniform() < 1 / (1 + Math.exp(1 - score / 4))));
    const platt = fitPlatt(scores, labels);
    expect([platt.slope, platt.intercept]).toEqual([expect.closeTo(0.25, 1), expect.closeTo(-1, 1)]);
    for (const fitted of [platt, fitIsotonic(scores, labels)])
      expect(
        calibrationError(
          labels,
          scores.map((score) => calibrate(fitted, score)),
        ),
      ).toBeLessThan(0.015);
  });
});

describe('folds', () => {
  it('part the rows evenly, and each label', () => {
    const labels = Array.from({ length: 1003 }, (_, row) => Number(row % 10 === 0));
    const fold = stratifiedFolds(labels, 5, 3);
    for (let held = 0; held < 5; held++) {
      const { train, test } = foldRows(fold, held);
      expect(train.length + test.length).toBe(1003);
      expect(test.filter((row) => labels[row] === 1).length).toBeGreaterThanOrEqual(20);
      expect(Math.abs(test.length - 200.6)).toBeLessThan(2);
    }
    expect(stratifiedFolds(labels, 5, 3)).toEqual(fold);
    expect(stratifiedFolds(labels, 5, 4)).not.toEqual(fold);
  });
});
