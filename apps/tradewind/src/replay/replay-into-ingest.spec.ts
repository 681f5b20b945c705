import { join } from 'node:path';
import { ingest } from '@tradewind/apps/ingest';
import { EVENT, ITEM, TOPICS, type Event } from '@tradewind/contracts';
import { runServices } from '@tradewind/runtime';
import { useTempDir } from '@tradewind/testing';
import { openOnlineRetail } from './online-retail';
import { replay } from './replay';

const FILE = join(__dirname, '../../../../data/online-retail/online_retail.csv.br');
const dir = useTempDir();

describe('replay into the real collector on the embedded log', () => {
  it('puts every acknowledged event on the log, in the order of each customer', async () => {
    const env = { DATA_DIR: dir(), PORT: '0', LOG_LEVEL: 'silent', INGEST_WRITE_KEYS: 'demo:demo-key' };
    const running = await runServices([ingest], { env });
    try {
      const recording = openOnlineRetail(FILE);
      const acked = new Set<string>();
      const summary = await replay({
        events: recording.events(),
        items: recording.items(),
        url: running.url,
        writeKey: 'demo-key',
        limit: 3_000,
        onAcked: (ids) => ids.forEach((id) => acked.add(id)),
      });
      expect(summary).toMatchObject({ items: 3_791, sent: 3_000, accepted: 3_000, rejected: 0, retried: 0 });

      const { log } = running.platform;
      const events: Event[] = [];
      for await (const records of log.read(TOPICS.events.name)) events.push(...records.map(({ value }) => EVENT.decode(value)));
      expect(new Set(events.map(({ messageId }) => messageId))).toEqual(acked);
      const lastOf = new Map<string, number>();
      for (const { userKey, occurredAtMs } of events) {
        expect(occurredAtMs).toBeGreaterThanOrEqual(lastOf.get(userKey) ?? 0);
        lastOf.set(userKey, occurredAtMs);
      }
      let items = 0;
      for await (const records of log.read(TOPICS.catalogItems.name))
        items += records.filter(({ value }) => ITEM.decode(value).priceMinor > 0).length;
      expect(items).toBe(3_791);
    } finally {
      await running.close();
    }
  }, 90_000);
});
