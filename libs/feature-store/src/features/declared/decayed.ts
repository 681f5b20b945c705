import { declare, type ProfileFeature, type ProfileOptions } from './profile-feature';
import { fadingOf } from './fading';
import { timeOf, toPredicate } from './selector';

export interface DecayedOptions extends ProfileOptions {
  /** Days after which a point is worth half. */
  readonly halfLifeDays: number;
  /** By event name. @default 1 */
  readonly points?: Readonly<Record<string, number>>;
}

export interface Decayed {
  landmark: number;
  sum: number;
}

/** Points that halve with event time, `<name>_points`. A late event counts what is left of it; the order of events changes rounding only. */
export function decayed(options: DecayedOptions): ProfileFeature<Decayed> {
  const { name, on, halfLifeDays, points = {} } = options;
  const isSelected = toPredicate(on);
  const fading = fadingOf(halfLifeDays);
  return declare('decayed.1', options, {
    concerns: isSelected,
    maxBytes: 18,
    initial: () => ({ landmark: 0, sum: 0 }),
    apply(state, event) {
      if (!isSelected(event)) return;
      const atMs = timeOf(event);
      const landmark = fading.landmarkOf(atMs);
      if (landmark > state.landmark) {
        state.sum *= fading.move(state.landmark, landmark);
        state.landmark = landmark;
      }
      state.sum += (points[event.name] ?? 1) * fading.weightAt(atMs, state.landmark);
    },
    encode(state, writer) {
      writer.number(state.landmark);
      writer.number(state.sum);
    },
    decode: (reader) => ({ landmark: reader.number(), sum: reader.number() }),
    columns: [{ name: `${name}_points`, read: ({ sum, landmark }, asOfMs) => (sum === 0 ? 0 : sum / fading.weightAt(asOfMs, landmark)) }],
  });
}
