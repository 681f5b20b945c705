import { madeUpSequences } from '../../test/made-up-sequences';
import { alsScorer, fitImplicitAls, gramOf, solveRows, type AlsSettings } from './implicit-als';
import { toItemMatrix } from './sequences';

const train = madeUpSequences(120, 30, 5);
const matrix = toItemMatrix(train);
const settings: AlsSettings = {
  seed: 1,
  dimensions: 6,
  regularisation: 0.01,
  unobservedWeight: 0.2,
  frequencyExponent: 1,
  epochs: 8,
  blockSize: 3,
};

/** The objective of Rendle et al. 2022, eq. 1, over all pairs. */
function lossOf(users: Float32Array, items: Float32Array, o: AlsSettings): number {
  const d = o.dimensions;
  const counts = new Float64Array(matrix.columns);
  for (const item of matrix.indices) counts[item]!++;
  let loss = 0;
  const norm = (factors: Float32Array, row: number): number => factors.subarray(row * d, (row + 1) * d).reduce((sum, x) => sum + x * x, 0);
  for (let user = 0; user < matrix.rows; user++) {
    const own = new Set(matrix.indices.subarray(matrix.offsets[user]!, matrix.offsets[user + 1]!));
    for (let item = 0; item < matrix.columns; item++) {
      let score = 0;
      for (let i = 0; i < d; i++) score += users[user * d + i]! * items[item * d + i]!;
      loss += o.unobservedWeight * score ** 2 + (own.has(item) ? (score - 1) ** 2 : 0);
    }
    loss += o.regularisation * (own.size + o.unobservedWeight * matrix.columns) ** o.frequencyExponent * norm(users, user);
  }
  for (let item = 0; item < matrix.columns; item++)
    loss += o.regularisation * (counts[item]! + o.unobservedWeight * matrix.rows) ** o.frequencyExponent * norm(items, item);
  return loss;
}

describe('implicit ALS', () => {
  it.each([6, 3, 4])('each epoch lowers the loss, in blocks of %i', (blockSize) => {
    let before = Infinity;
    for (let epochs = 1; epochs <= 6; epochs++) {
      const { users, items } = fitImplicitAls(matrix, { ...settings, blockSize, epochs });
      const loss = lossOf(users, items, settings);
      expect(loss).toBeLessThan(before * (1 + 1e-6));
      before = loss;
    }
  });

  it('solves a row exactly: no change of a factor lowers the loss, by finite differences', () => {
    const { users, items } = fitImplicitAls(matrix, settings);
    const solved = users.slice();
    const whole = { ...settings, blockSize: settings.dimensions };
    solveRows({ matrix, own: solved, other: items, gram: gramOf(items, 6), from: 0, to: matrix.rows }, whole);
    for (const at of [0, 7, 100, 301]) {
      const slope = (lossOf(nudged(solved, at, 1e-2), items, settings) - lossOf(nudged(solved, at, -1e-2), items, settings)) / 2e-2;
      expect(Math.abs(slope)).toBeLessThan(2e-3);
    }
  });

  it('parts of a pass make the pass: rows can be shared among workers', () => {
    const { users, items } = fitImplicitAls(matrix, { ...settings, epochs: 1 });
    const [together, apart] = [users.slice(), users.slice()];
    const task = { matrix, other: items, gram: gramOf(items, 6) };
    solveRows({ ...task, own: together, from: 0, to: matrix.rows }, settings);
    solveRows({ ...task, own: apart, from: 50, to: matrix.rows }, settings);
    solveRows({ ...task, own: apart, from: 0, to: 50 }, settings);
    expect(apart).toEqual(together);
  });

  it('is the same for a seed, and folds a history in as training would', async () => {
    const [first, second] = [fitImplicitAls(matrix, settings), fitImplicitAls(matrix, settings)];
    expect(first.items).toEqual(second.items);
    const scores = new Float32Array(matrix.columns);
    await alsScorer(first, 200).score(train, Int32Array.of(4), scores);
    const own = first.users.slice();
    const whole = { ...settings, blockSize: settings.dimensions };
    solveRows({ matrix, own, other: first.items, gram: gramOf(first.items, 6), from: 4, to: 5 }, whole);
    for (let item = 0; item < matrix.columns; item++) {
      let expected = 0;
      for (let i = 0; i < 6; i++) expected += own[24 + i]! * first.items[item * 6 + i]!;
      expect(scores[item]).toBeCloseTo(expected, 4);
    }
  });
});

function nudged(values: Float32Array, at: number, by: number): Float32Array {
  const copy = values.slice();
  copy[at]! += by;
  return copy;
}
