import { uniqueName } from '@tradewind/testing';
import type { StateStore } from './state-store';

/** What every `StateStore` does; `open` gives a store for one test, which closes it. */
export function describeStateStore(name: string, open: () => Promise<StateStore>): void {
  describe(`${name}: StateStore contract`, () => {
    let store: StateStore;
    let prefix: string;
    const key = (id: number | string) => `${prefix}${id}`;
    const write = (id: number | string, value: string | Buffer, revision: number) => ({
      key: key(id),
      value: Buffer.from(value),
      revision,
    });
    const read = async (id: number | string) => (await store.readMany([key(id)]))[0]?.toString('latin1');

    beforeEach(async () => {
      store = await open();
      prefix = `${uniqueName('state')}:`;
    });
    afterEach(async () => {
      for await (const page of store.scan(prefix)) await store.deleteMany(page.map(([k]) => k));
      await store.close();
    });

    it('reads values in key order, null where there is none, also twice the same key', async () => {
      await store.writeMany([write('a', '1', 1), write('c', '3', 1)]);
      const values = await store.readMany([key('c'), key('b'), key('a'), key('c')]);
      expect(values.map((value) => value?.toString())).toEqual(['3', undefined, '1', '3']);
    });

    it('does nothing for no keys', async () => {
      expect(await store.readMany([])).toEqual([]);
      expect(await store.writeMany([])).toEqual([]);
      await store.deleteMany([]);
    });

    it('keeps every byte, an empty value and keys of any text', async () => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      await store.writeMany([write('{weird} *?[key]\\ ü😀', bytes, 7), write('empty', '', 1)]);
      expect((await store.readMany([key('{weird} *?[key]\\ ü😀'), key('empty')]))[0]).toEqual(bytes);
      expect(await read('empty')).toBe('');
    });

    it('refuses a lower revision, takes an equal and a higher one, and says which it refused', async () => {
      expect(await store.writeMany([write('a', 'ten', 10), write('b', 'five', 5)])).toEqual([]);
      expect(await store.writeMany([write('a', 'nine', 9), write('b', 'six', 6)])).toEqual([key('a')]);
      expect([await read('a'), await read('b')]).toEqual(['ten', 'six']);
      expect(await store.writeMany([write('a', 'ten again', 10)])).toEqual([]);
      expect(await read('a')).toBe('ten again');
    });

    it('orders revisions as numbers up to 2^53 - 1', async () => {
      const revisions = [0, 1, 127, 128, 255, 256, 65_535, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 255, 2 ** 52, 2 ** 53 - 1];
      for (const revision of revisions) expect(await store.writeMany([write('a', `${revision}`, revision)])).toEqual([]);
      for (const revision of revisions.slice(0, -1)) expect(await store.writeMany([write('a', 'late', revision)])).toEqual([key('a')]);
      expect(await read('a')).toBe(String(2 ** 53 - 1));
    });

    it('applies writes of one key in order', async () => {
      expect(await store.writeMany([write('a', 'first', 1), write('a', 'third', 3), write('a', 'second', 2)])).toEqual([key('a')]);
      expect(await read('a')).toBe('third');
    });

    it('forgets the revision with the key', async () => {
      await store.writeMany([write('a', 'old', 10)]);
      await store.deleteMany([key('a'), key('never was')]);
      expect(await read('a')).toBeUndefined();
      expect(await store.writeMany([write('a', 'new', 1)])).toEqual([]);
    });

    it('keeps its own copy of the bytes', async () => {
      const value = Buffer.from('before');
      await store.writeMany([{ key: key('a'), value, revision: 1 }]);
      value.fill('x');
      (await store.readMany([key('a')]))[0]!.fill('y');
      expect(await read('a')).toBe('before');
      await store.writeMany([write('a', 'longer than before', 2), write('b', 'z', 2)]);
      await store.writeMany([write('a', 'short', 3)]);
      expect(await read('a')).toBe('short');
    });

    it('handles thousands of keys at once and scans exactly those under a prefix', async () => {
      const ids = Array.from({ length: 2500 }, (_, i) => i);
      await store.writeMany(ids.map((id) => write(`in:${id}`, `v${id}`, id)));
      await store.writeMany([write('out', 'no', 1), write('i*', 'no', 1)]);
      const values = await store.readMany(ids.map((id) => key(`in:${id}`)));
      expect(values.map((value) => value!.toString())).toEqual(ids.map((id) => `v${id}`));
      const found = new Map<string, string>();
      for await (const page of store.scan(key('in:'))) for (const [k, value] of page) found.set(k, value.toString());
      expect(found).toEqual(new Map(ids.map((id) => [key(`in:${id}`), `v${id}`])));
      await store.deleteMany(ids.map((id) => key(`in:${id}`)));
    });

    it('takes a prefix of a scan literally', async () => {
      await store.writeMany([write('a*[b]?\\:1', 'yes', 1), write('axb:1', 'no', 1), write('a', 'no', 1)]);
      const found: string[] = [];
      for await (const page of store.scan(key('a*[b]?\\:'))) found.push(...page.map(([k]) => k));
      expect(found).toEqual([key('a*[b]?\\:1')]);
    });

    it('answers a ping and closes twice', async () => {
      await store.ping();
      const another = await open();
      await another.close();
      await another.close();
    });
  });
}
