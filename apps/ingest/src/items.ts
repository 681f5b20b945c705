import type { Item } from '@tradewind/contracts';
import { Fault, invalid } from './fault';
import { readId } from './identity';
import { isObject, isTooDeep, MAX_EVENT_BYTES, TOO_DEEP, type JudgedSource, type RawEvent, type Rejection } from './judge';
import { readMoney } from './money';
import { readTime } from './timestamps';

export type ItemVerdict =
  { readonly item: Item; readonly rejected?: undefined } | { readonly item?: undefined; readonly rejected: Rejection };

const TYPED = new Set([
  'item_id',
  'itemId',
  'product_id',
  'productId',
  'sku',
  'id',
  'title',
  'name',
  'description',
  'category',
  'price',
  'currency',
  'updated_at',
  'updatedAt',
]);
const CURRENCY = /^[A-Za-z]{3}$/;
const NO_ATTRIBUTES = Buffer.from('{}');

/** Decides about one catalogue item, whatever JSON value it is. Members that have no field of their own become `attributesJson`. Never throws. */
export function judgeItem(raw: RawEvent, source: JudgedSource, receivedAtMs: number): ItemVerdict {
  const outcome = readItem(raw, source, receivedAtMs);
  return outcome instanceof Fault ? { rejected: { fault: outcome, messageId: '' } } : { item: outcome };
}

function readItem(raw: RawEvent, source: JudgedSource, receivedAtMs: number): Item | Fault {
  if (raw.fault) return raw.fault;
  if (raw.bytes.length > MAX_EVENT_BYTES)
    return new Fault('EVENT_TOO_LARGE', `the item has ${raw.bytes.length} bytes, the limit is ${MAX_EVENT_BYTES}`);
  if (isTooDeep(raw)) return TOO_DEEP;
  if (!isObject(raw.value)) return invalid('the item must be an object');
  const value = raw.value;
  const itemId = readId(
    value['item_id'] ?? value['itemId'] ?? value['product_id'] ?? value['productId'] ?? value['sku'] ?? value['id'],
    'item_id',
  );
  if (itemId instanceof Fault) return itemId;
  if (itemId === '') return invalid('item_id is missing');
  const title = readText(value['title'] ?? value['name'], 'title');
  if (title instanceof Fault) return title;
  const description = readText(value['description'], 'description');
  if (description instanceof Fault) return description;
  const category = readText(value['category'], 'category');
  if (category instanceof Fault) return category;
  const currency = value['currency'] ?? source.defaultCurrency;
  if (typeof currency !== 'string' || !CURRENCY.test(currency)) return invalid('currency must be an ISO 4217 code');
  const priceMinor = readMoney(value['price'], currency.toUpperCase(), 'price') ?? 0;
  if (priceMinor instanceof Fault) return priceMinor;
  if (priceMinor < 0) return invalid('price must not be negative');
  const updatedAtMs = readTime(value['updated_at'] ?? value['updatedAt']) ?? receivedAtMs;
  if (!(updatedAtMs >= 0)) return invalid('updated_at must be ISO 8601 or epoch milliseconds');

  return {
    itemId,
    sourceId: source.sourceId,
    title,
    description,
    category,
    priceMinor,
    currency: currency.toUpperCase(),
    updatedAtMs: Math.round(updatedAtMs),
    attributesJson: attributesOf(value),
  };
}

function readText(value: unknown, field: string): string | Fault {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : invalid(`${field} must be text`);
}

function attributesOf(value: Record<string, unknown>): Buffer {
  const rest = Object.entries(value).filter(([name]) => !TYPED.has(name));
  return rest.length === 0 ? NO_ATTRIBUTES : Buffer.from(JSON.stringify(Object.fromEntries(rest)));
}
