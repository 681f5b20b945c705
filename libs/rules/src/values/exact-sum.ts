/**
 * A sum whose value does not depend on the order: exact, rounded once. Non-overlapping partial sums of increasing magnitude
 * (Shewchuk 1997, "Adaptive precision floating-point arithmetic", theorem 10 "grow expansion"), rounded like Python's `math.fsum`.
 */
export class ExactSum {
  constructor(readonly partials: number[] = []) {}

  add(value: number): void {
    const { partials } = this;
    let kept = 0;
    let high = value;
    for (let i = 0; i < partials.length; i++) {
      let small = partials[i]!;
      if (Math.abs(high) < Math.abs(small)) [high, small] = [small, high];
      const sum = high + small;
      const rest = small - (sum - high);
      if (rest !== 0) partials[kept++] = rest;
      high = sum;
    }
    partials.length = kept;
    if (high !== 0) partials.push(high);
  }

  /** The double nearest to the exact sum, ties to even; 0 for none. */
  get value(): number {
    const { partials } = this;
    let i = partials.length - 1;
    if (i < 0) return 0;
    let high = partials[i]!;
    let rest = 0;
    while (i > 0 && rest === 0) {
      const before = high;
      const next = partials[--i]!;
      high = before + next;
      rest = next - (high - before);
    }
    // Half an ulp was left: what follows decides whether it rounds away from the even neighbour.
    if (i > 0 && ((rest < 0 && partials[i - 1]! < 0) || (rest > 0 && partials[i - 1]! > 0))) {
      const twice = rest * 2;
      const rounded = high + twice;
      if (twice === rounded - high) high = rounded;
    }
    return high;
  }

  clear(): void {
    this.partials.length = 0;
  }
}
