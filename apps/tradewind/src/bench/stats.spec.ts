import { median, percentile, round } from './stats';

describe('stats', () => {
  it('takes the middle value, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
  });

  it('takes the smallest value that enough values do not exceed', () => {
    const values = Array.from({ length: 200 }, (_, i) => 200 - i);
    expect([50, 99, 100].map((percent) => percentile(values, percent))).toEqual([100, 198, 200]);
    expect(percentile([7], 1)).toBe(7);
    expect(percentile([], 99)).toBe(0);
  });

  it('rounds to digits', () => {
    expect([round(1.2345, 2), round(1.6)]).toEqual([1.23, 2]);
  });
});
