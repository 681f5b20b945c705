import { AppError } from '@tradewind/contracts';
import { columnIndexes, parseCsvLine } from './csv';
import type { LineReader } from './read-lines';

/** One line of an invoice of the UCI Online Retail data set. */
export interface RetailRow {
  readonly invoice: string;
  readonly stockCode: string;
  readonly description: string;
  /** Negative on returns and write-offs. */
  readonly quantity: number;
  /** ISO 8601; the shop's local time taken for UTC. */
  readonly timestamp: string;
  /** Thousandths of a pound, the finest that the file has; negative on bad debt only. */
  readonly priceMilli: number;
  /** '' on anonymous rows. */
  readonly customerId: string;
  readonly country: string;
}

const COLUMNS = ['InvoiceNo', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID', 'Country'];
const DATE = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d)(:\d\d)?$/;

/** Rows in the order of the file. @throws FILE_INVALID */
export async function* readRetailRows(lines: LineReader, path: string): AsyncIterable<RetailRow[]> {
  let toRow: ((line: string) => RetailRow) | undefined;
  for await (const slice of lines.slices()) {
    let start = 0;
    if (toRow === undefined) {
      toRow = createRowParser(slice[0] ?? '', path);
      start = 1;
    }
    const rows: RetailRow[] = [];
    for (let i = start; i < slice.length; i++) if (slice[i] !== '') rows.push(toRow(slice[i]!));
    yield rows;
  }
}

function createRowParser(header: string, path: string): (line: string) => RetailRow {
  const [invoice, stockCode, description, quantity, date, price, customer, country] = columnIndexes(header, COLUMNS, path) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number, // prettier-ignore
  ];
  return (line) => {
    const fields = parseCsvLine(line);
    const parts = DATE.exec(fields[date] ?? '');
    const row: RetailRow = {
      invoice: fields[invoice]!,
      stockCode: fields[stockCode]!,
      description: fields[description] ?? '',
      quantity: Number(fields[quantity]),
      timestamp: parts ? `${parts[1]}T${parts[2]}${parts[3] ?? ':00'}.000Z` : '',
      priceMilli: Math.round(Number(fields[price]) * 1000),
      customerId: fields[customer] ?? '',
      country: fields[country] ?? '',
    };
    if (parts && row.invoice && row.stockCode && Number.isSafeInteger(row.quantity) && Number.isSafeInteger(row.priceMilli)) return row;
    throw new AppError('FILE_INVALID', `${path}: not a line of Online Retail: ${line.slice(0, 120)}`);
  };
}

/** Products have codes of five digits and a variant; everything else (POST, D, M, BANK CHARGES, gift vouchers …) is a fee or a discount. */
export function isProduct(stockCode: string): boolean {
  return /^\d{5}/.test(stockCode);
}

/** Codes are typed by hand: 85123a is 85123A. */
export function productId(stockCode: string): string {
  return stockCode.toUpperCase();
}
