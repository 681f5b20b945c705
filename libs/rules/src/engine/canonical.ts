import type { EventSelector } from '../language/rule';

/** The same text for conditions that mean the same, whatever the order of members or names. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
    .join(',')}}`;
}

/** A selector's own text, without what is done with the events. */
export function selectorKey({ event, type, where }: EventSelector, between?: readonly [string, string]): string {
  const names = typeof event === 'string' ? [event] : [...new Set(event)].sort();
  return canonical({ event: names, type: type ?? 'track', where: where ?? [], between });
}
