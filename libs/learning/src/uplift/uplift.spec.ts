import { createFeatureTable, pickTableRows } from '../boosting/feature-table';
import { scoreTable } from '../boosting/boosted-trees';
import { createRandom } from '../random';
import { compareUplift, upliftByPart } from './qini';
import { fitUplift } from './uplift-model';

/** Half treated by lot; the treatment moves the third with x above 1/3, and y tells only who acts anyway. */
function experiment(rows: number) {
  const random = createRandom(6);
  const [x, y] = [new Float32Array(rows), new Float32Array(rows)];
  const [treated, outcomes] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row++) {
    x[row] = 2 * random.uniform() - 1;
    y[row] = random.uniform();
    treated[row] = Number(random.uniform() < 0.5);
    outcomes[row] = Number(random.uniform() < 0.1 + 0.3 * y[row]! + (x[row]! > 1 / 3 ? 0.2 * treated[row]! : 0));
  }
  const table = createFeatureTable([
    { name: 'x', values: x },
    { name: 'y', values: y },
  ]);
  return { table, rows: { treated, outcomes }, x, y };
}

describe('uplift', () => {
  const { table, rows, x, y } = experiment(12_000);
  const half = Int32Array.from({ length: 6000 }, (_, row) => row);
  const [train, test] = [half, half.map((row) => row + 6000)];
  const pick = (values: Float64Array, from: Int32Array) => Float64Array.from(from, (row) => values[row]!);
  const held = { treated: pick(rows.treated, test), outcomes: pick(rows.outcomes, test) };
  const model = fitUplift(
    pickTableRows(table, train),
    { treated: pick(rows.treated, train), outcomes: pick(rows.outcomes, train) },
    { seed: 1 },
  );
  const scores = scoreTable(model, pickTableRows(table, test));

  it('finds whom the treatment moves, not who acts anyway', () => {
    const { reports, differences } = compareUplift(
      held,
      { uplift: scores, propensity: Float64Array.from(test, (row) => y[row]!) },
      { seed: 1, resamples: 200 },
    );
    expect(reports.uplift.qini.low).toBeGreaterThan(0);
    expect(differences.propensity!.low).toBeGreaterThan(0);
    const { parts } = upliftByPart(held, scores, 3);
    expect(parts).toEqual([expect.closeTo(0.2, 0), expect.closeTo(0, 0), expect.closeTo(0, 0)]);
    expect(parts[0]! - parts[2]!).toBeGreaterThan(0.1);
  });

  it('has Qini 0 for one score of all, 1 for the perfect order, and the interval of a seed', () => {
    const perfect = held.outcomes.map((outcome, row) => outcome * (2 * held.treated[row]! - 1));
    const scorings = { same: new Float64Array(6000), perfect, truth: Float64Array.from(test, (row) => Number(x[row]! > 1 / 3)) };
    const report = compareUplift(held, scorings, { seed: 2, resamples: 100 });
    expect(report.reports.same.qini.value).toBeCloseTo(0, 12);
    expect(report.reports.perfect.qini).toEqual({ value: 1, low: 1, high: 1 });
    expect(report.reports.truth.qini.value).toBeGreaterThan(report.reports.truth.qini.low);
    expect(compareUplift(held, scorings, { seed: 2, resamples: 100 })).toEqual(report);
  });

  it('refuses an experiment without a control group', () => {
    expect(() => fitUplift(table, { outcomes: rows.outcomes, treated: rows.treated.map(() => 1) }, { seed: 1 })).toThrow(
      'no one to compare with',
    );
  });
});
