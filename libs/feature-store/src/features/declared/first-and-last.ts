import { declare, type ProfileFeature, type ProfileOptions } from './profile-feature';
import { TEXT_BYTES, timeOf, toPredicate, toTextReader, type TextField } from './selector';

export interface FirstAndLastOptions extends ProfileOptions {
  readonly of: TextField;
}

export interface FirstAndLast {
  /** Empty before any value. */
  first: string;
  /** Epoch milliseconds UTC. */
  firstAtMs: number;
  last: string;
  lastAtMs: number;
}

/**
 * The earliest and the latest value by event time, `<name>_first`, `<name>_last`; of one moment the first and the last by UTF-16 units, so that the order
 * of events does not matter. Texts are cut to 64 units.
 */
export function firstAndLast(options: FirstAndLastOptions): ProfileFeature<FirstAndLast> {
  const { name, on, of } = options;
  const isSelected = toPredicate(on);
  const valuesOf = toTextReader(of);
  return declare('first-last.1', options, {
    concerns: isSelected,
    maxBytes: 2 * (TEXT_BYTES + 9),
    initial: (): FirstAndLast => ({ first: '', firstAtMs: 0, last: '', lastAtMs: 0 }),
    apply(state, event) {
      if (isSelected(event)) for (const value of valuesOf(event)) take(state, value, timeOf(event));
    },
    encode(state, writer) {
      writer.text(state.first);
      writer.number(state.firstAtMs);
      writer.text(state.last);
      writer.number(state.lastAtMs - state.firstAtMs);
    },
    decode(reader) {
      const [first, firstAtMs, last] = [reader.text(), reader.number(), reader.text()];
      return { first, firstAtMs, last, lastAtMs: firstAtMs + reader.number() };
    },
    columns: [],
    show: ({ first, last }) => ({ [`${name}_first`]: first === '' ? null : first, [`${name}_last`]: last === '' ? null : last }),
  });
}

function take(state: FirstAndLast, value: string, atMs: number): void {
  const { first, firstAtMs, last, lastAtMs } = state;
  if (first === '' || atMs < firstAtMs || (atMs === firstAtMs && value < first)) Object.assign(state, { first: value, firstAtMs: atMs });
  if (last === '' || atMs > lastAtMs || (atMs === lastAtMs && value > last)) Object.assign(state, { last: value, lastAtMs: atMs });
}
