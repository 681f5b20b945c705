import { AppError } from '@tradewind/contracts';
import type { InteractionLog } from '@tradewind/learning';
import { readLines } from '../../replay/read-lines';
import { csvRows } from '../feature-table';

export interface ReadOptions {
  /** Names of the file's columns in order, `-` for what is not read; without them the first line names them. */
  readonly columns: readonly string[];
  /** Items that do not match are left out. */
  readonly itemPattern?: RegExp;
  /** Ratings below are left out. */
  readonly minRating?: number;
}

/** A file of interactions; users and items are numbered in the order of their first line. */
export interface Interactions {
  /** In the file's order. */
  readonly log: InteractionLog;
  readonly items: readonly string[];
  /** Number of each event's kind, into `kinds`; all 0 without a column `event`. */
  readonly events: Int32Array;
  readonly kinds: readonly string[];
  /** Session of each event as the file names it; null without a column `session`. */
  readonly sessions: Int32Array | null;
  /** Mean price of each item, 0 where unknown. */
  readonly prices: Float32Array;
  /** Number of each item's category, −1 where unknown. */
  readonly categories: Int32Array;
  /** The first text of each item; absent without a column `text`. */
  readonly texts?: readonly string[];
  /** Lines that were left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

/** What columns may be called, beside these names themselves. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  user: ['user', 'userid', 'user_id', 'visitorid', 'customerid', 'personid'],
  item: ['item', 'itemid', 'item_id', 'movieid', 'contentid', 'productid', 'product_id', 'stockcode'],
  timestamp: ['timestamp', 'time', 'date', 'invoicedate', 'chronorank', 'rank'],
  rating: ['rating', 'stars'],
  weight: ['weight', 'quantity'],
  event: ['event', 'eventtype'],
  session: ['session', 'sessionid', 'session_id'],
  price: ['price', 'unitprice'],
  category: ['category', 'categoryid'],
  text: ['text', 'title', 'description'],
};

/**
 * `user,item,timestamp[,rating]` and, where there are, `weight`, `event`, `session`, `price`, `category`, `text`; CSV or tab-separated, plain or .gz.
 * Times are numbers (seconds, milliseconds or any rising count) or dates. Lines without user, item or time are left out.
 * @throws FILE_INVALID
 */
export async function readInteractions(path: string, options: ReadOptions): Promise<Interactions> {
  const builder = new LogBuilder(options);
  let at: Readonly<Record<string, number>> | undefined;
  let isFirst = true;
  for await (const row of csvRows(path, await findDelimiter(path))) {
    if (at === undefined) at = placesOf(options.columns.length > 0 ? options.columns : row, path);
    const isHeader = isFirst && (options.columns.length === 0 || timeOf(row[at['timestamp']!] ?? '') === null);
    isFirst = false;
    if (!isHeader) builder.add(row, at);
  }
  if (builder.length === 0) throw new AppError('FILE_INVALID', `${path} has no line with a user, an item and a time`);
  return builder.finish();
}

function placesOf(names: readonly string[], path: string): Readonly<Record<string, number>> {
  const lower = names.map((name) => name.trim().toLowerCase());
  const places = Object.fromEntries(
    Object.entries(ALIASES).map(([column, aliases]) => [column, lower.findIndex((name) => aliases.includes(name))]),
  );
  for (const needed of ['user', 'item', 'timestamp']) {
    if (places[needed]! < 0)
      throw new AppError(
        'FILE_INVALID',
        `${path} has no column ${needed}; it has ${names.join(', ')}. Name them: --columns user,item,timestamp`,
      );
  }
  return places;
}

/** Milliseconds of a date, or the number as it is; null for anything else. */
function timeOf(cell: string): number | null {
  if (cell === '') return null;
  const value = Number(cell);
  if (Number.isFinite(value)) return value;
  const ms = Date.parse(/\d:\d\d$/.test(cell) ? `${cell.replace(' ', 'T')}Z` : cell);
  return Number.isNaN(ms) ? null : ms;
}

class LogBuilder {
  private readonly users: number[] = [];
  private readonly items: number[] = [];
  private readonly times: number[] = [];
  private readonly weights: number[] = [];
  private readonly events: number[] = [];
  private readonly sessions: number[] = [];
  private readonly names = { user: new Map<string, number>(), item: new Map<string, number>(), event: new Map<string, number>(), session: new Map<string, number>(), category: new Map<string, number>() }; // prettier-ignore
  private readonly prices: [sum: number, count: number][] = [];
  private readonly categories: number[] = [];
  private readonly texts: string[] = [];
  private readonly skipped: Record<string, number> = {};
  private hasSessions = false;
  private hasTexts = false;

