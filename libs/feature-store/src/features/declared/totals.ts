import { declare, type ProfileFeature, type ProfileOptions } from './profile-feature';
import { timeOf, toNumberReader, toPredicate, type NumberField } from './selector';
import { BucketPlan, type TimeBuckets, type Window } from './time-buckets';

export interface TotalsOptions extends ProfileOptions {
  /** What is summed up beside the count. */
  readonly of?: NumberField;
  /** Sliding windows beside all time. @default none */
  readonly windows?: readonly Window[];
}

export interface Totals {
  count: number;
  sum: number;
  readonly recent: TimeBuckets;
}

const UNITS: Readonly<Record<string, string>> = { valueMinor: 'minor', units: 'units', lines: 'lines' };

/**
 * How often, and with `of` how much, over all time and in sliding windows: `<name>_count`, `<name>_count_7d`, `<name>_minor` … Counts, and sums of
 * integers below 2^53, do not depend on the order of events; windows are those of `BucketPlan`, up to 1/24 of their length too long.
 */
export function totals(options: TotalsOptions): ProfileFeature<Totals> {
  const { name, on, of, windows = [] } = options;
  const plan = new BucketPlan(windows, of !== undefined);
  const isSelected = toPredicate(on);
  const valueOf = of === undefined ? () => 0 : toNumberReader(of);
  const sumName = of === undefined ? null : `${name}_${UNITS[of] ?? 'sum'}`;
  const inWindow = (window: Window, which: 'count' | 'sum') => (state: Totals, asOfMs: number) =>
    plan.read(state.recent, window, asOfMs)[which];
  return declare('totals.1', options, {
    concerns: isSelected,
    maxBytes: 18 + plan.maxBytes,
    initial: () => ({ count: 0, sum: 0, recent: plan.initial() }),
    apply(state, event) {
      if (!isSelected(event)) return;
      const value = valueOf(event);
      state.count++;
      state.sum += value;
      plan.add(state.recent, timeOf(event), value);
    },
    encode(state, writer) {
      writer.varint(state.count);
      writer.number(state.sum);
      plan.encode(state.recent, writer);
    },
    decode: (reader) => ({ count: reader.varint(), sum: reader.number(), recent: plan.decode(reader) }),
    columns: [
      { name: `${name}_count`, read: (state) => state.count },
      ...windows.map((window) => ({ name: `${name}_count_${window}`, read: inWindow(window, 'count') })),
      ...(sumName === null ? [] : [{ name: sumName, read: (state: Totals) => state.sum }]),
      ...(sumName === null ? [] : windows.map((window) => ({ name: `${sumName}_${window}`, read: inWindow(window, 'sum') }))),
    ],
  });
}
