import { EVENT, MODELS, RANKED_LIST, TOPICS, userKey, type Event, type RankedList } from '@tradewind/contracts';
import type { BatchHandler, LogRecord } from '@tradewind/eventing';
import { MemoryStateStore, createFeatureStore, type FeatureStore } from '@tradewind/feature-store';
import { ModelSlot, loadOnnxModel } from '@tradewind/inference';
import { anEvent, anOrder } from '@tradewind/testing';
import fc from 'fast-check';
import { ITEMS, packRanker } from '../test/an-item-ranker';
import { LISTED, SHOPPER, boughtBy, type Bought } from './features';
import { asItemRanker } from './model';
import { createPipeline } from './pipeline';

const CONTEXT = { signal: new AbortController().signal, heartbeat: async () => undefined };
const DAY_MS = 86_400_000;
const slot = new ModelSlot(MODELS.itemRanker);

beforeAll(async () => slot.swap(await loadOnnxModel(packRanker({ version: 'v1', halfLifeMs: DAY_MS }))));
afterAll(() => slot.close());

class Service {
  readonly store = new MemoryStateStore();
  readonly lists: RankedList[] = [];
  readonly features: FeatureStore;
  private readonly handler: BatchHandler;

  constructor(model: ModelSlot = slot) {
    this.features = createFeatureStore({ store: this.store, features: SHOPPER, prefix: 't:' });
    this.handler = createPipeline({ features: this.features, slot: model, listSize: 3, title: (item) => `the ${item}`, now: () => 7 });
  }

  async handle(records: readonly LogRecord[]) {
    const batch = { topic: TOPICS.events.name, partition: 0, records, highWatermark: records.length };
    const result = await this.handler(batch, CONTEXT);
    this.lists.push(...result.outputs.map(({ value }) => RANKED_LIST.decode(value)));
    await result.persist?.();
    return result;
  }

  /** The last list of each customer, as a compacted topic keeps it. */
  latest(): Record<string, string> {
    return Object.fromEntries(this.lists.map((list) => [list.userKey, RANKED_LIST.encode(list).toString('hex')]));
  }

  async stored(): Promise<Record<string, string>> {
    const entries: [string, string][] = [];
    for await (const page of this.store.scan(''))
      entries.push(...page.map(([key, value]): [string, string] => [key, value.toString('hex')]));
    return Object.fromEntries(entries.sort());
  }
}

function toRecords(events: readonly Event[]): LogRecord[] {
  const { name: topic } = TOPICS.events;
  return events.map((event, offset) => {
    const key = Buffer.from(event.userKey);
    return { topic, partition: 0, offset, timestampMs: 0, key, value: EVENT.encode(event), headers: {} };
  });
}

const who = (user: string) => ({ userId: user, userKey: userKey('shop', user) });
const buy = (user: string, ...items: string[]) =>
  anOrder(
    items.map((item): [string, number, number] => [item, 1, 1]),
    who(user),
  );
const giveBack = (user: string, item: string) => anOrder([[item, 1, 1]], { ...who(user), name: 'Order Refunded' });
const itemsOf = (list: RankedList | undefined) => list?.items.map(({ itemId }) => itemId);

const anyEvent = fc
  .record({
    user: fc.constantFrom('ann', 'bob', 'cyd'),
    name: fc.constantFrom('Order Completed', 'Order Refunded', 'Product Viewed'),
    items: fc.array(fc.constantFrom(...ITEMS, 'unknown'), { minLength: 1, maxLength: 3 }),
    day: fc.integer({ min: 1, max: 28 }),
  })
  .map(({ user, name, items, day }) =>
    anOrder(
      items.map((item): [string, number, number] => [item, 1, 1]),
      { ...who(user), name, occurredAtMs: Date.UTC(2024, 0, day) },
    ),
  );

