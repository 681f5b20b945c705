import fc from 'fast-check';
import { judgeItem } from './items';
import { itemRecord } from './outputs';

const RECEIVED_AT_MS = Date.UTC(2024, 0, 1, 12);
const judge = (value: unknown) =>
  judgeItem({ value, bytes: Buffer.from(JSON.stringify(value)) }, { sourceId: 'shop', defaultCurrency: 'USD' }, RECEIVED_AT_MS);

describe('judgeItem', () => {
  it('makes a record of whatever it accepts', () => {
    const time = fc.oneof(fc.double(), fc.constantFrom<unknown>(1e21, 8.64e15, 8.64e15 + 1, '9999-12-31', '2024-01-01T00:00:00Z', null));
    fc.assert(
      fc.property(time, fc.jsonValue(), (updatedAt, attribute) => {
        const { item, rejected } = judge({ item_id: 'p1', updated_at: updatedAt, attribute });
        if (item) expect(itemRecord(item).key).toBe('p1');
        else expect(rejected.fault.reason).toMatch(/updated_at/);
      }),
    );
    expect(judge({ item_id: 'p1', updated_at: 1e21 }).rejected?.fault.code).toBe('EVENT_INVALID');
    expect(judge({ item_id: 'p1', updated_at: 8.64e15 }).item?.updatedAtMs).toBe(8.64e15);
  });
});
