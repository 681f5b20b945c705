/** Largest finite binary16 value. */
export const FLOAT16_MAX = 65_504;

/**
 * IEEE 754 binary16 bit patterns of float32 values, rounded to nearest, ties to even. Relative error at most 2⁻¹¹ from 6.1e-5 up, absolute
 * error at most 2⁻²⁵ below; beyond 65,520 the value becomes infinite.
 */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let index = 0; index < values.length; index++) halves[index] = roundToHalf(bits[index]!);
  return halves;
}

function roundToHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 2¹⁶ and more
  // Below 2⁻¹⁴ a half is a multiple of 2⁻²⁴: shift the significand, its hidden bit included, to that unit. Below 2⁻²⁶ nothing is left.
  const exponent = magnitude >>> 23;
  if (exponent < 101) return sign;
  if (exponent < 113) return sign | roundShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
  // A carry out of the significand moves into the exponent, as it must.
  return sign | roundShift(magnitude - (112 << 23), 13);
}

/** value / 2^shift, rounded to nearest, ties to even. */
function roundShift(value: number, shift: number): number {
  const quotient = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return quotient + (rest > half || (rest === half && (quotient & 1) === 1) ? 1 : 0);
}

/** The exact value of each binary16 bit pattern. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
    return sign * (1024 + fraction) * 2 ** (exponent - 25);
  });
}
