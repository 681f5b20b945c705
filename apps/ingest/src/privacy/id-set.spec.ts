import fc from 'fast-check';
import { createIdSet } from './id-set';

describe('createIdSet', () => {
  it('is a set, whatever is added and taken out', () => {
    const step = fc.record({ isAdded: fc.boolean(), id: fc.oneof(fc.constantFrom('', 'a', 'b', 'c', 'd'), fc.string()) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const [ids, model] = [createIdSet(), new Set<string>()];
        for (const { isAdded, id } of steps) {
          ids[isAdded ? 'add' : 'delete'](id);
          model[isAdded ? 'add' : 'delete'](id);
        }
        expect(ids.size).toBe(model.size);
        for (const { id } of steps) expect(ids.has(id)).toBe(model.has(id));
      }),
    );
  });

  it('keeps its runs whole while half of many ids are taken out', () => {
    const ids = createIdSet();
    const id = (i: number) => `shop:user-${i}`;
    const count = 20_000;
    for (let i = 0; i < count; i++) ids.add(id(i));
    for (let i = 0; i < count; i += 2) ids.delete(id(i));
    expect(ids.size).toBe(count / 2);
    const wrong = Array.from({ length: 2 * count }, (_, i) => i).filter((i) => ids.has(id(i)) !== (i < count && i % 2 === 1));
    expect(wrong).toEqual([]);
  });

  it('tells many similar ids apart, in 8 bytes a slot', () => {
    const ids = createIdSet();
    for (let i = 0; i < 100_000; i++) ids.add(`shop:${i}`);
    expect([ids.size, ids.bytes]).toEqual([100_000, 8 * 2 ** 18]);
    expect(Array.from({ length: 10_000 }, (_, i) => `shop:x${i}`).filter((id) => ids.has(id))).toEqual([]);
  });
});
