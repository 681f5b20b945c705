import fc from 'fast-check';
import { anEvent } from '@tradewind/testing';
import { aVisitorLog } from '../../../test/a-profile-log';
import { createFeatureSet } from '../../feature-set';
import { orders } from '../orders';
import { createFeatureGroup, type FeatureGroup } from './feature-group';
import { SHOP_PROFILE } from './shop-profile';
import { totals } from './totals';
import { visits } from './visits';

const VIEWS = totals({ name: 'views', tag: 1, on: { name: 'Product Viewed' }, windows: ['7d'] });
const VIEWS_OF_A_DAY = totals({ name: 'views', tag: 1, on: { name: 'Product Viewed' }, windows: ['1d'] });
const VISITS = visits({ name: 'visits', tag: 2, on: { type: 'any' } });
const groupOf = (...members: Parameters<typeof createFeatureGroup>[1]) => createFeatureGroup({ name: 'declared', tag: 90 }, members);

function foldWith(group: FeatureGroup, log: readonly ReturnType<typeof anEvent>[], record: Buffer | null = null, from = 0): Buffer {
  const set = createFeatureSet([orders, group]);
  const state = record === null ? set.create('shop:user-1') : set.decode('shop:user-1', record);
  log.slice(from).forEach((event, i) => set.apply(state, { topic: 'events', partition: 0, offset: from + i }, event));
  return set.encode(state);
}

const read = (group: FeatureGroup, record: Buffer) => createFeatureSet([orders, group]).decode('shop:user-1', record).of(group);

describe('createFeatureGroup', () => {
  it('goes on with members whose declaration stayed; others wait for their state, and are then as if they had always been there', () => {
    const [former, next] = [groupOf(VIEWS, VISITS), groupOf(VIEWS_OF_A_DAY, VISITS)];
    fc.assert(
      fc.property(aVisitorLog(30), fc.nat(30), (log, cut) => {
        const before = foldWith(former, log.slice(0, cut));
        const after = foldWith(next, log, before, Math.min(cut, log.length));
        const state = read(next, after);
        expect(next.isComplete(state)).toBe(false);
        expect(Object.keys(next.show(state, 0))).toEqual(Object.keys(VISITS.show(VISITS.initial(), 0)));
        const draft = read(next, foldWith(next, log));
        expect(next.complete(state, draft)).toBe(true);
        expect(next.complete(state, draft)).toBe(false);
        expect(state.open).toEqual(draft.open);
      }),
      { numRuns: 50 },
    );
  });

  it('waits in a record that was written without it, and starts anew for a user without a record', () => {
    const group = groupOf(VIEWS);
    const without = createFeatureSet([orders]);
    const state = read(group, without.encode(without.create('shop:user-1')));
    expect(group.isComplete(state)).toBe(false);
    expect(group.isComplete(createFeatureSet([group]).create('shop:user-1').of(group))).toBe(true);
    group.complete(state, null);
    expect(group.show(state, 0)).toEqual({ views_count: 0, views_count_7d: 0 });
  });

  it('has a fingerprint of what is declared, in whatever order', () => {
    expect(groupOf(VIEWS, VISITS).fingerprint).toBe(groupOf(VISITS, VIEWS).fingerprint);
    expect(groupOf(VIEWS).fingerprint).not.toBe(groupOf(VIEWS_OF_A_DAY).fingerprint);
    expect(() => groupOf(VIEWS, VIEWS_OF_A_DAY)).toThrow('same name');
  });

  it('declares the shop profile, whose features can also make a set of their own', () => {
    expect(groupOf(...SHOP_PROFILE).members).toHaveLength(SHOP_PROFILE.length);
    const columns = createFeatureSet(SHOP_PROFILE).columns;
    expect(columns).toContain('orders_total_minor_90d');
    expect(new Set(Object.keys(groupOf(...SHOP_PROFILE).show(groupOf(...SHOP_PROFILE).initial(), 0))).size).toBeGreaterThan(columns.length);
  });
});
