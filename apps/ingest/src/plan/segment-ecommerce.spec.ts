import { judgeEvent } from '../judge';
import { compilePlan } from './compile-plan';
import { parsePlan } from './parse-plan';
import { createPlanChecker } from './plan-checker';
import { SEGMENT_ECOMMERCE } from './segment-ecommerce';

const shared = {
  product_id: '507f1f77bcf86cd799439011',
  sku: 'G-32',
  category: 'Games',
  name: 'Monopoly: 3rd Edition',
  brand: 'Hasbro',
  variant: '200 pieces',
  price: 18.99,
  url: 'https://www.example.com/product/path',
  image_url: 'https://www.example.com/product/path.jpg',
};
const product = { ...shared, quantity: 1, coupon: 'MAYDEALS', position: 3 };
const products = [
  { product_id: 'a', sku: '45790-32', name: 'Monopoly', price: 19, position: 1, category: 'Games' },
  { product_id: 'b', sku: '46493-32', name: 'Uno Card Game', price: 3, quantity: 2 },
];
const promotion = { promotion_id: 'promo_1', creative: 'top_banner_2', name: '75% store-wide shoe sale', position: 'home_banner_top' };
const step = { checkout_id: '50314b8e9bcf000000000000', step: 2, shipping_method: 'Fedex', payment_method: 'Visa' };
const order = {
  order_id: '50314b8e9bcf000000000000',
  affiliation: 'Google Store',
  revenue: 25.0,
  shipping: 3,
  tax: 2,
  discount: 2.5,
  coupon: 'hasbros',
  currency: 'USD',
  products,
};
const coupon = { order_id: '50314b8e9bcf000000000000', cart_id: '923923929jd29jd92dj9j93fj3', coupon_id: 'may_deals_2016' };
const wishlist = { wishlist_id: 'skdjsidjsdkdj29j', wishlist_name: 'Loved Games' };
const share = { share_via: 'email', share_message: 'Hey, check out this item', recipient: 'friend@example.com' };

/** The shapes of the spec's own examples. */
const EXAMPLES: readonly (readonly [event: string, properties: object])[] = [
  ['Products Searched', { query: 'blue roses' }],
  ['Product List Viewed', { list_id: 'hot_deals_1', category: 'Deals', products }],
  [
    'Product List Filtered',
    { list_id: 'deals', filters: [{ type: 'department', value: 'beauty' }], sorts: [{ type: 'price', value: 'desc' }], products },
  ],
  ['Promotion Viewed', promotion],
  ['Promotion Clicked', promotion],
  ['Product Clicked', product],
  ['Product Viewed', { ...product, currency: 'usd', value: 18.99 }],
  ['Product Added', { ...product, cart_id: 'skdjsidjsdkdj29j' }],
  ['Product Removed', { ...product, cart_id: 'ksjdj92dj29dj92d2j' }],
  ['Cart Viewed', { cart_id: 'd92jd29jd92jd29j92d92jd', products }],
  ['Checkout Started', { ...order, value: 30 }],
  ['Checkout Step Viewed', step],
  ['Checkout Step Completed', step],
  ['Payment Info Entered', { checkout_id: '39f39fj39f3jf93fj9fj39fj3f', order_id: 'dkfsjidfjsdifsdfksdjfkdsfjsdfkdsf' }],
  ['Order Updated', { ...order, total: 27.5 }],
  ['Order Completed', { ...order, checkout_id: 'fksdjfsdjfisjf9sdfjsd9f', total: 27.5, subtotal: 22.5 }],
  ['Order Refunded', { order_id: order.order_id, total: 30, currency: 'USD', products }],
  ['Order Cancelled', { ...order, total: 30 }],
  ['Coupon Entered', coupon],
  ['Coupon Applied', { ...coupon, coupon_name: 'May Deals 2016', discount: 23.32 }],
  ['Coupon Denied', { order_id: 'o', cart_id: 'c', coupon: 'may_deals_2016', reason: 'Coupon expired' }],
  ['Coupon Removed', { ...coupon, coupon_name: 'May Deals 2016', discount: 23.32 }],
  ['Product Added to Wishlist', { ...product, ...wishlist }],
  ['Product Removed from Wishlist', { ...product, ...wishlist }],
  ['Wishlist Product Added to Cart', { ...product, ...wishlist, cart_id: '99j2d92j9dj29dj29d2d' }],
  ['Product Shared', { ...shared, ...share }],
  ['Cart Shared', { ...share, cart_id: 'd92jd29jd92jd29j92d92jd', products: [{ product_id: 'a' }, { product_id: 'b' }] }],
  ['Product Reviewed', { product_id: 'a', review_id: 'kdfjrj39fj39jf3', review_body: 'I love this product', rating: '5' }],
];

async function createCheck() {
  const checker = createPlanChecker(await compilePlan(SEGMENT_ECOMMERCE), { mode: 'flag' });
  return (event: string, properties: object) => {
    const value = { type: 'track', event, userId: 'u', messageId: 'm', properties };
    const raw = { value, bytes: Buffer.from(JSON.stringify(value)) };
    return checker.check(judgeEvent(raw, { sourceId: 's', defaultCurrency: 'USD' }, 0).event!, raw);
  };
}

describe("Segment's e-commerce spec as a plan", () => {
  let check: Awaited<ReturnType<typeof createCheck>>;
  beforeAll(async () => void (check = await createCheck()));

  it('is a plan like any other, with an entry for each event of the spec', () => {
    expect(parsePlan(JSON.parse(JSON.stringify(SEGMENT_ECOMMERCE)))).toEqual(SEGMENT_ECOMMERCE);
    expect(SEGMENT_ECOMMERCE.events.map(({ name }) => name)).toEqual(EXAMPLES.map(([event]) => event));
  });

  it.each(EXAMPLES)('takes what the spec sends as %s, and more properties', (event, properties) => {
    expect(check(event, properties)).toEqual([]);
    expect(check(event, { ...properties, of_our_own: [1] })).toEqual([]);
  });

  it.each([
    ['Order Completed', { ...order, order_id: undefined }, 'properties.order_id is required'],
    ['Order Completed', { order_id: 'o' }, 'properties.products is required'],
    ['Order Completed', { ...order, total: '27.50' }, 'properties.total must be number, is string'],
    [
      'Order Completed',
      { ...order, products: [{ ...product, product_id: undefined, sku: 's' }] },
      'properties.products[0].product_id is required',
    ],
    [
      'Order Completed',
      { ...order, products: [{ product_id: 'a', price: '19' }] },
      'properties.products[0].price must be number, is string',
    ],
    ['Product Viewed', { sku: 'G-32' }, 'properties.product_id is required'],
    ['Product Viewed', { ...product, product_id: 5 }, 'properties.product_id must be string, is number'],
    ['Promotion Viewed', { ...promotion, position: 1 }, 'properties.position must be string, is number'],
    ['Checkout Step Viewed', { checkout_id: 'c' }, 'properties.step is required'],
    ['Product Reviewed', { product_id: 'a', rating: 5 }, 'properties.rating must be string, is number'],
    ['Products Searched', { query: 5 }, 'properties.query must be string or object, is number'],
  ])('tells what is wrong with %s %j', (event, properties, description) => {
    expect(check(event, JSON.parse(JSON.stringify(properties)) as object).map((violation) => violation.description)).toEqual([description]);
  });

  it('leaves other events alone', () => {
    expect(check('Newsletter Signed Up', { anything: true })).toEqual([]);
  });
});
