import { AppError } from '@tradewind/contracts';
import { SILENT_LOGGER, createMetrics } from '@tradewind/observability';
import type { PlanRow } from '@tradewind/persistence';
import { anEvent } from '@tradewind/testing';
import type { PlanMode } from './plan-document';
import { createTrackingPlans, type TrackingPlans } from './tracking-plans';

const requires = (property: string) => ({ type: 'object', required: [property] });

function aRow(version: number, document: object): PlanRow {
  return { planId: 'shop', version, name: 'Shop', createdAtMs: 0, document: { id: 'shop', version, events: [], ...document } };
}

function setUp(rows: readonly PlanRow[]) {
  const metrics = createMetrics({ service: 'test', processMetrics: false });
  const state = { rows, reads: 0, error: null as Error | null };
  const repository = {
    async get(planId: string, version?: number) {
      state.reads++;
      if (state.error) throw state.error;
      return state.rows.find((row) => row.planId === planId && row.version === version) ?? null;
    },
  };
  const plans = createTrackingPlans({ repository, logger: SILENT_LOGGER, metrics });
  const failures = async () => Number(/plan_failures_total\{[^}]*\} (\d+)/.exec(await metrics.text())?.[1] ?? 0);
  return { plans, state, failures };
}

const using = (version: number, mode: PlanMode = 'flag') => [{ sourceId: 's', settings: { plan: { id: 'shop', version, mode } } }];
const wanted = (plans: TrackingPlans) => plans.of('s')?.check(anEvent({ name: 'A' }), { value: {}, bytes: Buffer.alloc(0) });
const fields = (plans: TrackingPlans) => wanted(plans)?.map(({ field }) => field);

const first = aRow(1, { events: [{ type: 'track', name: 'A', schema: requires('a') }] });
const second = aRow(2, { events: [{ type: 'track', name: 'A', schema: requires('b') }] });
const broken = aRow(3, { events: [{ type: 'track', name: 'A', schema: { properties: { x: { type: 'text' } } } }] });

describe('the plans of the sources', () => {
  it('are those that the sources name, the next version once a source names it', async () => {
    const { plans } = setUp([first, second]);
    await plans.prepare([...using(1), { sourceId: 'other', settings: {} }]);
    expect(fields(plans)).toEqual(['a']);
    expect(plans.of('s')).toMatchObject({ name: 'shop@1', mode: 'flag' });
    expect(plans.of('other')).toBeUndefined();
    await plans.prepare(using(2, 'block'));
    expect(fields(plans)).toEqual(['b']);
    expect(plans.of('s')?.mode).toBe('block');
    await plans.prepare([{ sourceId: 's', settings: {} }]);
    expect(plans.of('s')).toBeUndefined();
  });

  it('are read once while they are used', async () => {
    const { plans, state } = setUp([first]);
    for (let i = 0; i < 3; i++) await plans.prepare([...using(1), { ...using(1)[0]!, sourceId: 'second' }]);
    expect(state.reads).toBe(1);
    expect(plans.of('second')).toBeDefined();
  });

  it.each([
    ['does not compile', 3],
    ['is not there', 9],
  ])('stay when the next one %s, which is counted, and recover', async (_what, version) => {
    const { plans, failures } = setUp([first, second, broken]);
    await plans.prepare(using(version));
    expect(plans.of('s')).toBeUndefined();
    await plans.prepare(using(1));
    await plans.prepare(using(version));
    expect(fields(plans)).toEqual(['a']);
    await plans.prepare(using(version));
    expect(fields(plans)).toEqual(['a']);
    expect(await failures()).toBe(3);
    await plans.prepare(using(2));
    expect(fields(plans)).toEqual(['b']);
  });

  it('stay while the database is away', async () => {
    const { plans, state } = setUp([first, second]);
    await plans.prepare(using(1));
    state.error = new AppError('DATABASE_UNAVAILABLE', 'away', { retryable: true });
    await plans.prepare(using(2));
    expect(fields(plans)).toEqual(['a']);
    state.error = null;
    await plans.prepare(using(2));
    expect(fields(plans)).toEqual(['b']);
  });

  it('ship with the e-commerce spec of Segment, which needs no database', async () => {
    const { plans, state } = setUp([]);
    await plans.prepare([{ sourceId: 's', settings: { plan: { id: 'segment-ecommerce', version: 1, mode: 'flag' } } }]);
    expect(plans.of('s')?.name).toBe('segment-ecommerce@1');
    expect(state.reads).toBe(0);
  });
});
