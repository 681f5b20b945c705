import { EVENT, MODELS, TOPICS, TRANSITION, TransitionKind, userKey, type Event } from '@tradewind/contracts';
import type { Batch, BatchHandler, LogRecord, OutboundRecord } from '@tradewind/eventing';
import { MemoryStateStore, createFeatureStore, type FeatureStore } from '@tradewind/feature-store';
import { ModelSlot } from '@tradewind/inference';
import { anEvent, anOrder } from '@tradewind/testing';
import fc from 'fast-check';
import { TRAINED_UNTIL_MS, loadClusters } from '../test/a-cluster-model';
import { CUSTOMER, SEGMENT } from './features';
import { createPipeline, type PipelineDeps } from './pipeline';

const TOPIC = TOPICS.events.name;
const CONTEXT = { signal: new AbortController().signal, heartbeat: async () => undefined };
const slot = new ModelSlot(MODELS.customerClusters);

beforeAll(async () => slot.swap(await loadClusters({ version: 'v1' })));
afterAll(() => slot.close());

const NO_RULES: PipelineDeps['rules'] = {
  begin: async () => ({ outputs: [], take: () => undefined, persist: (persistUsers) => persistUsers() }),
};

/** The pipeline over a store that outlives it, as Redis outlives a process. */
class Service {
  readonly store = new MemoryStateStore();
  readonly outputs: OutboundRecord[] = [];
  features!: FeatureStore;
  private handler!: BatchHandler;

  constructor(
    private readonly model: ModelSlot = slot,
    private readonly cacheEntries = 100,
  ) {
    this.restart();
  }

  restart(): void {
    this.features = createFeatureStore({ store: this.store, features: CUSTOMER, prefix: 't:', cacheEntries: this.cacheEntries });
    this.handler = createPipeline({ features: this.features, slot: this.model, rules: NO_RULES, now: () => 7 });
  }

  /** @param crash before the state is written */
  async handle(records: readonly LogRecord[], crash = false) {
    const batch: Batch = { topic: TOPIC, partition: 0, records, highWatermark: records.length };
    const result = await this.handler(batch, CONTEXT);
    this.outputs.push(...result.outputs);
    if (crash) this.restart();
    else await result.persist?.();
    return result;
  }

  /** Hex of each stored record. */
  async stored(): Promise<Record<string, string>> {
    const entries: [string, string][] = [];
    for await (const page of this.store.scan(''))
      entries.push(...page.map(([key, value]): [string, string] => [key, value.toString('hex')]));
    return Object.fromEntries(entries.sort());
  }

  /** What was published, by id; an id that stands for two different records is an error. */
  published(): Record<string, string> {
    const byId: Record<string, string> = {};
    for (const { headers, topic, key, value } of this.outputs) {
      const id = String(headers!['ce_id']);
      const text = `${topic} ${String(key)} ${value!.toString('hex')}`;
      expect(byId[id] ?? text).toBe(text);
      byId[id] = text;
    }
    return Object.fromEntries(Object.entries(byId).sort());
  }

  transitions() {
    return this.outputs.filter(({ topic }) => topic === TOPICS.segmentTransitions.name).map(({ value }) => TRANSITION.decode(value));
  }
}

function toRecords(events: readonly Event[]): LogRecord[] {
  return events.map((event, offset) => ({
    topic: TOPIC,
    partition: 0,
    offset,
    timestampMs: 0,
    key: Buffer.from(event.userKey),
    value: EVENT.encode(event),
    headers: {},
  }));
}

const who = (user: string) => ({ userId: user, userKey: userKey('shop', user) });
const order = (user: string, overrides: Partial<Event> = {}) => anOrder([['cup', 1, 1]], { ...who(user), ...overrides });

const anyEvent = fc
  .record({
    user: fc.constantFrom('ann', 'bob', 'cyd'),
    kind: fc.constantFrom('order', 'refund', 'view'),
    product: fc.constantFrom('cup', 'pot', 'jug', 'tea'),
    day: fc.integer({ min: 1, max: 28 }),
    message: fc.integer({ min: 0, max: 30 }),
  })
  .map(({ user, kind, product, day, message }) => {
    const overrides = { ...who(user), messageId: `m${message}`, orderId: `o${message}`, occurredAtMs: Date.UTC(2024, 0, day) };
    if (kind === 'view') return anEvent(overrides);
    const name = kind === 'order' ? 'Order Completed' : 'Order Refunded';
    return anOrder([[product, 1, 1]], { ...overrides, name });
  });

