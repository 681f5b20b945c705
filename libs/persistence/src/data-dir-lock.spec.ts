import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { useTempDir } from '@tradewind/testing';
import { lockDataDir } from './data-dir-lock';

describe('lockDataDir', () => {
  const dir = useTempDir();
  const path = () => join(dir(), 'pglite.lock');

  it('is held by one and free again after release', async () => {
    const release = await lockDataDir(path(), 'DATABASE_URL');
    await expect(lockDataDir(path(), 'DATABASE_URL')).rejects.toMatchObject({
      code: 'DATA_DIR_LOCKED',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await release();
    await (
      await lockDataDir(path(), 'DATABASE_URL')
    )();
    expect(await readdir(dir())).toEqual([]);
  });

  it('goes to one of several at the same time', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => lockDataDir(path(), 'DATABASE_URL')));
    const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    await winners[0]!.value();
  });

  it('respects a living process and takes over from a dead one', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const stat = await import('node:fs').then((fs) => fs.readFileSync(`/proc/${other.pid}/stat`, 'utf8'));
    await writeFile(path(), JSON.stringify({ pid: other.pid, startedAt: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] }));
    await expect(lockDataDir(path(), 'DATABASE_URL')).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    other.kill('SIGKILL');
    await once(other, 'exit');
    await (
      await lockDataDir(path(), 'DATABASE_URL')
    )();
  });

  it.each([
    ['our pid of a former life', JSON.stringify({ pid: process.pid, startedAt: '1' })],
    ['a reused pid', JSON.stringify({ pid: 1, startedAt: 'never' })],
    ['a torn file', '{"pid":'],
  ])('takes over from %s', async (_case, content) => {
    await writeFile(path(), content);
    await (
      await lockDataDir(path(), 'DATABASE_URL')
    )();
  });
});
