import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { InteractionLog } from '../src/interactions';

const FILE = join('online-retail', 'online_retail.csv.gz');
const ROOT = resolve(__dirname, '../../..');

/**
 * UCI Online Retail (Chen 2015, CC0): in the repository's data/, else in `dataDir` (the specs pass TRADEWIND_DATA), else in
 * shared/data beside the repository. Undefined where none has it.
 */
export function findOnlineRetail(dataDir: string | undefined): string | undefined {
  const places = [join(ROOT, 'data'), dataDir ?? resolve(ROOT, '../shared/data')];
  return places.map((place) => join(place, FILE)).find((path) => existsSync(path));
}

/**
 * Purchases of known customers. Left out: returns (invoice C…), quantities not above 0, lines without a customer, and stock codes
 * that do not begin with five digits (POST, M, D, DOT, BANK CHARGES, gift vouchers …), which are not products.
 */
export function readOnlineRetail(path: string): InteractionLog {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n').slice(1);
  const [users, items] = [new Map<string, number>(), new Map<string, number>()];
  const number = (known: Map<string, number>, name: string) => known.get(name) ?? known.set(name, known.size).size - 1;
  const events = lines.flatMap((line) => {
    const fields = line.split(','); // only the description, third, may hold commas: read from both ends
    const [invoice, code] = [fields[0] ?? '', fields[1]?.trim().toUpperCase() ?? ''];
    const [quantity, date, , customer] = fields.slice(-5);
    if (!customer || invoice.startsWith('C') || !(Number(quantity) > 0) || !/^\d{5}/.test(code)) return [];
    const timeMs = Date.parse(`${date!.replace(' ', 'T')}Z`);
    return [{ user: number(users, customer), item: number(items, code), timeMs, quantity: Number(quantity) }];
  });
  return {
    users: Int32Array.from(events, ({ user }) => user),
    items: Int32Array.from(events, ({ item }) => item),
    timesMs: Float64Array.from(events, ({ timeMs }) => timeMs),
    weights: Float64Array.from(events, ({ quantity }) => quantity),
    userCount: users.size,
    itemCount: items.size,
  };
}
