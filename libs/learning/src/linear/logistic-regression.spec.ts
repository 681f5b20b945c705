import { madeUpTable } from '../../test/made-up-table';
import { expectGradient } from '../../test/finite-differences';
import { createFeatureTable, tableRow } from '../boosting/feature-table';
import { designMatrix, fitDesign } from './design';
import { explainLogistic, fitLogistic, penalisedLogLoss, scoreLogistic } from './logistic-regression';

const { table, labels } = madeUpTable(400, 3);
const model = fitLogistic(table, labels);

describe('fitLogistic', () => {
  it('stands where the penalised loss is flat, and has its gradient', () => {
    const design = fitDesign(table);
    const width = design.terms.length;
    const offsets = Float64Array.from(labels, (_, row) => (row % 7) / 7);
    const problem = { matrix: designMatrix(design, table), width, labels, l2: 1, weights: undefined, offsets: undefined };
    const gradient = new Float64Array(width + 1);
    penalisedLogLoss(problem, Float64Array.of(...model.weights, model.intercept), gradient);
    gradient.forEach((slope) => expect(Math.abs(slope)).toBeLessThan(1e-3));
    const other = { ...problem, offsets, weights: Float64Array.from(labels, (_, row) => 1 + (row % 3)) };
    expectGradient(
      (at, into) => penalisedLogLoss(other, at, into),
      Float64Array.from({ length: width + 1 }, (_, t) => Math.sin(t)),
    );
  });

  it('sums its parts to the score, with gaps and categories', () => {
    const scores = scoreLogistic(model, table);
    scores.forEach((score, row) => {
      const { expected, contributions } = explainLogistic(model, tableRow(table, row));
      expect(contributions.reduce((sum, part) => sum + part, expected)).toBeCloseTo(score, 10);
    });
  });

  it('fits labels that one column tells apart without running away', () => {
    const x = Float32Array.from({ length: 200 }, (_, row) => row - 100);
    const apart = fitLogistic(
      createFeatureTable([{ name: 'x', values: x }]),
      x.map((value) => Number(value >= 0)),
    );
    expect(apart.weights.every(Number.isFinite)).toBe(true);
    const constant = fitLogistic(
      createFeatureTable([{ name: 'x', values: x.map(() => 1) }]),
      x.map((value) => Number(value >= 0)),
    );
    expect(constant.weights).toEqual([]);
    expect(constant.intercept).toBeCloseTo(0, 6);
  });
});
