import fc from 'fast-check';
import { createRandom } from './random';

describe('createRandom', () => {
  it('repeats itself for a seed and differs between seeds', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (seed, other) => {
        const draw = (from: number) => {
          const random = createRandom(from);
          return [random.uniform(), random.normal(), random.integer(1000), ...random.choice(50, 5), ...random.shuffle([1, 2, 3, 4])];
        };
        expect(draw(seed)).toEqual(draw(seed));
        if (seed !== other) expect(draw(seed)).not.toEqual(draw(other));
      }),
    );
  });

  it('draws uniforms and normals with the moments of their distributions', () => {
    const random = createRandom(1);
    const draws = 200_000;
    const [uniform, normal] = [moments(draws, random.uniform), moments(draws, random.normal)];
    expect(uniform.mean).toBeCloseTo(0.5, 2);
    expect(uniform.variance).toBeCloseTo(1 / 12, 2);
    expect(Math.abs(normal.mean)).toBeLessThan(0.01);
    expect(Math.abs(normal.variance - 1)).toBeLessThan(0.02);
  });

  it('shuffles to a permutation, every place equally likely', () => {
    const random = createRandom(3);
    const counts = new Map<string, number>();
    for (let round = 0; round < 6000; round++) {
      const order = random.shuffle([0, 1, 2]).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it('chooses different numbers within bounds, and refuses more than there are', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 60 }), fc.nat(60), (seed, below, count) => {
        const random = createRandom(seed);
        if (count > below) return expect(() => random.choice(below, count)).toThrow(RangeError);
        const chosen = random.choice(below, count);
        expect(new Set(chosen).size).toBe(count);
        expect(chosen.every((value) => value >= 0 && value < below)).toBe(true);
      }),
    );
  });
});

function moments(draws: number, draw: () => number): { mean: number; variance: number } {
  const values = Float64Array.from({ length: draws }, draw);
  const mean = values.reduce((a, b) => a + b) / draws;
  return { mean, variance: values.reduce((a, b) => a + (b - mean) ** 2, 0) / draws };
}
