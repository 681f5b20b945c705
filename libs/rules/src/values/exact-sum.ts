/**
 * A sum whose value does not depend on the order: exact, rounded once. Whole numbers are simply added while that is exact; else it holds
 * non-overlapping partial sums of increasing magnitude (Shewchuk 1997, "Adaptive precision floating-point arithmetic", theorem 10,
 * "grow expansion"), rounded like Python's `math.fsum`.
 */
export class ExactSum {
  /** @param partials only together with `whole` = 0 */
  constructor(
    private whole = 0,
    private partials: number[] | null = null,
  ) {}

  add(value: number): void {
    const sum = this.whole + value;
    if (this.partials === null && Number.isInteger(value) && Math.abs(sum) < Number.MAX_SAFE_INTEGER) {
      this.whole = sum;
      return;
    }
    if (this.partials === null) {
      this.partials = this.whole === 0 ? [] : [this.whole];
      this.whole = 0;
    }
    grow(this.partials, value);
  }

  /** The double nearest to the exact sum, ties to even; 0 for none. */
  get value(): number {
    return this.partials === null ? this.whole : rounded(this.partials);
  }

  /** What the constructor takes. */
  get parts(): { readonly whole: number; readonly partials: readonly number[] | null } {
    return { whole: this.whole, partials: this.partials };
  }

  clear(): void {
    this.whole = 0;
    this.partials = null;
  }
}

function grow(partials: number[], value: number): void {
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

function rounded(partials: readonly number[]): number {
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
    const away = high + twice;
    if (twice === away - high) high = away;
  }
  return high;
}
