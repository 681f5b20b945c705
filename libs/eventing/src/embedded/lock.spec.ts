import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { useTempDir } from '@tradewind/testing';
import { lockDataDir } from './lock';

describe('lockDataDir', () => {
  const dir = useTempDir();
  const path = () => join(dir(), 'log.lock');
  const deadLock = JSON.stringify({ token: 'x', pid: 2 ** 22 + 1, host: hostname(), processStart: null });

  it('lets one in at a time, and the next one after that', () => {
    const lock = lockDataDir(dir());
    expect(() => lockDataDir(dir())).toThrow(new RegExp(`in use by process ${process.pid}`));
    lock.release();
    lock.release();
    lockDataDir(dir()).release();
    expect(readdirSync(dir())).toEqual([]);
  });

  it('takes over what a killed process left in its place, which a full disk allows', () => {
    lockDataDir(dir()).release();
    writeFileSync(path(), deadLock.padEnd(512));
    const { ino, size } = statSync(path());
    const lock = lockDataDir(dir());
    expect(statSync(path())).toMatchObject({ ino, size });
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(readdirSync(dir())).toEqual(['log.lock']);
    lock.release();
  });

  it('takes over the shorter locks of former versions', () => {
    writeFileSync(path(), deadLock);
    lockDataDir(dir()).release();
    expect(readdirSync(dir())).toEqual([]);
  });
});
