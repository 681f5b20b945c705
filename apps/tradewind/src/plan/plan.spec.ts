import { join } from 'node:path';
import { createPlanChecker, compilePlan, eventRecord, judgeEvent, type PlanDocument } from '@tradewind/apps/ingest';
import { TOPICS, VIOLATION, type Violation } from '@tradewind/contracts';
import { openEmbeddedEventLog, type EventLog } from '@tradewind/eventing';
import { openDatabase, type Database } from '@tradewind/persistence';
import { uniqueName, useTempDir } from '@tradewind/testing';
import { openRecording } from '../replay/open-recording';
import { workspaceRoot } from '../workspace-root';
import { checkEvents } from './check-events';
import { draftFromLog, type DraftReport } from './draft-from-log';
import { listViolations } from './list-violations';
import { listPlans, parsePlanReference, putPlan, showPlan } from './plans';

const schema = (property: string) => ({ properties: { properties: { required: [property] } } });
const events = (property = 'a') => [{ type: 'track', name: 'A', schema: schema(property) }];

async function* listed<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

describe('plans in the database', () => {
  let database: Database;
  beforeAll(async () => void (database = await openDatabase({})));
  afterAll(() => database.close());

  it('get the next version when their file names none, and none when nothing changed', async () => {
    const { plans } = database;
    const id = uniqueName('shop');
    expect(await putPlan(plans, { id, events: events() }, {})).toMatchObject({ plan: { id, version: 1 }, isNew: true });
    expect(await putPlan(plans, { events: events() }, { id })).toMatchObject({ plan: { version: 1 }, isNew: false });
    expect(await putPlan(plans, { id, events: events('b') }, {})).toMatchObject({ plan: { version: 2 }, isNew: true });
    expect(await putPlan(plans, { id, version: 7, events: events() }, {})).toMatchObject({ plan: { version: 7 }, isNew: true });
    await expect(putPlan(plans, { id, version: 7, events: events('c') }, {})).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
    expect(await showPlan(plans, parsePlanReference(`${id}@2`))).toMatchObject({ id, version: 2, events: events('b') });
    expect(await showPlan(plans, parsePlanReference(id))).toMatchObject({ version: 7 });
    await expect(showPlan(plans, parsePlanReference(`${id}@3`))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are compiled before they are stored, and do not replace what ships with Tradewind', async () => {
    const id = uniqueName('shop');
    const broken = { id, events: [{ type: 'track', name: 'A', schema: { properties: { properties: { type: 'objekt' } } } }] };
    await expect(putPlan(database.plans, broken, {})).rejects.toMatchObject({
      code: 'PLAN_INVALID',
      message: expect.stringMatching(/^events\[0\]\.schema\.properties\.properties\.type: must be/),
    });
    expect(await database.plans.get(id)).toBeNull();
    await expect(putPlan(database.plans, { events: [] }, { id: 'segment-ecommerce' })).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
  });

  it('are listed with the sources that use them', async () => {
    const [id, sourceId] = [uniqueName('shop'), uniqueName('source')];
    await putPlan(database.plans, { id, name: 'Shop', events: events() }, {});
    await putPlan(database.plans, { id, name: 'Shop', events: events('b') }, {});
    const settings = { plan: { id, version: 1, mode: 'block' } };
    await database.sources.upsert({ sourceId, name: sourceId, enabled: true, settings, writeKeys: [] });
    const plans = await listPlans(database.plans, database.sources);
    expect(plans).toContainEqual({
      id,
      name: 'Shop',
      versions: [2, 1],
      builtIn: false,
      events: 1,
      usedBy: [`${sourceId} (version 1, block)`],
    });
    expect(plans[0]).toMatchObject({ id: 'segment-ecommerce', builtIn: true, events: 28, usedBy: [] });
  });
});

describe('events of a file', () => {
  it('are counted as following, breaking or no events, with the first line of each fault', async () => {
    const plan: PlanDocument = {
      id: 'shop',
      version: 1,
      name: 'Shop',
      unplanned: 'flag',
      events: [{ type: 'track', name: 'A', schema: schema('a') }],
    };
    const track = (event: string, properties: object) => ({ type: 'track', event, userId: 'u', properties });
    const lines = [track('A', { a: 1 }), track('A', {}), track('B', {}), { type: 'track', userId: 'u' }, track('A', {})];
    expect(await checkEvents(plan, listed(lines), Date.now)).toEqual({
      plan: 'shop@1',
      events: 5,
      following: 1,
      breaking: 3,
      invalid: 1,
      violations: [
        { event: 'track "A"', type: 'Required', field: 'properties.a', description: 'properties.a is required', count: 2, example: '2' },
        {
          event: 'track "B"',
          type: 'Unplanned Event',
          field: '',
          description: 'the track call "B" is not in the plan',
          count: 1,
          example: '3',
        },
        { event: 'track', type: 'EVENT_INVALID', field: '', description: expect.stringContaining('event'), count: 1, example: '4' },
      ],
    });
  });
});

describe('on the log', () => {
  const dir = useTempDir();
  let log: EventLog;
  beforeEach(async () => {
    log = await openEmbeddedEventLog({ dataDir: dir() });
    await log.ensureTopics([TOPICS.events, TOPICS.violations]);
  });
  afterEach(() => log.close());

  it('violations of a source are counted by fault, repeats once', async () => {
    const violation = (id: string, overrides: Partial<Violation> = {}) => ({
      topic: TOPICS.violations.name,
      key: overrides.sourceId ?? 'shop',
      value: VIOLATION.encode({
        violationId: id,
        sourceId: 'shop',
        messageId: `m-${id}`,
        eventType: 'track',
        eventName: 'A',
        planId: 'p',
        planVersion: '1',
        field: 'properties.products[3].id',
        violationType: 'Required',
        description: 'properties.products[3].id is required',
        receivedAtMs: Date.UTC(2024, 0, 1),
        ...overrides,
      }),
    });
    const field = 'properties.products[1].id';
    const same = violation('2', { field, description: `${field} is required`, receivedAtMs: Date.UTC(2024, 0, 2) });
    await log.publish([violation('1'), same, same, violation('3', { sourceId: 'other' })]);
    expect(await listViolations(log, { sourceId: 'shop', last: 100 })).toEqual({
      sourceId: 'shop',
      violations: 2,
      events: 2,
      plans: ['p@1'],
      oldest: '2024-01-01T00:00:00.000Z',
      newest: '2024-01-02T00:00:00.000Z',
      tallies: [
        {
          event: 'track "A"',
          type: 'Required',
          field: 'properties.products[].id',
          description: 'properties.products[].id is required',
          count: 2,
          example: 'm-1',
        },
      ],
    });
    expect(await listViolations(log, { sourceId: 'nobody', last: 100 })).toMatchObject({ violations: 0, oldest: null, tallies: [] });
  });

  it('there must be events to draft from', async () => {
    const drafting = draftFromLog(log, { sourceId: 'shop', last: 10, id: 'd', version: 1, name: 'd' });
    await expect(drafting).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  /** Each makes of an event one that a person would call wrong. */
  const MUTATIONS: Readonly<Record<string, (properties: Record<string, unknown>) => void>> = {
    'an order without its number': (properties) => delete properties['order_id'],
    'a number that is a number': (properties) => void (properties['order_id'] = 536365),
    'an amount as text': (properties) => void (properties['total'] = '12.50'),
    'an unknown currency': (properties) => void (properties['currency'] = 'XXX'),
    'products that are no list': (properties) => void (properties['products'] = {}),
    'a product without its id': (properties) => delete (properties['products'] as Record<string, unknown>[])[0]!['product_id'],
    'a negative price': (properties) => void ((properties['products'] as Record<string, unknown>[])[0]!['price'] = -1),
    'a misspelt property': (properties) => void (properties['orderid'] = '1'),
  };

  it('a plan drafted from the Online Retail sample is followed by it and catches what is made wrong', async () => {
    const sample = await recorded(2_000);
    const facts = { sourceId: 'shop', defaultCurrency: 'GBP' };
    const judged = sample.map((value) => judgeEvent({ value, bytes: Buffer.from(JSON.stringify(value)) }, facts, Date.now()));
    await log.publish(judged.map(({ event }) => eventRecord(event!)));
    const report: DraftReport = await draftFromLog(log, {
      sourceId: 'shop',
      last: 10_000,
      id: 'retail',
      version: 1,
      name: 'r',
      isClosed: true,
    });
    expect(report.sample).toBe(2_000);
    expect(await checkEvents(report.plan, listed(sample), Date.now)).toMatchObject({ following: 2_000, breaking: 0, violations: [] });

    const checker = createPlanChecker(await compilePlan(report.plan), { mode: 'block' });
    const orders = judged
      .map(({ event }, i) => ({ event: event!, value: sample[i]! }))
      .filter(({ event }) => event.name === 'Order Completed' && event.items.length > 0);
    expect(orders.length).toBeGreaterThan(300);
    for (const [what, mutate] of Object.entries(MUTATIONS)) {
      const missed = orders.slice(0, 300).filter(({ event, value }) => {
        const wrong = structuredClone(value) as { properties: Record<string, unknown> };
        mutate(wrong.properties);
        return checker.check(event, { value: wrong, bytes: Buffer.alloc(0) }).length === 0;
      });
      expect([what, missed.length]).toEqual([what, 0]);
    }
  }, 60_000);
});

async function recorded(count: number): Promise<object[]> {
  const recording = openRecording(join(workspaceRoot(), 'data/online-retail/online_retail.csv.br'), 'online-retail');
  const found: object[] = [];
  for await (const event of recording.events()) if (found.push(event) === count) break;
  return found;
}
