import type { HorizonTask, LabelledMoment } from './learn-predictions';
import type { CustomerMoments, Moment, OrderColumns } from './moments';
import { PROFILE } from './snapshot';

const DAY_MS = 86_400_000;
/** What is predicted: an order within so many days of event time. */
export const HORIZONS_DAYS = [7, 30, 90] as const;
/** Moments learned from, a horizon apart. */
const MOST_TRAINING = 3;
/** Fewer customers of either outcome teach nothing that holds (the bar of Twilio's Predictions). */
const LEAST_OUTCOMES = 100;
/** Customers of a moment that are learned from: more cost minutes and change little. */
const MOST_CUSTOMERS = 50_000;

/** When a horizon's customers are looked at. */
export interface HorizonPlan {
  readonly days: number;
  readonly heldOutMs: number;
  /** Latest first, each with a horizon of history before it at least. */
  readonly trainingMs: readonly number[];
}

export interface LeftOut {
  readonly days: number;
  readonly reason: string;
}

/** The horizons that a log of this span can hold out: with a moment to measure on, one to learn from, and as much history before. */
export function planHorizons(fromMs: number, untilMs: number): { plans: HorizonPlan[]; leftOut: LeftOut[] } {
  const plans: HorizonPlan[] = [];
  const leftOut: LeftOut[] = [];
  const spanDays = (untilMs - fromMs) / DAY_MS;
  for (const days of HORIZONS_DAYS) {
    const moments = Math.min(MOST_TRAINING, Math.floor(spanDays / days) - 2);
    if (moments < 1) {
      leftOut.push({ days, reason: `the log spans ${spanDays.toFixed(1)} days, ${3 * days} are needed` });
      continue;
    }
    const heldOutMs = untilMs + 1 - days * DAY_MS; // the last event still counts
    plans.push({ days, heldOutMs, trainingMs: Array.from({ length: moments }, (_, back) => heldOutMs - (back + 1) * days * DAY_MS) });
  }
  return { plans, leftOut };
}

/** All moments of the plans, ascending. */
export function momentsOf(plans: readonly HorizonPlan[]): number[] {
  return [...new Set(plans.flatMap(({ heldOutMs, trainingMs }) => [heldOutMs, ...trainingMs]))].sort((a, b) => a - b);
}

/** Labels the plans' moments; leaves out horizons with too few customers of either outcome, or of none before a moment. */
export function toHorizonTasks(
  plans: readonly HorizonPlan[],
  { moments, orders }: CustomerMoments,
): { horizons: HorizonTask[]; leftOut: LeftOut[] } {
  const byTime = new Map(moments.map((moment) => [moment.atMs, moment]));
  const horizons: HorizonTask[] = [];
  const leftOut: LeftOut[] = [];
  for (const { days, heldOutMs, trainingMs } of plans) {
    const labelled = (atMs: number): LabelledMoment => label(thinned(byTime.get(atMs)!), orders, atMs + days * DAY_MS);
    const heldOut = labelled(heldOutMs);
    const training = trainingMs.map(labelled).filter(({ customers }) => customers.length > 0);
    const few = Math.min(fewest([heldOut]), fewest(training));
    if (few >= LEAST_OUTCOMES) horizons.push({ days, heldOut, training });
    else
      leftOut.push({ days, reason: `${few} customers of the rarer outcome, ${LEAST_OUTCOMES} are needed to learn from and to measure on` });
  }
  return { horizons, leftOut };
}

/** Every n-th customer of a moment of too many. */
function thinned({ atMs, customers, profiles }: Moment): Moment {
  const step = Math.ceil(customers.length / MOST_CUSTOMERS);
  if (step <= 1) return { atMs, customers, profiles };
  const width = PROFILE.columns.length;
  const rows = [...customers.keys()].filter((row) => customers[row]! % step === 0);
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, at) => data.set(profiles.subarray(row * width, (row + 1) * width), at * width));
  return { atMs, customers: Int32Array.from(rows, (row) => customers[row]!), profiles: data };
}

/** Days with an order, and amounts, in [moment, untilMs). */
function label({ atMs, customers, profiles }: Moment, orders: OrderColumns, untilMs: number): LabelledMoment {
  const [counts, amounts] = [new Float64Array(customers.length), new Float64Array(customers.length)];
  let at = 0;
  for (let row = 0; row < customers.length; row++) {
    const user = customers[row]!;
    while (orders.users[at]! < user) at++;
    let day = NaN;
    for (; orders.users[at] === user; at++) {
      const timeMs = orders.timesMs[at]!;
      if (timeMs < atMs || timeMs >= untilMs) continue;
      const now = Math.floor(timeMs / DAY_MS);
      if (now !== day) counts[row]!++;
      day = now;
      amounts[row]! += orders.amounts[at]!;
    }
  }
  return { atMs, customers, profiles, orders: counts, amounts };
}

/** Rows of the rarer outcome. */
function fewest(moments: readonly LabelledMoment[]): number {
  let [rows, buyers] = [0, 0];
  for (const { orders } of moments) {
    rows += orders.length;
    for (const count of orders) buyers += Number(count > 0);
  }
  return Math.min(buyers, rows - buyers);
}
