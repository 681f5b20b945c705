import type { LineItem } from '@tradewind/contracts';

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

/** Days from one moment to another, never negative: a late event does not make a customer younger. */
export function daysBetween(fromMs: number, untilMs: number): number {
  return Math.max(0, untilMs - fromMs) / DAY_MS;
}

export function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

/** Units of a line; 0 when the client sent nonsense. */
export function unitsOf(item: LineItem): number {
  return Number.isFinite(item.quantity) && item.quantity > 0 ? item.quantity : 0;
}