describe('the recommender pipeline', () => {
  it('lists what goes with what was bought, never what was bought, and says why', async () => {
    const service = new Service();
    await service.handle(toRecords([buy('ann', 'cup', 'tea')]));
    const [list] = service.lists;
    expect(list).toMatchObject({ userKey: 'shop:ann', placement: 'home', strategy: 'personal', model: 'item-ranker', modelVersion: 'v1' });
    expect(itemsOf(list)).toEqual(['pot', 'jug', 'tray']);
    const [pot, , tray] = list!.items;
    expect(pot!.reasons.map(({ itemId, contribution, text }) => [itemId, contribution, text])).toEqual([
      ['cup', 2, 'goes with the cup, which you bought'],
      ['tea', 0.5, 'goes with the tea, which you bought'],
    ]);
    expect(tray!.reasons).toEqual([]); // only its popularity speaks for it
  });

  it('may list an item again whose every unit was given back', async () => {
    const service = new Service();
    await service.handle(toRecords([buy('ann', 'cup'), buy('ann', 'pot'), giveBack('ann', 'pot')]));
    expect(itemsOf(service.lists.at(-1))![0]).toBe('pot');
  });

  it('falls back to the most popular when everything was given back or is unknown to the model', async () => {
    const service = new Service();
    await service.handle(toRecords([buy('ann', 'cup'), giveBack('ann', 'cup'), buy('bob', 'novelty')]));
    for (const list of service.lists) {
      expect(list.strategy).toBe('popular');
      expect(itemsOf(list)).toEqual(['tea', 'cup', 'pot']);
    }
    expect(service.lists.map((list) => list.userKey)).toEqual(['shop:ann', 'shop:bob']);
  });

  it('leaves out events whose person refused personalization', async () => {
    const [service, bought] = [new Service(), buy('ann', ITEMS[0]!)];
    await service.handle(
      toRecords([
        { ...bought, deniedPurposes: ['personalization'] },
        { ...bought, messageId: 'other', deniedPurposes: ['analytics'] },
      ]),
    );
    expect([service.lists, await service.stored()]).toEqual([[], {}]);
    await service.handle(toRecords([{ ...bought, messageId: 'third', deniedPurposes: ['advertising'] }]));
    expect(service.lists).toHaveLength(1);
  });

  it('makes no list for what changes no history', async () => {
    const service = new Service();
    await service.handle(toRecords([anEvent(who('ann')), anOrder([['cup', 1, 1]], { ...who('ann'), name: 'Product Added' })]));
    expect(service.lists).toEqual([]);
    expect(await service.stored()).toEqual({});
  });

  it('remembers purchases while there is no model', async () => {
    const service = new Service(new ModelSlot(MODELS.itemRanker));
    await service.handle(toRecords([buy('ann', 'cup')]));
    expect(service.lists).toEqual([]);
    const state = (await service.features.get('shop:ann'))!;
    expect(boughtBy(state).map(({ itemId }) => itemId)).toEqual(['cup']);
    expect(state.of(LISTED).modelVersion).toBe('');
  });

  it('sets a corrupt record aside and goes on with the others', async () => {
    const service = new Service();
    const [first, second] = toRecords([buy('ann', 'cup'), buy('bob', 'cup')]);
    const { deadLetters } = await service.handle([{ ...first!, value: Buffer.from('no event') }, second!]);
    expect(deadLetters.map(({ record, code }) => [record.offset, code])).toEqual([[0, 'RECORD_CORRUPT']]);
    expect(service.lists.map((list) => list.userKey)).toEqual(['shop:bob']);
  });

  it('ends with the same lists and records however the log is cut and whatever is delivered twice', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 30 }), sizes, async (events, plan) => {
        const records = toRecords(events);
        const [whole, cut] = [new Service(), new Service()];
        if (records.length > 0) await whole.handle(records);
        for (let from = 0, i = 0; from < records.length; from += plan[i++] ?? 1) {
          const until = from + (plan[i] ?? 1);
          await cut.handle(records.slice(from, until));
          await cut.handle(records.slice(Math.max(0, from - 2), until));
        }
        expect(cut.latest()).toEqual(whole.latest());
        expect(await cut.stored()).toEqual(await whole.stored());
      }),
      { numRuns: 60 },
    );
  });
});

describe('the item ranker', () => {
  const anyHistory = fc.uniqueArray(
    fc.record({
      itemId: fc.constantFrom(...ITEMS, 'unknown'),
      quantity: fc.constant(1),
      lastAtMs: fc.integer({ min: 1, max: 9 }).map((day) => day * DAY_MS),
    }),
    { selector: ({ itemId }) => itemId, maxLength: 6 },
  );

  it('scores by the sum of what popularity and each bought item add, and lists no bought item', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async (history: Bought[]) => {
        const [list] = await slot.use((model) => asItemRanker(model).rank([history], ITEMS.length));
        const bought = history.map(({ itemId }) => itemId);
        expect(list!.map(({ itemId }) => itemId).sort()).toEqual(ITEMS.filter((item) => !bought.includes(item)).sort());
        for (const { score, prior, because } of list!) {
          expect(because.reduce((sum, { contribution }) => sum + contribution, prior)).toBeCloseTo(score, 5);
          for (const { itemId } of because) expect(bought).toContain(itemId);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('ranks a batch of any size as it ranks each alone', async () => {
    const histories = fc.sample(anyHistory, { numRuns: 150, seed: 1 });
    const [together, alone] = await slot.use(async (model) => {
      const ranker = asItemRanker(model);
      const lists = [];
      for (const history of histories) lists.push((await ranker.rank([history], 4))[0]);
      return [await ranker.rank(histories, 4), lists];
    });
    expect(together).toEqual(alone);
  });

  it('lets old purchases fade by the half-life of the model', async () => {
    const at = (day: number) => ({ quantity: 1, lastAtMs: day * DAY_MS });
    const history = [
      { itemId: 'cup', ...at(1) },
      { itemId: 'tea', ...at(2) },
    ];
    const [list] = await slot.use((model) => asItemRanker(model).rank([history], 1));
    expect(list![0]!.because).toEqual([
      { itemId: 'cup', contribution: 1 }, // a day older than the latest: half of 2
      { itemId: 'tea', contribution: 0.5 },
    ]);
  });
});
