import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { segmentation } from '@tradewind/apps/segmentation';
import { LINK, MEMBERSHIP, TOPICS, userKey } from '@tradewind/contracts';
import { PartitionGate, openKafkaEventLog, type EventLog } from '@tradewind/eventing';
import { MemoryStateStore, openMemoryMessageIdStore } from '@tradewind/feature-store';
import { SILENT_LOGGER, createHealth, createMetrics } from '@tradewind/observability';
import type { Database, SegmentRow } from '@tradewind/persistence';
import { runServices, type Platform, type RunningServices } from '@tradewind/runtime';
import { anEvent, anEventRecord, describeWith, eventually, uniqueName } from '@tradewind/testing';
import { prefixTopics } from '../src/bench/topic-prefix';
import { workspaceRoot } from '../src/workspace-root';

const RULE = { id: 'twice', name: 'Viewed twice', when: { event: 'Product Viewed', op: '>=', value: 2 } };
const ROW: SegmentRow = { segmentId: RULE.id, version: 1, name: RULE.name, rule: RULE, enabled: true, createdAtMs: 0 };

describeWith('kafka', 'identities on a real log', (brokers) => {
  const prefix = `test-${uniqueName('identities')}.`;
  let log: EventLog;
  let running: RunningServices;

  beforeAll(async () => {
    const kafka = await openKafkaEventLog({ brokers: brokers.split(','), clientId: 'tradewind-test' });
    log = prefixTopics({ log: kafka, prefix });
    await log.ensureTopics(Object.values(TOPICS));
    const env = { PORT: '0', LOG_LEVEL: 'silent' };
    running = await runServices([segmentation], { env, platform: platformOn(log, () => kafka.close()) });
  }, 120_000);

  afterAll(async () => {
    await running.close();
    await promisify(execFile)(process.execPath, [join(workspaceRoot(), 'bench', 'delete-topics.mjs'), brokers, prefix]);
  }, 60_000);

  it('an anonymous visitor becomes the known one within seconds of the link', async () => {
    const [visitor, known] = [uniqueName('anon'), uniqueName('user')];
    const view = (id: string, isKnown: boolean) =>
      anEventRecord(
        anEvent({ userId: isKnown ? id : '', anonymousId: isKnown ? '' : id, userKey: userKey('shop', id), messageId: uniqueName('m') }),
      );
    await log.publish([view(visitor, false), view(visitor, false), view(known, true)]);
    await eventually(async () => expect(await members(log)).toEqual([`twice|shop:${visitor}`]), { timeoutMs: 60_000, intervalMs: 500 });

    const link = { sourceId: 'shop', aliasId: visitor, canonicalId: known, messageId: 'l', linkedAtMs: Date.now() };
    await log.publish([{ topic: TOPICS.identityLinks.name, key: userKey('shop', visitor), value: LINK.encode(link) }]);
    await eventually(async () => expect(await members(log)).toEqual([`twice|shop:${known}`]), { timeoutMs: 60_000, intervalMs: 500 });
    const answer = await fetch(new URL(`/v1/profiles/shop:${visitor}`, running.url));
    expect(await answer.json()).toMatchObject({ userKey: `shop:${known}`, features: { product_views_count: 3 } });
  }, 150_000);
});

async function members(log: EventLog): Promise<string[]> {
  const found = new Set<string>();
  for await (const records of log.read(TOPICS.segmentMembership.name)) {
    for (const { value } of records) {
      const { segmentId, userKey: key, member } = MEMBERSHIP.decode(value);
      if (member) found.add(`${segmentId}|${key}`);
      else found.delete(`${segmentId}|${key}`);
    }
  }
  return [...found];
}

/** A platform on that log; state is in memory, and of the database only the definitions are asked. */
function platformOn(log: EventLog, close: () => Promise<void>): Platform {
  const nothing = () => Promise.resolve();
  return {
    log,
    state: new MemoryStateStore(),
    database: {
      segments: { list: async () => [ROW], get: async () => ROW },
      memberships: { upsertMany: nothing, removeMany: nothing },
      ruleMemberships: { applyMany: nothing },
    } as unknown as Database,
    gate: new PartitionGate(),
    logger: SILENT_LOGGER,
    metrics: createMetrics({ service: 'test', processMetrics: false }),
    health: createHealth(),
    now: Date.now,
    dataDir: '',
    openMessageIds: () => openMemoryMessageIdStore(),
    close,
  };
}
