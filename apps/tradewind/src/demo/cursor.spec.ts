import { useTempDir } from '@tradewind/testing';
import { readCursor, writeCursor } from './cursor';

describe('the demo’s cursor', () => {
  const dir = useTempDir();

  it('starts at the beginning where there is none', async () => {
    expect(await readCursor(dir())).toBe(0);
  });

  it('goes back by what may have been under way, never before the beginning', async () => {
    writeCursor(dir(), 5_000);
    expect(await readCursor(dir())).toBe(4_000);
    writeCursor(dir(), 300);
    expect(await readCursor(dir())).toBe(0);
  });
});
