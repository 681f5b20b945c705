import { EventType, type Event } from '@tradewind/contracts';

/** What an event means to a shop: names of the Segment e-commerce specification (Segment, "V2 Ecommerce Events"). */
export const EventKind = {
  order: 0,
  refund: 1,
  productViewed: 2,
  productAdded: 3,
  productRemoved: 4,
  searched: 5,
  listViewed: 6,
  checkoutStarted: 7,
  page: 8,
  other: 9,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

export const EVENT_KINDS = 10;

/** An "Order Cancelled" takes the order back, as a refund does; a shop that sends both for one order counts it twice. */
export function kindOf(event: Event): EventKind {
  if (event.type === EventType.EVENT_TYPE_PAGE || event.type === EventType.EVENT_TYPE_SCREEN) return EventKind.page;
  if (event.type !== EventType.EVENT_TYPE_TRACK) return EventKind.other;
  switch (event.name) {
    case 'Order Completed':
      return EventKind.order;
    case 'Order Refunded':
    case 'Order Cancelled':
      return EventKind.refund;
    case 'Product Viewed':
      return EventKind.productViewed;
    case 'Product Added':
      return EventKind.productAdded;
    case 'Product Removed':
      return EventKind.productRemoved;
    case 'Products Searched':
      return EventKind.searched;
    case 'Product List Viewed':
      return EventKind.listViewed;
    case 'Checkout Started':
      return EventKind.checkoutStarted;
    default:
      return EventKind.other;
  }
}