describe('the segmentation pipeline', () => {
  it('stores and publishes the same however the log is cut into batches and whatever is delivered twice', async () => {
    const cuts = fc.array(fc.record({ size: fc.integer({ min: 1, max: 6 }), crash: fc.boolean(), again: fc.boolean() }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 40 }), cuts, fc.constantFrom(0, 1, 100), async (events, plan, cacheEntries) => {
        const records = toRecords(events);
        const whole = new Service();
        if (records.length > 0) await whole.handle(records);

        const cut = new Service(slot, cacheEntries);
        for (let from = 0, i = 0; from < records.length; i++) {
          const { size, crash, again } = plan[i] ?? { size: 1, crash: false, again: false };
          const batch = records.slice(from, from + size);
          if (crash) await cut.handle(batch, true);
          await cut.handle(batch);
          // The crash came after the state, before the commit.
          if (again) await cut.handle(records.slice(Math.max(0, from - 2), from + size));
          from += size;
        }
        expect(await cut.stored()).toEqual(await whole.stored());
        expect(cut.published()).toEqual(whole.published());
      }),
      { numRuns: 60 },
    );
  });

  it('publishes an entry for the first segment, then exit and entry, each with its membership', async () => {
    const service = new Service();
    await service.handle(toRecords([order('ann'), order('ann', { occurredAtMs: Date.UTC(2024, 0, 2) }), order('ann')]));
    const told = service.transitions().map(({ kind, segmentId, userKey: key }) => [key, TransitionKind[kind], segmentId]);
    expect(told).toEqual([
      ['shop:ann', 'TRANSITION_KIND_ENTERED', 's0'],
      ['shop:ann', 'TRANSITION_KIND_EXITED', 's0'],
      ['shop:ann', 'TRANSITION_KIND_ENTERED', 's1'],
    ]);
    const memberships = service.outputs.filter(({ topic }) => topic === TOPICS.segmentMembership.name);
    expect(memberships.map(({ key }) => key)).toEqual(['s0|shop:ann', 's0|shop:ann', 's1|shop:ann']);
    expect((await service.features.get('shop:ann'))!.of(SEGMENT)).toMatchObject({ segmentId: 's1', modelVersion: 'v1' });
  });

  it('gives each customer in a batch of many what a batch of one gives', async () => {
    const events = Array.from({ length: 30 }, (_, i) => order(`u${i % 7}`, { occurredAtMs: Date.UTC(2024, 0, 1 + i) }));
    const [many, ones] = [new Service(), new Service()];
    await many.handle(toRecords(events));
    for (const record of toRecords(events)) await ones.handle([record]);
    expect(ones.published()).toEqual(many.published());
    expect(Object.keys(many.published()).length).toBeGreaterThan(20);
  });

  it('explains a segment by the gap to the runner-up', async () => {
    const service = new Service();
    await service.handle(toRecords([order('ann'), order('ann', { items: [{ productId: 'pot', quantity: 1, priceMinor: 1 }] })]));
    const entered = service.transitions().at(-1)!;
    expect(entered.segmentId).toBe('s1');
    // Two orders of one penny each, of two products: the centroid of s1, at 3 from s0 and at 12 from s2.
    const sum = entered.evidence.reduce((total, { contribution }) => total + contribution, 0);
    expect(sum).toBeCloseTo(3, 5);
    const vector = new Float32Array(CUSTOMER.columns.length);
    CUSTOMER.vector((await service.features.get('shop:ann'))!, TRAINED_UNTIL_MS, vector);
    for (const { feature, value } of entered.evidence) expect(value).toBe(vector[CUSTOMER.columns.indexOf(feature)]);
    expect(entered.evidence).toHaveLength(3);
  });

  it('leaves out events whose person refused personalization', async () => {
    const service = new Service();
    const refused = ['personalization', 'analytics'].map((purpose, i) => order('ann', { messageId: `m${i}`, deniedPurposes: [purpose] }));
    await service.handle(toRecords(refused));
    expect([service.outputs, await service.stored()]).toEqual([[], {}]);
    await service.handle(toRecords([order('ann', { deniedPurposes: ['advertising'] })]));
    expect(service.transitions()).toHaveLength(1);
  });

  it('only folds while there is no model', async () => {
    const service = new Service(new ModelSlot(MODELS.customerClusters));
    await service.handle(toRecords([order('ann'), order('ann')]));
    expect(service.outputs).toEqual([]);
    const state = (await service.features.get('shop:ann'))!;
    expect(state.of(SEGMENT).segmentId).toBe('');
    const vector = new Float32Array(CUSTOMER.columns.length);
    CUSTOMER.vector(state, state.lastEventAtMs, vector);
    expect(vector[CUSTOMER.columns.indexOf('orders_count')]).toBe(2);
  });

  it('leaves a visitor without an order in no segment', async () => {
    const service = new Service();
    await service.handle(toRecords([anEvent(who('eve')), anEvent(who('eve'))]));
    expect(service.outputs).toEqual([]);
    expect((await service.features.get('shop:eve'))!.of(SEGMENT).segmentId).toBe('');
  });

  it('sets a corrupt record aside and goes on with the others', async () => {
    const service = new Service();
    const records = toRecords([order('ann'), order('bob'), order('cyd')]);
    const corrupt = { ...records[1]!, value: Buffer.from('no event') };
    const { deadLetters } = await service.handle([records[0]!, corrupt, records[2]!]);
    expect(deadLetters.map(({ record, code }) => [record.offset, code])).toEqual([[1, 'RECORD_CORRUPT']]);
    expect(service.transitions().map(({ userKey: key }) => key)).toEqual(['shop:ann', 'shop:cyd']);
  });
});
