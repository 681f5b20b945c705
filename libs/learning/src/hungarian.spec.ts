import fc from 'fast-check';
import { minimumCostAssignment } from './hungarian';

const problem = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
  .chain(([rows, columns]) =>
    fc
      .array(fc.integer({ min: -20, max: 20 }), { minLength: rows * columns, maxLength: rows * columns })
      .map((cost) => ({ rows, columns, cost: Float64Array.from(cost) })),
  );

describe('minimumCostAssignment', () => {
  it('is as cheap as the best of all assignments', () => {
    fc.assert(
      fc.property(problem, ({ rows, columns, cost }) => {
        const assigned = minimumCostAssignment(cost, rows, columns);
        const used = [...assigned].filter((column) => column >= 0);
        expect(new Set(used).size).toBe(Math.min(rows, columns));
        expect(used).toHaveLength(Math.min(rows, columns));
        const total = assigned.reduce((sum, column, row) => sum + (column < 0 ? 0 : cost[row * columns + column]!), 0);
        expect(total).toBe(cheapest(cost, rows, columns));
      }),
    );
  });

  it('refuses costs of another shape', () => {
    expect(() => minimumCostAssignment(new Float64Array(3), 2, 2)).toThrow(RangeError);
  });
});

/** Tries everything: each row takes any free column, or none while more rows than columns are left. */
function cheapest(cost: Float64Array, rows: number, columns: number, row = 0, used = 0, skips = Math.max(0, rows - columns)): number {
  if (row === rows) return 0;
  let least = skips > 0 ? cheapest(cost, rows, columns, row + 1, used, skips - 1) : Infinity;
  for (let column = 0; column < columns; column++) {
    if (used & (1 << column)) continue;
    least = Math.min(least, cost[row * columns + column]! + cheapest(cost, rows, columns, row + 1, used | (1 << column), skips));
  }
  return least;
}
