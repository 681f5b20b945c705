import { murmur2 } from '@tradewind/contracts';
import { fitPercentiles, percentileOf, type CustomerPrediction, type Percentiles } from '@tradewind/learning';

/** Percentiles are made anew when so long has passed and something changed, milliseconds. */
const REFIT_EVERY_MS = 10_000;

/**
 * The latest predictions of the customers held here, for percentiles. Above its limit it keeps those with the lowest hashes of their keys: a
 * random share, the same ones at any time.
 */
export class Standings {
  private readonly values = new Map<string, Float64Array>();
  private percentiles: { readonly madeAtMs: number; readonly byName: Map<string, Percentiles> } | null = null;
  private isChanged = false;
  /** Of the hash's 32 bits: who is at or above it is not kept. */
  private below = 2 ** 32;

  constructor(
    /** Names of the numbers, e.g. `purchase_30d`. */
    private readonly names: readonly string[],
    private readonly limit: number,
  ) {}

  get size(): number {
    return this.values.size;
  }

  /** Whether the customer is, or would be, among those kept. */
  keeps(userKey: string): boolean {
    return hashOf(userKey) < this.below;
  }

  set(userKey: string, prediction: CustomerPrediction): void {
    if (!this.keeps(userKey)) return;
    this.values.set(userKey, numbersOf(prediction));
    this.isChanged = true;
    while (this.values.size > this.limit) this.halve();
  }

  delete(userKey: string): void {
    if (this.values.delete(userKey)) this.isChanged = true;
  }

  /** Share of customers with a lower number, equal ones half, 0–1; null while nobody stands here. */
  percentile(name: string, value: number, nowMs: number): number | null {
    const percentiles = this.of(name, nowMs);
    return percentiles && percentileOf(percentiles, value);
  }

  /** The number that this share of customers is below; null while nobody stands here. @param share 0–1 */
  quantile(name: string, share: number, nowMs: number): number | null {
    const percentiles = this.of(name, nowMs);
    return percentiles && percentiles.quantiles[Math.round(share * (percentiles.quantiles.length - 1))]!;
  }

  private of(name: string, nowMs: number): Percentiles | null {
    if (this.values.size === 0) return null;
    const isOld = this.percentiles === null || (this.isChanged && Math.abs(nowMs - this.percentiles.madeAtMs) >= REFIT_EVERY_MS);
    if (isOld) {
      this.percentiles = { madeAtMs: nowMs, byName: new Map() };
      this.isChanged = false;
    }
    const { byName } = this.percentiles!;
    let made = byName.get(name);
    if (made === undefined) {
      const at = this.names.indexOf(name);
      byName.set(name, (made = fitPercentiles(Float64Array.from(this.values.values(), (values) => values[at]!))));
    }
    return made;
  }

  private halve(): void {
    this.below /= 2;
    for (const userKey of this.values.keys()) if (!this.keeps(userKey)) this.values.delete(userKey);
  }
}

/** Names of a prediction's numbers, in the order of `Standings`. */
export function namesOf(horizonsDays: readonly number[]): string[] {
  return horizonsDays.flatMap((days) => [`purchase_${days}d`, `orders_${days}d`, `value_${days}d`]);
}

function numbersOf({ horizons }: CustomerPrediction): Float64Array {
  return Float64Array.from(horizons.flatMap(({ probability, orders, value }) => [probability, orders, value ?? 0]));
}

function hashOf(userKey: string): number {
  return murmur2(Buffer.from(`standing:${userKey}`)) >>> 0;
}
