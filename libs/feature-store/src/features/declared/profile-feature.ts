import type { Event } from '@tradewind/contracts';
import type { Feature } from '../../feature';
import type { EventSelector } from './selector';

/** What a feature says to people: a number in the unit of its name, a text, the strongest values first, or `null` for nothing yet. */
export type ProfileValue = number | string | null | readonly { readonly value: string; readonly shareRatio: number }[];

/** A feature that is declared by its options alone, so that whoever reads the same log with the same declaration gets the same values. */
export interface ProfileFeature<S> extends Feature<S> {
  /** The options as text: with others, states are made anew from the log. */
  readonly declaration: string;
  /** No encoded state is longer, bytes. */
  readonly maxBytes: number;
  /** False when `apply` would leave any state as it is. Depends on type and name of the event only. */
  concerns(event: Event): boolean;
  /** By name; as of the user's latest event or later. */
  show(state: S, asOfMs: number): Readonly<Record<string, ProfileValue>>;
}

/** What every declaration says. */
export interface ProfileOptions {
  /** Begins the names of its values; unique in a profile. */
  readonly name: string;
  /** In a feature set of its own; 1–127. */
  readonly tag: number;
  readonly on: EventSelector;
}

type Draft<S> = Omit<ProfileFeature<S>, 'name' | 'tag' | 'declaration' | 'show'> & Partial<Pick<ProfileFeature<S>, 'show'>>;

/** Completes a feature by what follows from its options. Without `show` the columns are shown. @param kind with the number of its layout, e.g. `totals.1` */
export function declare<S>(kind: string, options: ProfileOptions, draft: Draft<S>): ProfileFeature<S> {
  const { name, tag, ...rest } = options;
  const columns = (state: S, asOfMs: number) =>
    Object.fromEntries(draft.columns.map((column) => [column.name, column.read(state, asOfMs)]));
  return { show: columns, ...draft, name, tag, declaration: `${kind}${canonical(rest)}` };
}

/** JSON with members in the order of their names. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join()}}`;
}
