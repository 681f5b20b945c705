import { fitDistribution, type Distribution } from '@tradewind/learning';
import { PROFILE, type Snapshot } from './snapshot';

/** Windows that are tried, shortest first, until one has enough customers. */
const WINDOW_DAYS = [30, 90, 365] as const;
const ENOUGH_CUSTOMERS = 1_000;

/** How the customers of a training were spread, so that serving can tell when they no longer are. */
export interface Baseline {
  /** Customers with an event in the days before the end of the data; `null`: all of them. */
  readonly windowDays: number | null;
  readonly customers: number;
  readonly columns: readonly ({ readonly name: string } & Distribution)[];
}

/** Columns as of the end of the data, of the customers that were active shortly before: what serving can compare with at any later time. */
export function baselineOf({ userKeys, profiles }: Pick<Snapshot, 'userKeys' | 'profiles'>, columns: readonly string[]): Baseline {
  const width = PROFILE.columns.length;
  const idle = PROFILE.columns.indexOf('idle_days');
  const rowsWithin = (days: number) => userKeys.flatMap((_, row) => (profiles[row * width + idle]! < days ? row : []));
  const windowDays = WINDOW_DAYS.find((days) => rowsWithin(days).length >= ENOUGH_CUSTOMERS) ?? null;
  const rows = rowsWithin(windowDays ?? Infinity);
  return {
    windowDays,
    customers: rows.length,
    columns: columns.map((name) => {
      const place = PROFILE.columns.indexOf(name);
      return { name, ...fitDistribution(rows.map((row) => profiles[row * width + place]!)) };
    }),
  };
}
