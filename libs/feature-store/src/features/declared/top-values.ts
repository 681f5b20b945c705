import { declare, type ProfileFeature, type ProfileOptions } from './profile-feature';
import { fadingOf, type Fading } from './fading';
import { TEXT_BYTES, timeOf, toPredicate, toTextReader, type TextField } from './selector';

const SHOWN = 5;
const CAPACITY_DEFAULT = 8;

export interface TopValuesOptions extends ProfileOptions {
  readonly of: TextField;
  /** Values kept. @default 8 */
  readonly capacity?: number;
  /** Days after which an event counts half: affinities. Without it: frequencies of all time. */
  readonly halfLifeDays?: number;
  /** What an event counts, by its name; above 0. @default 1 */
  readonly points?: Readonly<Record<string, number>>;
}

export interface TopValues {
  landmark: number;
  /** Of all values, also those not kept. */
  total: number;
  readonly entries: { value: string; weight: number }[];
}

/**
 * The most frequent values, or with a half-life those that the user inclines to: `<name>_top` (of equals the first by UTF-16 units), its share of all
 * `<name>_top_ratio`, and the five strongest. Space-saving (Metwally, Agrawal & El Abbadi 2005) with weights: up to `capacity` different values
 * everything is exact and the order of events does not matter; beyond, it does, a weight is at most total / capacity too high and never too low, and every
 * value with a larger share than 1 / capacity is kept.
 */
export function topValues(options: TopValuesOptions): ProfileFeature<TopValues> {
  const { name, on, of, capacity = CAPACITY_DEFAULT, halfLifeDays, points = {} } = options;
  const isSelected = toPredicate(on);
  const valuesOf = toTextReader(of);
  const fading = fadingOf(halfLifeDays);
  return declare('top.1', options, {
    concerns: isSelected,
    maxBytes: 20 + capacity * (TEXT_BYTES + 9),
    initial: (): TopValues => ({ landmark: 0, total: 0, entries: [] }),
    apply(state, event) {
      if (!isSelected(event)) return;
      const values = valuesOf(event);
      if (values.length === 0) return;
      const atMs = timeOf(event);
      fade(state, fading, fading.landmarkOf(atMs));
      const weight = (points[event.name] ?? 1) * fading.weightAt(atMs, state.landmark);
      for (const value of values) count(state, value, weight, capacity);
    },
    encode(state, writer) {
      writer.number(state.landmark);
      writer.number(state.total);
      writer.varint(state.entries.length);
      for (const { value, weight } of ranked(state)) {
        writer.text(value);
        writer.number(weight);
      }
    },
    decode(reader) {
      const [landmark, total] = [reader.number(), reader.number()];
      const entries = Array.from({ length: reader.varint() }, () => ({ value: reader.text(), weight: reader.number() }));
      return { landmark, total, entries };
    },
    columns: [{ name: `${name}_top_ratio`, read: (state) => shareOf(ranked(state)[0]?.weight ?? 0, state) }],
    show(state) {
      const strongest = ranked(state).slice(0, SHOWN);
      const shares = strongest.map(({ value, weight }) => ({ value, shareRatio: shareOf(weight, state) }));
      return { [`${name}_top`]: shares[0]?.value ?? null, [`${name}_top_ratio`]: shares[0]?.shareRatio ?? 0, [name]: shares };
    },
  });
}

function fade(state: TopValues, fading: Fading, landmark: number): void {
  if (landmark <= state.landmark) return;
  const factor = fading.move(state.landmark, landmark);
  state.landmark = landmark;
  state.total *= factor;
  for (const entry of state.entries) entry.weight *= factor;
}

function count(state: TopValues, value: string, weight: number, capacity: number): void {
  const { entries } = state;
  state.total += weight;
  for (const entry of entries) {
    if (entry.value !== value) continue;
    entry.weight += weight;
    return;
  }
  if (entries.length < capacity) entries.push({ value, weight });
  else {
    const weakest = entries.reduce((least, entry) => (isBefore(least, entry) ? entry : least));
    weakest.value = value;
    weakest.weight += weight;
  }
}

/** The strongest first. Sorts them where they are, as their order means nothing: mostly they are in it already. */
function ranked({ entries }: TopValues): TopValues['entries'] {
  for (let i = 1; i < entries.length; i++) {
    const entry = entries[i]!;
    let at = i;
    for (; at > 0 && isBefore(entry, entries[at - 1]!); at--) entries[at] = entries[at - 1]!;
    entries[at] = entry;
  }
  return entries;
}

/** Stronger, or as strong and first by its text; values differ. */
function isBefore(a: TopValues['entries'][number], b: TopValues['entries'][number]): boolean {
  return a.weight > b.weight || (a.weight === b.weight && a.value < b.value);
}

function shareOf(weight: number, { total }: TopValues): number {
  return total > 0 ? weight / total : 0;
}
