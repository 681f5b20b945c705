import { AppError } from '@tradewind/contracts';
import { columnIndexes, parseCsvLine } from './csv';
import type { Recording, ReplayEvent, ReplayItem } from './recording';
import { readLines, type LineReader } from './read-lines';

interface TimedEvent {
  readonly timeMs: number;
  readonly event: (timestamp: string) => ReplayEvent[];
}

/** Ratings from this up count as a purchase as well. */
const LIKED_RATING = 4;

/**
 * MovieLens ratings (`user item rating timestamp` by `::`, tab or comma, seconds, with or without a header). A rating is a `Product Viewed`
 * that carries the rating; one of 4 or more is an `Order Completed` of that one item too, as implicit-feedback studies do. Held in memory to
 * be put in time order.
 */
export function openMovieLens(path: string): Recording {
  return openSorted(path, async (lines) => {
    const timed: TimedEvent[] = [];
    for await (const slice of lines.slices()) {
      for (const line of slice) {
        const rating = parseRating(line);
        if (rating) timed.push(rating);
        else if (timed.length > 0 && line !== '') throw new AppError('FILE_INVALID', `${path}: not a rating: ${line.slice(0, 80)}`);
      }
    }
    return timed;
  });
}

function parseRating(line: string): TimedEvent | null {
  const delimiter = line.includes('::') ? '::' : line.includes('\t') ? '\t' : ',';
  const [userId = '', itemId = '', ratingText = '', seconds = ''] = line.split(delimiter);
  const rating = Number(ratingText);
  const timeMs = Number(seconds) * 1000;
  if (userId === '' || itemId === '' || ratingText === '' || Number.isNaN(rating) || !(timeMs >= 0)) return null;
  const id = `movielens:${userId}:${itemId}`;
  const track = { type: 'track', userId } as const;
  return {
    timeMs,
    event: (timestamp) => [
      { ...track, messageId: id, event: 'Product Viewed', timestamp, properties: { product_id: itemId, rating } },
      ...(rating < LIKED_RATING
        ? []
        : [
            {
              ...track,
              messageId: `${id}:order`,
              event: 'Order Completed',
              timestamp,
              properties: { order_id: id, products: [{ product_id: itemId }] },
            },
          ]),
    ],
  };
}

const RETAILROCKET_COLUMNS = ['timestamp', 'visitorid', 'event', 'itemid', 'transactionid'];

/**
 * RetailRocket's events.csv (`timestamp` in milliseconds, in no order): view, addtocart and transaction become `Product Viewed`,
 * `Product Added` and `Order Completed` of one item, of anonymous visitors. Held in memory to be put in time order.
 */
export function openRetailRocket(path: string): Recording {
  return openSorted(path, async (lines) => {
    const timed: TimedEvent[] = [];
    let columns: number[] | undefined;
    let line = 1;
    for await (const slice of lines.slices()) {
      for (const text of slice) {
        if (columns === undefined) columns = columnIndexes(text, RETAILROCKET_COLUMNS, path);
        else if (text !== '') timed.push(parseVisit(text, columns, ++line, path));
      }
    }
    return timed;
  });
}

function parseVisit(text: string, columns: readonly number[], line: number, path: string): TimedEvent {
  const fields = parseCsvLine(text);
  const [time, visitor, kind, item, transaction] = columns.map((column) => fields[column] ?? '') as [
    string,
    string,
    string,
    string,
    string,
  ];
  const name = { view: 'Product Viewed', addtocart: 'Product Added', transaction: 'Order Completed' }[kind];
  const timeMs = time === '' ? NaN : Number(time);
  if (name === undefined || !visitor || !item || !(timeMs >= 0))
    throw new AppError('FILE_INVALID', `${path}: not an event: ${text.slice(0, 80)}`);
  // Views can repeat within a millisecond, so only the line tells them apart.
  const messageId = `retailrocket:${line}`;
  const properties =
    kind === 'transaction' ? { order_id: transaction || messageId, products: [{ product_id: item }] } : { product_id: item };
  return { timeMs, event: (timestamp) => [{ type: 'track', messageId, anonymousId: visitor, event: name, timestamp, properties }] };
}

function openSorted(path: string, readAll: (lines: LineReader) => Promise<TimedEvent[]>): Recording {
  const lines = readLines(path);
  let doneRatio = 0;
  return {
    readRatio: () => doneRatio,
    async *items(): AsyncIterable<ReplayItem> {},
    async *events() {
      const timed = await readAll(lines);
      // Stable, so that the order of the file decides between equal times.
      timed.sort((a, b) => a.timeMs - b.timeMs);
      for (let i = 0; i < timed.length; i++) {
        doneRatio = i / timed.length;
        yield* timed[i]!.event(new Date(timed[i]!.timeMs).toISOString());
      }
      doneRatio = 1;
    },
  };
}
