import { madeUpSequences } from '../../test/made-up-sequences';
import { fitEase } from '../ease';
import { createRandom } from '../random';
import { fitLinear } from './linear-sequences';
import { invertByHalves, PLAIN_PRODUCTS, type Floats } from './matrix-products';
import { sequencesFrom, toItemMatrix } from './sequences';

describe('invertByHalves', () => {
  it.each([1, 2, 639, 641])('gives the inverse of %i rows, of both precisions', async (n) => {
    const random = createRandom(n);
    const factor = Float64Array.from({ length: n * 8 }, random.normal);
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) for (let k = 0; k < 8; k++) a[i * n + j]! += factor[i * 8 + k]! * factor[j * 8 + k]!;
    for (let i = 0; i < n; i++) a[i * n + i]! += 3;
    const errorOf = (inverse: Floats): number => {
      let worst = 0;
      for (const i of [0, n >> 1, n - 1]) {
        for (let j = 0; j < n; j++) {
          let sum = i === j ? -1 : 0;
          for (let k = 0; k < n; k++) sum += inverse[i * n + k]! * a[k * n + j]!;
          worst = Math.max(worst, Math.abs(sum));
        }
      }
      return worst;
    };
    const [wide, narrow] = [a.slice(), Float32Array.from(a)];
    const heard: number[] = [];
    await invertByHalves(wide, n, PLAIN_PRODUCTS, (fraction) => heard.push(fraction));
    await invertByHalves(narrow, n, PLAIN_PRODUCTS);
    expect(errorOf(wide)).toBeLessThan(1e-9);
    expect(errorOf(narrow)).toBeLessThan(1e-3);
    expect(heard.at(-1)).toBe(1);
  });
});

describe('fitLinear', () => {
  const train = madeUpSequences(300, 25, 3);

  it('is EASE where nothing but togetherness counts', async () => {
    const expected = fitEase(toItemMatrix(train), { lambda: 7 }).data;
    const { data } = await fitLinear(train, { lambda: 7 });
    data.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 5));
  });

  it('with dropout solves its own normal equations', async () => {
    const n = train.itemCount;
    const { data } = await fitLinear(train, { lambda: 5, dropout: 0.4 });
    const gram = denseGram(train.itemCount, toItemMatrix(train));
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++) {
        if (i === j) continue;
        let sum = -gram[i * n + j]!;
        for (let k = 0; k < n; k++) sum += (gram[i * n + k]! + (i === k ? 5 + (0.4 / 0.6) * gram[i * n + i]! : 0)) * data[k * n + j]!;
        expect(Math.abs(sum)).toBeLessThan(1e-3);
      }
    }
  });

  it('with order is the least squares of what comes later, computed moment by moment', async () => {
    const [lambda, fadeSteps, together] = [2, 0.5, 0.3];
    const { data } = await fitLinear(train, { lambda, fadeSteps, together, selfLimit: Infinity });
    const n = train.itemCount;
    const left = denseGram(n, toItemMatrix(train)).map((value) => together * value);
    const right = left.slice();
    for (let i = 0; i < n; i++) left[i * n + i]! += lambda;
    for (let s = 0; s + 1 < train.offsets.length; s++) {
      const own = train.items.subarray(train.offsets[s]!, train.offsets[s + 1]!);
      for (let t = 0; t + 1 < own.length; t++) {
        const [past, future] = [new Float64Array(n), new Float64Array(n)];
        for (let at = 0; at < own.length; at++) {
          const distance = at <= t ? t - at : at - t - 1;
          if (distance < 2) (at <= t ? past : future)[own[at]!]! += Math.exp(-distance / fadeSteps);
        }
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            left[i * n + j]! += (1 - together) * past[i]! * past[j]!;
            right[i * n + j]! += (1 - together) * past[i]! * future[j]!;
          }
        }
      }
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = -right[i * n + j]!;
        for (let k = 0; k < n; k++) sum += left[i * n + k]! * data[k * n + j]!;
        expect(Math.abs(sum)).toBeLessThan(2e-3);
      }
    }
  });

  it('bounds what an item says for itself', async () => {
    const repeats = sequencesFrom([[0, 0, 0, 1], [0, 0, 1, 1], [1, 1, 1]], 2); // prettier-ignore
    const own = async (selfLimit: number): Promise<number> => (await fitLinear(repeats, { lambda: 1, together: 0.1, selfLimit })).data[0]!;
    expect(await own(Infinity)).toBeGreaterThan(0.3);
    expect(await own(0.1)).toBeCloseTo(0.1, 5);
    expect(await own(0)).toBeLessThanOrEqual(0);
  });

  it('refuses settings out of range', async () => {
    await expect(fitLinear(train, { lambda: 0 })).rejects.toThrow('lambda');
    await expect(fitLinear(train, { dropout: 1 })).rejects.toThrow('dropout');
    await expect(fitLinear(train, { together: 2 })).rejects.toThrow('together');
  });
});

function denseGram(n: number, { rows, offsets, indices }: ReturnType<typeof toItemMatrix>): Float64Array {
  const gram = new Float64Array(n * n);
  for (let row = 0; row < rows; row++) {
    const own = indices.subarray(offsets[row]!, offsets[row + 1]!);
    for (const i of own) for (const j of own) gram[i * n + j]!++;
  }
  return gram;
}
