import type { Recording, ReplayEvent, ReplayItem, ReplayProduct } from './recording';
import { readLines, type LineReader } from './read-lines';
import { isProduct, productId, readRetailRows, type RetailRow } from './online-retail-rows';

export interface OnlineRetailOptions {
  /** `lines` adds a `Product Added` for each line of a sale before its order: some 20 times as many events. @default 'orders' */
  readonly detail?: 'orders' | 'lines';
}

/** What of the file becomes no event, because no customer did it. */
export interface OnlineRetailSummary {
  rows: number;
  /** Σ quantity × price of all rows, thousandths of a pound. */
  amountMilli: number;
  quantity: number;
  /** Stock corrections (anonymous invoices of no value) and adjustments of bad debt (`A…`). */
  skippedInvoices: number;
  skippedRows: number;
  skippedAmountMilli: number;
}

const CURRENCY = 'GBP';
/** Orders over this lose their product names, which the catalogue has, to stay below the limit of an event. */
const MAX_NAMED_LINES = 250;
/** Larger orders (nine of the web shop's daily sums) are sent in parts `order`, `order#2` … */
const MAX_ORDER_LINES = 500;

/**
 * The UCI Online Retail file as a shop's events: identify with country when a customer is first seen or moves, `Order Completed`, and
 * `Order Refunded` with positive amounts for `C…` invoices. An order happens with its last line. Anonymous invoices have the invoice number as
 * anonymousId. `total` is the whole invoice, `revenue` its products; other codes are listed under `fees`.
 */
export function openOnlineRetail(path: string, options: OnlineRetailOptions = {}): Recording & { readonly summary: OnlineRetailSummary } {
  const lines = readLines(path);
  const summary: OnlineRetailSummary = { rows: 0, amountMilli: 0, quantity: 0, skippedInvoices: 0, skippedRows: 0, skippedAmountMilli: 0 };
  let survey: Promise<Survey> | undefined;
  const surveyed = () => (survey ??= surveyFile(readLines(path), path));
  return {
    summary,
    readRatio: () => lines.readRatio(),
    async *items() {
      yield* (await surveyed()).items;
    },
    async *events() {
      Object.assign(summary, { rows: 0, amountMilli: 0, quantity: 0, skippedInvoices: 0, skippedRows: 0, skippedAmountMilli: 0 });
      yield* readEvents(lines, path, (await surveyed()).linesOfInvoice, options.detail ?? 'orders', summary);
    },
  };
}

interface Survey {
  /** Tells when an invoice is complete: the lines of one are not always together. */
  readonly linesOfInvoice: ReadonlyMap<string, number>;
  readonly items: readonly ReplayItem[];
}

interface Sales {
  readonly titles: Map<string, number>;
  readonly pricesMilli: number[];
}

/** First pass. Names and prices count on sold lines only: without a price the description is a note of the warehouse ("damaged", "?"). */
async function surveyFile(lines: LineReader, path: string): Promise<Survey> {
  const linesOfInvoice = new Map<string, number>();
  const sales = new Map<string, Sales>();
  for await (const rows of readRetailRows(lines, path)) {
    for (const row of rows) {
      linesOfInvoice.set(row.invoice, (linesOfInvoice.get(row.invoice) ?? 0) + 1);
      if (!isProduct(row.stockCode) || row.quantity <= 0 || row.priceMilli <= 0) continue;
      const id = productId(row.stockCode);
      const sold = sales.get(id) ?? { titles: new Map<string, number>(), pricesMilli: [] };
      sales.set(id, sold);
      sold.pricesMilli.push(row.priceMilli);
      if (row.description) sold.titles.set(row.description, (sold.titles.get(row.description) ?? 0) + 1);
    }
  }
  return { linesOfInvoice, items: [...sales].map(([id, sold]) => toItem(id, sold)) };
}

function toItem(id: string, { titles, pricesMilli }: Sales): ReplayItem {
  const [title] = [...titles].sort((a, b) => b[1] - a[1])[0] ?? [id];
  const sorted = pricesMilli.sort((a, b) => a - b);
  return { item_id: id, title, price: sorted[(sorted.length - 1) >> 1]! / 1000, currency: CURRENCY };
}

