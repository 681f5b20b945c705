import fc from 'fast-check';
import { FLOAT16_MAX, fromFloat16, toFloat16 } from './float16';

const round = (value: number): number => fromFloat16(toFloat16(Float32Array.of(value)))[0]!;

describe('float16', () => {
  it('gives every half back, NaN included', () => {
    const halves = Uint16Array.from({ length: 0x10000 }, (_, half) => half);
    const isNan = (half: number): boolean => (half & 0x7c00) === 0x7c00 && (half & 0x3ff) !== 0;
    const back = toFloat16(fromFloat16(halves));
    const wrong = halves.filter((half, index) => (isNan(half) ? !isNan(back[index]!) : back[index] !== half));
    expect(Array.from(wrong)).toEqual([]);
  });

  it('rounds to the nearest half, ties to the even one', () => {
    const finite = fromFloat16(Uint16Array.from({ length: 0x7c00 }, (_, half) => half));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7bfe }), fc.double({ min: 0, max: 1, noNaN: true }), (half, part) => {
        const [low, high] = [finite[half]!, finite[half + 1]!];
        const value = Math.fround(low + (high - low) * part);
        const middle = (low + high) / 2;
        const nearest = value < middle ? low : value > middle ? high : half % 2 === 0 ? low : high;
        expect(round(value)).toBe(nearest);
        expect(round(-value)).toBe(-nearest);
      }),
    );
  });

  it('becomes infinite beyond the largest half', () => {
    expect([round(FLOAT16_MAX), round(65_519), round(65_520), round(-Infinity)]).toEqual([FLOAT16_MAX, FLOAT16_MAX, Infinity, -Infinity]);
  });
});
