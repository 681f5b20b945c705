import type { LineItem } from '@tradewind/contracts';
import { Fault, invalid } from './fault';
import { readId } from './identity';
import { readMoney } from './money';

/** What an e-commerce event carries in typed fields; everything else stays in its payload. */
export interface Commerce {
  readonly orderId: string;
  /** Minor units of `currency`, never negative. */
  readonly valueMinor: number;
  /** ISO 4217, '' when the event carries no money. */
  readonly currency: string;
  readonly items: LineItem[];
}

type Properties = Readonly<Record<string, unknown>>;
type Shape = 'order' | 'refund' | 'products' | 'product';

/**
 * Events of the e-commerce specification that name products or money, by the shape of their properties. Other events are left alone.
 * @see https://segment.com/docs/connections/spec/ecommerce/v2/
 */
const SHAPES: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['Order Completed', 'order'],
  ['Order Updated', 'order'],
  ['Order Cancelled', 'order'],
  ['Checkout Started', 'order'],
  ['Order Refunded', 'refund'],
  ['Cart Viewed', 'products'],
  ['Product List Viewed', 'products'],
  ['Product List Filtered', 'products'],
  ['Product Clicked', 'product'],
  ['Product Viewed', 'product'],
  ['Product Added', 'product'],
  ['Product Removed', 'product'],
  ['Product Added to Wishlist', 'product'],
  ['Product Removed from Wishlist', 'product'],
  ['Wishlist Product Added to Cart', 'product'],
  ['Product Shared', 'product'],
  ['Product Reviewed', 'product'],
]);
const NOTHING: Commerce = { orderId: '', valueMinor: 0, currency: '', items: [] };
const CURRENCY = /^[A-Za-z]{3}$/;

/** Reads orders, refunds, baskets and single products; any other event carries none of it. */
export function readCommerce(name: string, properties: Properties | undefined, defaultCurrency: string): Commerce | Fault {
  const shape = SHAPES.get(name);
  if (shape === undefined || properties === undefined) return NOTHING;
  const currency = readCurrency(properties['currency'], defaultCurrency);
  if (currency instanceof Fault) return currency;
  const isRefund = shape === 'refund';
  const items = shape === 'product' ? readSingleProduct(properties, currency) : readProducts(properties['products'], currency, isRefund);
  if (items instanceof Fault) return items;
  if (shape === 'product' || shape === 'products') return { orderId: '', valueMinor: 0, currency, items };

  const orderId = readId(properties['order_id'] ?? properties['orderId'], 'properties.order_id');
  if (orderId instanceof Fault) return orderId;
  const valueMinor = readOrderValue(properties, currency, items, isRefund);
  return valueMinor instanceof Fault ? valueMinor : { orderId, valueMinor, currency, items };
}

function readCurrency(value: unknown, defaultCurrency: string): string | Fault {
  if (value === undefined || value === null || value === '') return defaultCurrency;
  return typeof value === 'string' && CURRENCY.test(value) ? value.toUpperCase() : invalid('properties.currency must be an ISO 4217 code');
}

/** `total`, else `revenue`, else `value`, else the sum of the lines. Refunds may be sent as negative amounts. */
function readOrderValue(properties: Properties, currency: string, items: readonly LineItem[], isRefund: boolean): number | Fault {
  for (const field of ['total', 'revenue', 'value']) {
    const minor = readMoney(properties[field], currency, `properties.${field}`);
    if (minor instanceof Fault) return minor;
    if (minor === undefined) continue;
    if (minor < 0 && !isRefund) return invalid(`properties.${field} must not be negative`);
    return Math.abs(minor);
  }
  const sum = Math.round(items.reduce((total, item) => total + item.quantity * item.priceMinor, 0));
  return Number.isSafeInteger(sum) ? sum : invalid('properties.products add up to more than 53 bits of minor units');
}

function readSingleProduct(properties: Properties, currency: string): LineItem[] | Fault {
  const item = readProduct(properties, currency, 'properties', false);
  return item instanceof Fault ? item : [item];
}

function readProducts(products: unknown, currency: string, isRefund: boolean): LineItem[] | Fault {
  if (products === undefined || products === null) return [];
  if (!Array.isArray(products)) return invalid('properties.products must be an array');
  const items: LineItem[] = [];
  for (let i = 0; i < products.length; i++) {
    const product: unknown = products[i];
    const path = `properties.products[${i}]`;
    if (typeof product !== 'object' || product === null || Array.isArray(product)) return invalid(`${path} must be an object`);
    const item = readProduct(product as Properties, currency, path, isRefund);
    if (item instanceof Fault) return item;
    items.push(item);
  }
  return items;
}

function readProduct(product: Properties, currency: string, path: string, isRefund: boolean): LineItem | Fault {
  const productId = readId(product['product_id'] ?? product['productId'] ?? product['sku'] ?? product['id'], `${path}.product_id`);
  if (productId instanceof Fault) return productId;
  if (productId === '') return invalid(`${path}.product_id is missing`);
  const priceMinor = readMoney(product['price'], currency, `${path}.price`) ?? 0;
  if (priceMinor instanceof Fault) return priceMinor;
  if (priceMinor < 0) return invalid(`${path}.price must not be negative`);
  const quantity = readQuantity(product['quantity']);
  if (quantity === undefined || (quantity < 0 && !isRefund)) return invalid(`${path}.quantity must be a number of at least 0`);
  return { productId, quantity: Math.abs(quantity), priceMinor };
}

/** 1 when absent, `undefined` when it is no number. */
function readQuantity(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return 1;
  const quantity = typeof value === 'string' ? Number(value) : value;
  return typeof quantity === 'number' && Number.isFinite(quantity) ? quantity : undefined;
}
