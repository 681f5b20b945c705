import { appendFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, useTempDir } from '@tradewind/testing';
import type { StateStore } from '../state-store';
import { describeDueTimes } from '../due-times/due-times.contract';
import { describeStateStore } from '../state-store.contract';
import { openMemoryStateStore } from './journaled-state-store';
import { MemoryStateStore } from './memory-state-store';

const dir = useTempDir();
const write = (key: string, value: string, revision: number) => ({ key, value: Buffer.from(value), revision });

describeStateStore('memory', () => openMemoryStateStore());
describeDueTimes('memory', () => openMemoryStateStore());
describeStateStore('memory with a journal', () => openMemoryStateStore({ dir: dir(), compactBytes: 2000, fsync: true }));

async function contents(store: StateStore): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for await (const page of store.scan('')) for (const [key, value] of page) all[key] = value.toString();
  return all;
}

describe('MemoryStateStore.snapshot', () => {
  it('restores keys, values and revisions', async () => {
    const file = join(dir(), 'state');
    const before = new MemoryStateStore();
    before.put([write('a', 'A', 5), write('b', '', 0)]);
    await before.snapshot(file);
    await before.snapshot(file);
    const after = new MemoryStateStore();
    expect(await after.restore(file)).toBe(2);
    expect(await contents(after)).toEqual({ a: 'A', b: '' });
    expect(after.put([write('a', 'older', 4)])).toEqual(['a']);
    expect(await readdir(dir())).toEqual(['state']);
  });

  it('restores nothing from no file', async () => {
    expect(await new MemoryStateStore().restore(join(dir(), 'none'))).toBe(0);
  });

  it('refuses a file cut or changed at any byte', async () => {
    const file = join(dir(), 'state');
    const before = new MemoryStateStore();
    before.put([write('a', 'A', 5), write('b', 'B', 6)]);
    await before.snapshot(file);
    const whole = await readFile(file);
    for (let at = 0; at < whole.length; at++) {
      await writeFile(file, whole.subarray(0, at));
      await expect(new MemoryStateStore().restore(file)).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 0x10;
      await writeFile(file, flipped);
      await expect(new MemoryStateStore().restore(file)).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    }
  });
});

describe('openMemoryStateStore with a directory', () => {
  it('opens with every acknowledged write and delete although it was never closed', async () => {
    const crashed = await openMemoryStateStore({ dir: dir() });
    await crashed.writeMany([write('a', 'A1', 1), write('b', 'B1', 1), write('c', 'C1', 1)]);
    await crashed.writeMany([write('a', 'A3', 3), write('a', 'A2', 2)]);
    await crashed.deleteMany(['b', 'c']);
    await crashed.writeMany([write('c', 'C0', 0)]);
    const reopened = await openMemoryStateStore({ dir: dir() });
    expect(await contents(reopened)).toEqual({ a: 'A3', c: 'C0' });
    expect(await reopened.writeMany([write('a', 'A2', 2)])).toEqual(['a']);
    await reopened.close();
    await crashed.close();
  });

  it('drops a write that a crash cut short and goes on after it', async () => {
    const crashed = await openMemoryStateStore({ dir: dir() });
    await crashed.writeMany([write('a', 'A', 1)]);
    await crashed.writeMany([write('b', 'B', 1)]);
    await crashed.close();
    const journal = join(dir(), 'state.1.journal');
    await truncate(journal, (await stat(journal)).size - 1);
    const reopened = await openMemoryStateStore({ dir: dir() });
    expect(await contents(reopened)).toEqual({ a: 'A' });
    await reopened.writeMany([write('c', 'C', 1)]);
    await reopened.close();
    const again = await openMemoryStateStore({ dir: dir() });
    expect(await contents(again)).toEqual({ a: 'A', c: 'C' });
    await again.close();
  });

  it('folds a long journal into a snapshot while it goes on writing', async () => {
    const store = await openMemoryStateStore({ dir: dir(), compactBytes: 10_000 });
    for (let i = 1; i <= 2000; i++) await store.writeMany([write(`k${i % 50}`, `value ${i}`, i)]);
    await store.deleteMany(['k7']);
    await eventually(async () => {
      const files = await readdir(dir());
      expect(files).toContain('state.snapshot');
      expect(files).toHaveLength(2);
    });
    const expected = await contents(store);
    await store.close();
    const reopened = await openMemoryStateStore({ dir: dir() });
    expect(await contents(reopened)).toEqual(expected);
    await reopened.close();
  });

  it('replays the journals that a crash in the middle of a compaction left', async () => {
    const store = await openMemoryStateStore({ dir: dir() });
    await store.writeMany([write('a', 'A1', 1)]);
    await store.close();
    await appendFile(join(dir(), 'state.2.journal'), '');
    const second = await openMemoryStateStore({ dir: dir() });
    await second.writeMany([write('a', 'A2', 2)]);
    await second.close();
    const third = await openMemoryStateStore({ dir: dir() });
    expect(await contents(third)).toEqual({ a: 'A2' });
    await third.close();
  });

  it('fails writes after close', async () => {
    const store = await openMemoryStateStore({ dir: dir() });
    await store.close();
    await expect(store.writeMany([write('a', 'A', 1)])).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
  });
});
