import type { Event } from './messages';

/** What data of a person may be used for, by the names that events carry; sources may add names of their own. */
export const PURPOSES = { analytics: 'analytics', personalization: 'personalization', advertising: 'advertising' } as const;

/**
 * Whether the event may be used for the purpose: neither it nor analytics, without which nothing is evaluated, was refused. The only events on
 * the log with analytics refused are those that carry the choice itself.
 */
export function mayUseFor(purpose: string, { deniedPurposes }: Pick<Event, 'deniedPurposes'>): boolean {
  return deniedPurposes.length === 0 || !(deniedPurposes.includes(purpose) || deniedPurposes.includes(PURPOSES.analytics));
}
