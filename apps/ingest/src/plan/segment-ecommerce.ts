import type { JsonSchema, PlanDocument, PlannedEvent } from './plan-document';

type Fields = Readonly<Record<string, JsonSchema>>;

const TEXT = { type: 'string' };
const NUMBER = { type: 'number' };
/** The spec names ISO codes, and sends them in both cases. */
const CURRENCY = { type: 'string', pattern: '^[A-Za-z]{3}$' };

const texts = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, TEXT]));
const numbers = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, NUMBER]));

const SHARED_PRODUCT: Fields = {
  ...texts('product_id', 'sku', 'category', 'name', 'brand', 'variant'),
  ...numbers('price'),
  ...texts('url', 'image_url'),
};
const PRODUCT: Fields = { ...SHARED_PRODUCT, ...numbers('quantity', 'position'), ...texts('coupon') };
const PRODUCTS: Fields = { products: { type: 'array', items: { type: 'object', properties: PRODUCT, required: ['product_id'] } } };
const CHOICES: JsonSchema = { type: 'array', items: { type: 'object', properties: texts('type', 'value') } };
const PROMOTION: Fields = texts('promotion_id', 'creative', 'name', 'position');
const CHECKOUT_STEP: Fields = { ...texts('checkout_id', 'shipping_method', 'payment_method'), ...numbers('step') };
const ORDER: Fields = {
  ...texts('order_id', 'affiliation', 'coupon'),
  ...numbers('total', 'revenue', 'shipping', 'tax', 'discount'),
  currency: CURRENCY,
  ...PRODUCTS,
};
const COUPON: Fields = texts('order_id', 'cart_id', 'coupon_id');
const NAMED_COUPON: Fields = { ...COUPON, ...texts('coupon_name') };
const WISHLIST: Fields = { ...PRODUCT, ...texts('wishlist_id', 'wishlist_name') };
const SHARE: Fields = texts('share_via', 'share_message', 'recipient');

function track(name: string, properties: Fields, ...required: readonly string[]): PlannedEvent {
  const inner = { type: 'object', properties, ...(required.length > 0 && { required }) };
  const schema = { type: 'object', properties: { properties: inner }, ...(required.length > 0 && { required: ['properties'] }) };
  return { type: 'track', name, schema };
}

/**
 * Segment's e-commerce spec v2: its 28 events with the types of its tables. The spec marks nothing as required; required here is what it
 * says to include (the products of checkouts and orders) and what the event is about (the product, the order, the promotion, the step, the query).
 * Further properties and events are allowed.
 * @see https://www.twilio.com/docs/segment/connections/spec/ecommerce/v2 (read 2026-11)
 */
export const SEGMENT_ECOMMERCE: PlanDocument = {
  id: 'segment-ecommerce',
  name: 'Segment e-commerce spec v2',
  version: 1,
  description: 'https://www.twilio.com/docs/segment/connections/spec/ecommerce/v2',
  unplanned: 'allow',
  events: [
    track('Products Searched', { query: { type: ['string', 'object'] } }, 'query'),
    track('Product List Viewed', { ...texts('list_id', 'category'), ...PRODUCTS }),
    track('Product List Filtered', { ...texts('list_id', 'category'), filters: CHOICES, sorts: CHOICES, ...PRODUCTS }),
    track('Promotion Viewed', PROMOTION, 'promotion_id'),
    track('Promotion Clicked', PROMOTION, 'promotion_id'),
    track('Product Clicked', PRODUCT, 'product_id'),
    track('Product Viewed', { ...PRODUCT, currency: CURRENCY, value: NUMBER }, 'product_id'),
    track('Product Added', { ...PRODUCT, cart_id: TEXT }, 'product_id'),
    track('Product Removed', { ...PRODUCT, cart_id: TEXT }, 'product_id'),
    track('Cart Viewed', { cart_id: TEXT, ...PRODUCTS }),
    track('Checkout Started', { ...ORDER, value: NUMBER }, 'products'),
    track('Checkout Step Viewed', CHECKOUT_STEP, 'step'),
    track('Checkout Step Completed', CHECKOUT_STEP, 'step'),
    track('Payment Info Entered', { ...CHECKOUT_STEP, order_id: TEXT }),
    track('Order Updated', ORDER, 'order_id', 'products'),
    track('Order Completed', { ...ORDER, checkout_id: TEXT, subtotal: NUMBER }, 'order_id', 'products'),
    track('Order Refunded', ORDER, 'order_id', 'products'),
    track('Order Cancelled', ORDER, 'order_id', 'products'),
    track('Coupon Entered', COUPON),
    track('Coupon Applied', { ...NAMED_COUPON, discount: NUMBER }),
    track('Coupon Denied', { ...NAMED_COUPON, reason: TEXT }),
    track('Coupon Removed', { ...NAMED_COUPON, discount: NUMBER }),
    track('Product Added to Wishlist', WISHLIST, 'product_id'),
    track('Product Removed from Wishlist', WISHLIST, 'product_id'),
    track('Wishlist Product Added to Cart', { ...WISHLIST, cart_id: TEXT }, 'product_id'),
    track('Product Shared', { ...SHARED_PRODUCT, ...SHARE }, 'product_id'),
    track('Cart Shared', { ...SHARE, cart_id: TEXT, ...PRODUCTS }),
    track('Product Reviewed', texts('product_id', 'review_id', 'review_body', 'rating'), 'product_id'),
  ],
};