async function* readEvents(
  lines: LineReader,
  path: string,
  linesOfInvoice: ReadonlyMap<string, number>,
  detail: 'orders' | 'lines',
  summary: OnlineRetailSummary,
): AsyncIterable<ReplayEvent> {
  const open = new Map<string, RetailRow[]>();
  const countries = new Map<string, string>();
  for await (const rows of readRetailRows(lines, path)) {
    for (const row of rows) {
      count(summary, row);
      const invoice = open.get(row.invoice) ?? [];
      if (invoice.length === 0) open.set(row.invoice, invoice);
      invoice.push(row);
      if (row.customerId && countries.get(row.customerId) !== row.country) {
        countries.set(row.customerId, row.country);
        yield identify(row);
      }
      if (detail === 'lines' && isSoldProduct(row)) yield productAdded(row, invoice.length);
      if (invoice.length < linesOfInvoice.get(row.invoice)!) continue;
      open.delete(row.invoice);
      yield* orderEvents(invoice, summary);
    }
  }
}

function count(summary: OnlineRetailSummary, row: RetailRow): void {
  summary.rows++;
  summary.quantity += row.quantity;
  summary.amountMilli += row.quantity * row.priceMilli;
}

function who(row: RetailRow): { userId: string } | { anonymousId: string } {
  return row.customerId ? { userId: row.customerId } : { anonymousId: row.invoice };
}

function identify(row: RetailRow): ReplayEvent {
  const messageId = `online-retail:${row.invoice}:identify`;
  return { type: 'identify', messageId, userId: row.customerId, timestamp: row.timestamp, traits: { country: row.country } };
}

function isSoldProduct(row: RetailRow): boolean {
  return isProduct(row.stockCode) && row.quantity > 0 && row.priceMilli > 0;
}

function productAdded(row: RetailRow, line: number): ReplayEvent {
  const properties = { cart_id: row.invoice, ...toProduct(row, true), currency: CURRENCY };
  return {
    type: 'track',
    messageId: `online-retail:${row.invoice}:${line}`,
    ...who(row),
    event: 'Product Added',
    timestamp: row.timestamp,
    properties,
  };
}

function toProduct(row: RetailRow, named: boolean): ReplayProduct {
  const product = { product_id: productId(row.stockCode), price: row.priceMilli / 1000, quantity: Math.abs(row.quantity) };
  return named && row.description ? { ...product, name: row.description } : product;
}

function* orderEvents(rows: readonly RetailRow[], summary: OnlineRetailSummary): Iterable<ReplayEvent> {
  const first = rows[0]!;
  const amountMilli = sumMilli(rows);
  const isStockCorrection = first.customerId === '' && amountMilli === 0;
  if (isStockCorrection || first.invoice.startsWith('A')) {
    summary.skippedInvoices++;
    summary.skippedRows += rows.length;
    summary.skippedAmountMilli += amountMilli;
    return;
  }
  for (let start = 0, part = 1; start < rows.length; start += MAX_ORDER_LINES, part++) {
    yield orderEvent(rows.slice(start, start + MAX_ORDER_LINES), part, rows.length <= MAX_NAMED_LINES, rows.at(-1)!.timestamp);
  }
}

function orderEvent(rows: readonly RetailRow[], part: number, named: boolean, timestamp: string): ReplayEvent {
  const { invoice, country } = rows[0]!;
  const isRefund = invoice.startsWith('C');
  const sign = isRefund ? -1 : 1;
  const products = rows.filter((row) => isProduct(row.stockCode));
  const fees = rows.filter((row) => !isProduct(row.stockCode));
  const orderId = part === 1 ? invoice : `${invoice}#${part}`;
  const properties = {
    order_id: orderId,
    total: (sign * sumMilli(rows)) / 1000,
    revenue: (sign * sumMilli(products)) / 1000,
    currency: CURRENCY,
    products: products.map((row) => toProduct(row, named)),
    ...(fees.length > 0 && {
      fees: fees.map((row) => ({ code: row.stockCode, name: row.description, amount: (sign * sumMilli([row])) / 1000 })),
    }),
    country,
  };
  return {
    type: 'track',
    messageId: `online-retail:${orderId}`,
    ...who(rows[0]!),
    event: isRefund ? 'Order Refunded' : 'Order Completed',
    timestamp,
    properties,
  };
}

function sumMilli(rows: readonly RetailRow[]): number {
  return rows.reduce((sum, row) => sum + row.quantity * row.priceMilli, 0);
}
