import { PROFILE } from './snapshot';
import { baselineOf } from './baseline';

const width = PROFILE.columns.length;
const place = (name: string) => PROFILE.columns.indexOf(name);

/** Customers with one order for each day that they have been idle. */
function idleFor(days: readonly number[]) {
  const profiles = new Float32Array(days.length * width);
  days.forEach((idle, row) => {
    profiles[row * width + place('idle_days')] = idle;
    profiles[row * width + place('orders_count')] = idle;
  });
  return { userKeys: days.map((_, i) => `shop:${i}`), profiles };
}

describe('baselineOf', () => {
  it('takes the shortest window with enough customers', () => {
    const days = Array.from({ length: 3_000 }, (_, i) => i / 30);
    const { windowDays, customers, columns } = baselineOf(idleFor(days), ['orders_count']);
    expect({ windowDays, customers }).toEqual({ windowDays: 90, customers: 2_700 });
    expect(columns[0]!.name).toBe('orders_count');
    expect(columns[0]!.edges).toHaveLength(9);
    expect(columns[0]!.edges.at(-1)).toBeCloseTo(81, 0);
    for (const share of columns[0]!.shares) expect(share).toBeCloseTo(0.1, 2);
  });

  it('takes all customers of a small shop', () => {
    const found = baselineOf(idleFor([1, 2, 500]), ['orders_count', 'refund_ratio']);
    expect(found).toMatchObject({ windowDays: null, customers: 3 });
    expect(found.columns.map(({ name }) => name)).toEqual(['orders_count', 'refund_ratio']);
  });
});
