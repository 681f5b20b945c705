import { EVENT, TOPICS } from '@tradewind/contracts';
import type { EventLog, LogRecord } from '@tradewind/eventing';

export const WRITE_KEY = 'test-key';
export const SHOP = 'shop';

/** Settings of a process with everything embedded but what is given: an empty value counts as unset. */
export function settingsOf(dataDir: string, servers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent', INGEST_WRITE_KEYS: `${SHOP}:${WRITE_KEY}`, ...servers };
}

/** The same order each time for the same number: 20 customers take turns. */
export function order(number: number): { messageId: string; userId: string; body: string } {
  const [messageId, userId] = [`order-${number}`, `u${number % 20}`];
  const body = JSON.stringify({
    messageId,
    userId,
    event: 'Order Completed',
    timestamp: new Date(Date.UTC(2024, 0, 1) + number * 3_600_000).toISOString(),
    properties: {
      order_id: messageId,
      currency: 'GBP',
      products: [{ product_id: `p${number % 7}`, price: 10 + (number % 5), quantity: 1 }],
    },
  });
  return { messageId, userId, body };
}

export function sendOrder(url: string, number: number): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${WRITE_KEY}:`).toString('base64')}`;
  return fetch(`${url}/v1/track`, { method: 'POST', body: order(number).body, headers: { authorization } });
}

export async function readAll(log: Pick<EventLog, 'read'>, topic: string): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  for await (const records of log.read(topic)) all.push(...records);
  return all;
}

/** Ids of the events that are on the log, repeats included. */
export async function messageIds(log: Pick<EventLog, 'read'>): Promise<string[]> {
  return (await readAll(log, TOPICS.events.name)).map(({ value }) => EVENT.decode(value).messageId);
}

/** Events that a group has not handled yet. */
export async function lagOf(log: Pick<EventLog, 'watermarks' | 'committed'>, group: string): Promise<number> {
  const [ends, committed] = await Promise.all([log.watermarks(TOPICS.events.name), log.committed(group, TOPICS.events.name)]);
  return ends.reduce((lag, { partition, low, high }) => lag + high - (committed.get(partition) ?? low), 0);
}