  constructor(private readonly options: ReadOptions) {}

  get length(): number {
    return this.users.length;
  }

  add(row: readonly string[], at: Readonly<Record<string, number>>): void {
    const cell = (column: string): string => (at[column]! < 0 ? '' : (row[at[column]!] ?? '').trim());
    const reason = this.faultOf(cell, at);
    if (reason !== null) {
      this.skipped[reason] = (this.skipped[reason] ?? 0) + 1;
      return;
    }
    const item = numberOf(this.names.item, cell('item'));
    this.users.push(numberOf(this.names.user, cell('user')));
    this.items.push(item);
    this.times.push(timeOf(cell('timestamp'))!);
    this.weights.push(at['weight']! < 0 ? 1 : Number(cell('weight')));
    this.events.push(numberOf(this.names.event, cell('event')));
    if (at['session']! >= 0) this.sessions.push(numberOf(this.names.session, cell('session')));
    this.hasSessions = at['session']! >= 0;
    const price = Number(cell('price'));
    const [sum, count] = this.prices[item] ?? [0, 0];
    this.prices[item] = price > 0 ? [sum + price, count + 1] : [sum, count];
    if (at['text']! >= 0) this.texts[item] ||= cell('text');
    this.hasTexts = at['text']! >= 0;
    this.categories[item] = cell('category') === '' ? -1 : numberOf(this.names.category, cell('category'));
  }

  private faultOf(cell: (column: string) => string, at: Readonly<Record<string, number>>): string | null {
    if (cell('user') === '') return 'no user';
    if (cell('item') === '') return 'no item';
    if (timeOf(cell('timestamp')) === null) return 'no time';
    if (at['weight']! >= 0 && !(Number(cell('weight')) > 0)) return 'weight not above 0';
    if (this.options.itemPattern !== undefined && !this.options.itemPattern.test(cell('item'))) return 'other items';
    if (this.options.minRating !== undefined && !(Number(cell('rating')) >= this.options.minRating)) return 'rating too low';
    return null;
  }

  finish(): Interactions {
    const { user, item, event } = this.names;
    return {
      log: {
        users: Int32Array.from(this.users),
        items: Int32Array.from(this.items),
        timesMs: Float64Array.from(this.times),
        weights: Float64Array.from(this.weights),
        userCount: user.size,
        itemCount: item.size,
      },
      items: [...item.keys()],
      events: Int32Array.from(this.events),
      kinds: [...event.keys()],
      sessions: this.hasSessions ? Int32Array.from(this.sessions) : null,
      prices: Float32Array.from(this.prices, ([sum, count]) => (count === 0 ? 0 : sum / count)),
      categories: Int32Array.from(this.categories),
      ...(this.hasTexts && { texts: this.texts }),
      skipped: this.skipped,
    };
  }
}

function numberOf(known: Map<string, number>, name: string): number {
  const number = known.get(name);
  if (number !== undefined) return number;
  known.set(name, known.size);
  return known.size - 1;
}

async function findDelimiter(path: string): Promise<string> {
  for await (const lines of readLines(path).slices()) return lines[0]!.includes('\t') ? '\t' : ',';
  throw new AppError('FILE_INVALID', `${path} is empty`);
}
