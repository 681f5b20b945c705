import { join } from 'node:path';
import { AppError } from '@tradewind/contracts';
import { readLines } from './read-lines';
import { openOnlineRetail } from './online-retail';
import { isProduct, productId, readRetailRows, type RetailRow } from './online-retail-rows';
import type { ReplayEvent, ReplayProduct } from './recording';

const FILE = join(__dirname, '../../../../data/online-retail/online_retail.csv.br');

interface OrderProperties {
  readonly order_id: string;
  readonly total: number;
  readonly products: readonly ReplayProduct[];
}

interface Seen {
  readonly events: number;
  readonly counts: Record<string, number>;
  readonly messageIds: number;
  readonly invoices: number;
  readonly netMilli: number;
  readonly isOrdered: boolean;
  readonly largestBytes: number;
  /** `customer product` → net quantity of sales and returns. */
  readonly quantities: Map<string, number>;
}

async function readAll(events: AsyncIterable<ReplayEvent>): Promise<Seen> {
  const counts: Record<string, number> = {};
  const messageIds = new Set<string>();
  const invoices = new Set<string>();
  const quantities = new Map<string, number>();
  let [events_, netMilli, largestBytes, last, isOrdered] = [0, 0, 0, '', true];
  for await (const event of events) {
    const name = event.event ?? event.type;
    counts[name] = (counts[name] ?? 0) + 1;
    events_++;
    messageIds.add(event.messageId);
    largestBytes = Math.max(largestBytes, Buffer.byteLength(JSON.stringify(event)));
    isOrdered &&= event.timestamp! >= last;
    last = event.timestamp!;
    if (!name.startsWith('Order')) continue;
    const { order_id, total, products } = event.properties as unknown as OrderProperties;
    invoices.add(order_id.split('#')[0]!);
    const sign = name === 'Order Refunded' ? -1 : 1;
    netMilli += sign * Math.round(total * 1000);
    for (const { product_id, quantity } of products) if (event.userId) add(quantities, `${event.userId} ${product_id}`, sign * quantity!);
  }
  return { events: events_, counts, messageIds: messageIds.size, invoices: invoices.size, netMilli, isOrdered, largestBytes, quantities };
}

function add(map: Map<string, number>, key: string, amount: number): void {
  map.set(key, (map.get(key) ?? 0) + amount);
}

async function rawRows(): Promise<RetailRow[]> {
  const rows: RetailRow[] = [];
  for await (const slice of readRetailRows(readLines(FILE), FILE)) rows.push(...slice);
  return rows;
}

describe('Online Retail, the whole file', () => {
  const recording = openOnlineRetail(FILE);
  let seen: Seen;
  let rows: RetailRow[];
  beforeAll(async () => {
    seen = await readAll(recording.events());
    rows = await rawRows();
  }, 120_000);

  it('has the official figures', () => {
    expect(recording.summary).toMatchObject({ rows: 541_909, quantity: 5_176_450 });
    expect((recording.summary.amountMilli / 1000).toFixed(2)).toBe('9747747.93');
  });

  it('becomes orders and refunds whose totals are the file, but for what no customer did', () => {
    const { skippedInvoices, skippedAmountMilli, amountMilli } = recording.summary;
    expect(seen.netMilli).toBe(amountMilli - skippedAmountMilli);
    // Bad debt: two adjustments down, one up.
    expect(skippedAmountMilli).toBe(-11_062_060);
    expect(seen.counts['Order Refunded']).toBe(3_836);
    expect(seen.invoices + skippedInvoices).toBe(25_900);
  });

  it('identifies each customer, again where one moved', () => {
    expect(seen.counts['identify']).toBeGreaterThanOrEqual(4_372);
    expect(seen.counts['identify']).toBeLessThan(4_372 + 30);
  });

  it('is in time order, with unique messageIds, below the limit of an event', () => {
    expect(seen.isOrdered).toBe(true);
    expect(seen.messageIds).toBe(seen.events);
    expect(seen.largestBytes).toBeLessThan(32 * 1024);
  });

  it("has every customer's items", () => {
    const expected = new Map<string, number>();
    for (const row of rows) {
      if (row.customerId && isProduct(row.stockCode)) add(expected, `${row.customerId} ${productId(row.stockCode)}`, row.quantity);
    }
    expect(seen.quantities.size).toBe(expected.size);
    expect([...seen.quantities].filter(([key, quantity]) => expected.get(key) !== quantity)).toEqual([]);
  });

  it('has a catalogue of all products that were sold, named and priced', async () => {
    const items = new Map<string, { title: string; price: number }>();
    for await (const item of recording.items()) items.set(item.item_id, item);
    expect(items.get('85123A')).toMatchObject({ title: 'WHITE HANGING HEART T-LIGHT HOLDER', price: 2.95 });
    expect([...items.values()].every(({ title, price }) => title.length > 2 && price > 0)).toBe(true);
    expect([...items.keys()].every((id) => isProduct(id))).toBe(true);
    const sold = rows.filter((row) => isProduct(row.stockCode) && row.quantity > 0 && row.priceMilli > 0);
    expect(new Set(sold.map((row) => productId(row.stockCode))).size).toBe(items.size);
  });
});

describe('Online Retail in lines', () => {
  it('puts each sold line before its order (that is sent in one part)', async () => {
    const open = new Map<string, number>();
    let orders = 0;
    for await (const event of openOnlineRetail(FILE, { detail: 'lines' }).events()) {
      if (event.event === 'Product Added') add(open, String(event.properties?.['cart_id']), 1);
      const { order_id, products } = (event.properties ?? {}) as unknown as OrderProperties;
      if (
        event.event !== 'Order Completed' ||
        order_id.includes('#') ||
        products.length + ((event.properties?.['fees'] as unknown[]) ?? []).length === 500
      )
        continue;
      expect(open.get(order_id) ?? 0).toBe(products.filter(({ price }) => price! > 0).length);
      if (++orders === 500) break;
    }
    expect(orders).toBe(500);
  });
});

describe('Online Retail, bad files', () => {
  it('is FILE_INVALID when there is none, or another', async () => {
    expect(() => openOnlineRetail(join(__dirname, 'nothing.csv'))).toThrow(AppError);
    await expect(readAll(openOnlineRetail(__filename).events())).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });
});
