import type { Feature } from '../feature';
import { EVENT_KINDS, EventKind, kindOf } from './event-kind';

/** Events by `EventKind`. */
export type Activity = number[];

/** How often a visitor did what; identify, group, alias and tracks that are no shop event count as other. */
export const activity: Feature<Activity> = {
  name: 'activity',
  tag: 5,
  initial: () => new Array<number>(EVENT_KINDS).fill(0),
  apply(counts, event) {
    counts[kindOf(event)]!++;
  },
  encode(counts, writer) {
    for (const count of counts) writer.varint(count);
  },
  decode: (reader) => Array.from({ length: EVENT_KINDS }, () => reader.varint()),
  columns: [
    { name: 'page_views_count', read: (counts) => counts[EventKind.page]! },
    { name: 'product_views_count', read: (counts) => counts[EventKind.productViewed]! },
    { name: 'adds_to_cart_count', read: (counts) => counts[EventKind.productAdded]! },
    { name: 'searches_count', read: (counts) => counts[EventKind.searched]! },
    { name: 'checkouts_started_count', read: (counts) => counts[EventKind.checkoutStarted]! },
    {
      name: 'other_events_count',
      read: (counts) => counts[EventKind.other]! + counts[EventKind.listViewed]! + counts[EventKind.productRemoved]!,
    },
  ],
};
