import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventType, TOPICS, userKey, type Event } from '@tradewind/contracts';
import { openEmbeddedEventLog } from '@tradewind/eventing';
import { MemoryStateStore, SHOP_PROFILE, createFeatureGroup, createFeatureSet, totals, type FeatureSet } from '@tradewind/feature-store';
import { runServices } from '@tradewind/runtime';
import { anEvent, anEventRecord, anOrder, eventually, uniqueName } from '@tradewind/testing';
import fc from 'fast-check';
import { RuleService, type World } from '../../test/rule-service';
import { segmentation } from '../app.module';
import { CUSTOMER, STATE_PREFIX } from '../features';
import type { CustomerView } from '../segmentation.controller';
import { PROFILE } from './profile';

const CASES = Number(process.env['PROFILE_SERVICE_CASES'] ?? 8);
const START_MS = Date.UTC(2024, 0, 10);
const HOUR_MS = 3_600_000;
const USERS = ['ann', 'bob', 'cyd', 'dan', 'eve'].map((user) => userKey('shop', user));

/** As the declaration was before: other windows of what is called views, and some features fewer. */
const FORMER = createFeatureGroup({ name: 'profile', tag: 122 }, [
  ...SHOP_PROFILE.filter(({ name }) => name !== 'views').slice(0, 8),
  totals({ name: 'views', tag: 32, on: { name: 'Product Viewed' }, windows: ['90d'] }),
]);
const FORMER_CUSTOMER = createFeatureSet([...CUSTOMER.features.filter(({ tag }) => tag !== FORMER.tag), FORMER]);
const WITHOUT = createFeatureSet(CUSTOMER.features.filter(({ tag }) => tag !== FORMER.tag));

/** Writes what a process with another declaration would have left. */
async function rewrite(state: Pick<MemoryStateStore, 'scan' | 'writeMany' | 'deleteMany'>, as: FeatureSet): Promise<void> {
  for await (const page of state.scan(STATE_PREFIX))
    for (const [key, record] of page) {
      const former = as.decode(key, record);
      await state.writeMany([{ key, value: as.encode(former), revision: former.revision }]);
    }
  await state.deleteMany(Array.from({ length: TOPICS.events.partitions }, (_, partition) => `segmentation-partition:profile:${partition}`));
}

const aUserEvent: fc.Arbitrary<Event> = fc
  .record({
    user: fc.constantFrom(...USERS),
    name: fc.constantFrom('Product Viewed', 'Product Added', 'Order Completed'),
    half: fc.nat(400),
    message: fc.nat(80),
    category: fc.constantFrom('a', 'b', 'c'),
  })
  .map(({ user, name, half, message, category }) =>
    anEvent({
      userKey: user,
      userId: user.slice(5),
      name,
      messageId: `m${message}`,
      occurredAtMs: START_MS + (half * HOUR_MS) / 2,
      items: [{ productId: category, quantity: 1, priceMinor: 100 }],
      payloadJson: Buffer.from(JSON.stringify({ properties: { category } })),
    }),
  );
const someEvents = fc.array(aUserEvent, { minLength: 1, maxLength: 25 });
const aStep = fc.record({ events: someEvents, crashAfterWrites: fc.option(fc.integer({ min: 1, max: 14 }), { nil: undefined }) });

/** By user, as a fold of the log by itself makes it. */
function expectedProfiles(events: readonly Event[]): Record<string, string> {
  const set = createFeatureSet([PROFILE]);
  const states = new Map(USERS.map((key) => [key, set.create(key)]));
  events.forEach((event, offset) => set.apply(states.get(event.userKey)!, { topic: 'events', partition: 0, offset }, event));
  const seen = USERS.filter((key) => events.some((event) => event.userKey === key));
  return Object.fromEntries(seen.map((key) => [key, hexOf(states.get(key)!.of(PROFILE))]));
}

/** The state as bytes. */
function hexOf(state: ReturnType<(typeof PROFILE)['initial']>): string {
  const set = createFeatureSet([PROFILE]);
  const user = set.create('shop:nobody');
  Object.assign(user.of(PROFILE), state);
  return set.encode(user).toString('hex');
}

