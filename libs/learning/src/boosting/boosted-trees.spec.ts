import { madeUpTable } from '../../test/made-up-table';
import { areaUnderRoc, calibrationError, logLoss } from '../calibration/metrics';
import { fitLogistic, scoreLogistic } from '../linear/logistic-regression';
import { fitBoostedTrees, scoreRow, scoreTable, sigmoid } from './boosted-trees';
import { createFeatureTable, pickTableRows, tableRow } from './feature-table';

const { table, labels, logOdds } = madeUpTable(6000, 5);
const half = Int32Array.from({ length: 3000 }, (_, row) => row);
const other = half.map((row) => row + 3000);
const [train, test] = [pickTableRows(table, half), pickTableRows(table, other)];
const trainLabels = labels.slice(0, 3000);
const testLabels = labels.slice(3000);
const fit = (options = {}) => fitBoostedTrees(train, trainLabels, { loss: 'log', seed: 1, ...options });

describe('boosted trees', () => {
  it('come near the true probabilities, where a linear model cannot, and are calibrated', () => {
    const probabilities = scoreTable(fit(), test).map(sigmoid);
    const truth = logOdds.slice(3000).map(sigmoid);
    const linear = scoreLogistic(fitLogistic(train, trainLabels), test).map(sigmoid);
    expect(areaUnderRoc(testLabels, probabilities)).toBeGreaterThan(areaUnderRoc(testLabels, truth) - 0.02);
    expect(logLoss(testLabels, probabilities)).toBeLessThan(logLoss(testLabels, truth) + 0.03);
    expect(logLoss(testLabels, probabilities)).toBeLessThan(logLoss(testLabels, linear) - 0.02);
    expect(calibrationError(testLabels, probabilities)).toBeLessThan(0.06);
  });

  it('score a row as they score a table, and rows in any order alike', () => {
    const model = fit({ maxTrees: 40 });
    const scores = scoreTable(model, test);
    for (const row of [0, 7, 2999]) expect(scoreRow(model, tableRow(test, row))).toBeCloseTo(scores[row]!, 12);
    const order = half.toReversed();
    const turned = scoreTable(model, pickTableRows(test, order));
    expect(Array.from(turned)).toEqual(Array.from(order, (row) => scores[row]));
  });

  it('are the same for the same seed, as JSON too, and the same trees for rows in another order', () => {
    const model = fit({ maxTrees: 20 });
    expect(fit({ maxTrees: 20 })).toEqual(model);
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
    const order = half.toReversed();
    const options = { loss: 'log', seed: 1, validationShare: 0, maxTrees: 10 } as const;
    const straight = scoreTable(fitBoostedTrees(train, trainLabels, options), test);
    const turned = scoreTable(
      fitBoostedTrees(
        pickTableRows(train, order),
        Float64Array.from(order, (row) => trainLabels[row]!),
        options,
      ),
      test,
    );
    straight.forEach((score, row) => expect(turned[row]).toBeCloseTo(score, 5));
  });

  it('stop before they learn noise', () => {
    const noise = Float64Array.from(trainLabels, (_, row) => Number((row * 7919) % 13 < 4));
    expect(fitBoostedTrees(train, noise, { loss: 'log', seed: 1 }).trees.length).toBeLessThan(25);
  });

  it('learn numbers, and what is left over beside offsets and under weights', () => {
    const offsets = Float64Array.from(train.columns[0]!.values, (x) => 3 * x);
    const targets = offsets.map((offset, row) => offset + (train.columns[3]!.values[row]! > 2 ? 5 : 1));
    const model = fitBoostedTrees(train, targets, { loss: 'squared', seed: 1, offsets, learningRate: 0.3 });
    scoreTable(model, train).forEach((score, row) => expect(score + offsets[row]!).toBeCloseTo(targets[row]!, 1));
    const weights = trainLabels.map((label) => (label === 1 ? 1e6 : 1));
    expect(sigmoid(fit({ weights, maxTrees: 0, validationShare: 0 }).baseline)).toBeGreaterThan(0.99);
  });

  it('hold the rows of a group together', () => {
    // Each label is told by the row's group alone: by rows the trees would trust a memory of groups, by groups they see that it is none.
    const groups = Int32Array.from({ length: 3000 }, (_, row) => row >> 2);
    const own = createFeatureTable([{ name: 'group', values: Float32Array.from(groups) }]);
    const told = Float64Array.from(groups, (group) => Number((group * 7919) % 17 < 8));
    const shape = { loss: 'log', seed: 3, minRowsPerLeaf: 2, learningRate: 0.3 } as const;
    const [together, apart] = [fitBoostedTrees(own, told, { ...shape, groups }), fitBoostedTrees(own, told, shape)];
    expect(together.trees.length).toBeLessThan(apart.trees.length / 2);
  });

  it.each([
    [
      'labels that are none',
      () =>
        fitBoostedTrees(
          train,
          trainLabels.map((label) => label + 1),
          { loss: 'log', seed: 1 },
        ),
      'does not fit the log loss',
    ],
    ['too few labels', () => fitBoostedTrees(train, [1, 0], { loss: 'log', seed: 1 }), '3000 rows with 2 targets'],
    ['no rows', () => fitBoostedTrees(pickTableRows(train, []), [], { loss: 'log', seed: 1 }), 'at least one row'],
    [
      'a code out of range',
      () => createFeatureTable([{ name: 'c', values: Float32Array.of(3), categories: ['a', 'b', 'c'] }]),
      'column c, row 0 is 3',
    ],
    ['columns of another table', () => scoreTable(fit({ maxTrees: 1 }), { rows: 1, columns: train.columns.slice(1) }), 'takes 4 columns'],
  ])('refuse %s', (_, work, message) => expect(work).toThrow(message));
});
