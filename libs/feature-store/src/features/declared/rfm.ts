import { declare, type ProfileFeature, type ProfileOptions } from './profile-feature';
import { daysBetween } from '../units';
import { timeOf, toPredicate } from './selector';
import { BucketPlan, type TimeBuckets } from './time-buckets';

const WINDOW = '365d';

export interface RfmOptions extends ProfileOptions {
  /** Days since the last order up to which the score is 5, 4, 3, 2; ascending. */
  readonly recencyDays: readonly [number, number, number, number];
  /** Orders of a year from which the score is 2, 3, 4, 5; ascending. */
  readonly orders: readonly [number, number, number, number];
  /** Value of a year's orders from which the score is 2, 3, 4, 5, minor units; ascending. */
  readonly valueMinor: readonly [number, number, number, number];
}

export interface Rfm {
  /** −1 before any order. */
  lastAtMs: number;
  readonly year: TimeBuckets;
}

/**
 * Recency, frequency and money of the last 365 days (up to 15 days more, see `BucketPlan`) as scores from 1 to 5 by declared bounds, 0 for who never bought:
 * `<name>_recency_score` …, and the group that follows, `<name>_group`. Does not depend on the order of events.
 */
export function rfm(options: RfmOptions): ProfileFeature<Rfm> {
  const { name, on, recencyDays, orders, valueMinor } = options;
  const plan = new BucketPlan([WINDOW], true);
  const isSelected = toPredicate(on);

  function scores(state: Rfm, asOfMs: number): { recency: number; frequency: number; monetary: number } {
    if (state.lastAtMs < 0) return { recency: 0, frequency: 0, monetary: 0 };
    const { count, sum } = plan.read(state.year, WINDOW, asOfMs);
    const days = daysBetween(state.lastAtMs, asOfMs);
    return {
      recency: 1 + recencyDays.filter((bound) => days <= bound).length,
      frequency: 1 + orders.filter((bound) => count >= bound).length,
      monetary: 1 + valueMinor.filter((bound) => sum >= bound).length,
    };
  }

  const columns = (['recency', 'frequency', 'monetary'] as const).map((which) => ({
    name: `${name}_${which}_score`,
    read: (state: Rfm, asOfMs: number) => scores(state, asOfMs)[which],
  }));
  return declare('rfm.1', options, {
    concerns: isSelected,
    maxBytes: 9 + plan.maxBytes,
    initial: () => ({ lastAtMs: -1, year: plan.initial() }),
    apply(state, event) {
      if (!isSelected(event)) return;
      const atMs = timeOf(event);
      state.lastAtMs = Math.max(state.lastAtMs, atMs);
      plan.add(state.year, atMs, event.valueMinor);
    },
    encode(state, writer) {
      writer.number(state.lastAtMs + 1);
      plan.encode(state.year, writer);
    },
    decode: (reader) => ({ lastAtMs: reader.number() - 1, year: plan.decode(reader) }),
    columns,
    show(state, asOfMs) {
      const found = scores(state, asOfMs);
      const shown = Object.fromEntries(Object.entries(found).map(([which, score]) => [`${name}_${which}_score`, score]));
      return { ...shown, [`${name}_group`]: groupOf(found) };
    },
  });
}

/** The six groups that marketers know from RFM; `null` for who never bought. */
function groupOf({ recency, frequency, monetary }: { recency: number; frequency: number; monetary: number }): string | null {
  if (recency === 0) return null;
  const worth = (frequency + monetary) / 2;
  if (recency >= 4 && worth >= 4) return 'Champions';
  if (recency >= 3 && worth >= 3) return 'Loyal';
  if (recency >= 4) return 'Recent';
  if (recency === 3) return 'Needs attention';
  return worth >= 3 ? 'At risk' : 'Inactive';
}