async function settle(service: RuleService): Promise<void> {
  await service.settled();
  await service.segmentation.profiles.settled();
}

describe('declared profiles, as a service', () => {
  it(
    'are those of a fold of the whole log after the declaration was changed, while events go on and wherever it dies',
    async () => {
      const steps = fc.array(aStep, { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(someEvents, steps, fc.boolean(), async (before, during, wasThere) => {
          const dir = await mkdtemp(join(tmpdir(), 'tradewind-profile-'));
          const log = await openEmbeddedEventLog({ dataDir: dir });
          await log.ensureTopics(Object.values(TOPICS));
          const state = new MemoryStateStore();
          const world: World = { log, state, dueTimes: state.dueTimes, rows: [], written: [] };
          await log.publish(before.map(anEventRecord));
          let service = new RuleService(world);
          await service.start();
          await settle(service);
          await service.stop();
          await rewrite(state, wasThere ? FORMER_CUSTOMER : WITHOUT);
          service = new RuleService(world);
          try {
            for (const { events, crashAfterWrites } of during) {
              if (crashAfterWrites !== undefined) service.failAfter(crashAfterWrites);
              await Promise.race([service.start(), service.failed]).catch(() => undefined);
              await log.publish(events.map(anEventRecord));
              await Promise.race([crashAfterWrites === undefined ? settle(service) : undefined, service.failed]);
              await service.stop();
              service = new RuleService(world);
            }
            await service.start();
            await settle(service);
            const found: Record<string, string> = {};
            for await (const page of service.segmentation.features.scan())
              for (const user of page) found[user.userKey] = hexOf(user.of(PROFILE));
            expect(found).toEqual(expectedProfiles([...before, ...during.flatMap(({ events }) => events)]));
          } finally {
            await service.stop();
            await log.close();
            await rm(dir, { recursive: true, force: true });
          }
        }),
        { numRuns: CASES },
      );
    },
    CASES * 10_000 + 30_000,
  );

  it('are shown by the profile of a customer, also after the next start with another declaration', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'tradewind-test-'));
    const start = () => runServices([segmentation], { env: { DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent' } });
    let running = await start();
    try {
      const userId = uniqueName('user');
      const key = userKey('shop', userId);
      const of = (day: number) => ({ userId, userKey: key, occurredAtMs: START_MS + day * 24 * HOUR_MS });
      const profile = async (query = '') =>
        ((await (await fetch(new URL(`/v1/profiles/${key}${query}`, running.url))).json()) as CustomerView).profile;
      const campaign = { campaignName: 'spring', medium: 'email', device: 'mobile' };
      await running.platform.log.publish(
        [
          anEvent({ ...of(0), type: EventType.EVENT_TYPE_PAGE, name: 'Home', enrichment: campaign as Event['enrichment'] }),
          anEvent({ ...of(1), payloadJson: Buffer.from('{"properties":{"category":"cups","brand":"Acme"}}') }),
          anOrder([['cup', 1, 500]], of(20)),
        ].map(anEventRecord),
      );
      const first = await eventually(async () => {
        const shown = await profile();
        expect(shown.values).toMatchObject({ orders_total_count: 1 });
        return shown;
      });
      expect(first).toMatchObject({ fingerprint: PROFILE.fingerprint, isComplete: true, asOfMs: of(20).occurredAtMs });
      expect(first.values).toMatchObject({
        orders_total_minor_7d: 500,
        views_count_30d: 1,
        views_count_7d: 0,
        products_viewed_distinct_count: 0,
        campaign_first: 'spring',
        device_top: 'mobile',
        category_affinity_top: 'cups',
        brand_affinity: [{ value: 'Acme', shareRatio: 1 }],
        visits_count: 3,
        rfm_recency_score: 5,
      });
      expect((await profile(`?asOfMs=${of(40).occurredAtMs}`)).values).toMatchObject({
        orders_total_count_7d: 0,
        orders_total_count_30d: 1,
      });

      await rewrite(running.platform.state as MemoryStateStore, FORMER_CUSTOMER);
      await running.close();
      running = await start();
      await eventually(async () => expect(await profile()).toEqual(first));
    } finally {
      await running.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 60_000);
});
