import { minimise } from './minimise';

describe('minimise', () => {
  it("finds the bottom of Rosenbrock's valley", () => {
    const { at, value, converged } = minimise(
      ([x = 0, y = 0], gradient) => {
        gradient.set([-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)]);
        return 100 * (y - x * x) ** 2 + (1 - x) ** 2;
      },
      [-1.2, 1],
    );
    expect([at[0], at[1], value]).toEqual([expect.closeTo(1, 5), expect.closeTo(1, 5), expect.closeTo(0, 9)]);
    expect(converged).toBe(true);
  });

  it('steps back where a function ends', () => {
    const objective = ([x = 0]: Float64Array, gradient: Float64Array): number => {
      gradient[0] = 1 - 0.01 / x;
      return x <= 0 ? Infinity : x - 0.01 * Math.log(x);
    };
    expect(minimise(objective, [5]).at[0]).toBeCloseTo(0.01, 6);
    expect(() => minimise(objective, [-1])).toThrow('Infinity at the start');
  });
});
