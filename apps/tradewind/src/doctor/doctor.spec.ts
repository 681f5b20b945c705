import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { freePort, useTempDir } from '@tradewind/testing';
import { join } from 'node:path';
import { checkDataDir, checkNode, checkPort, checkServer } from './checks';

describe('doctor', () => {
  const dir = useTempDir();

  it('wants Node.js 20.19 or later', () => {
    expect(['18.20.0', '20.18.3', '20.19.0', '22.0.0'].map((version) => checkNode(version).state)).toEqual([
      'failure',
      'failure',
      'ok',
      'ok',
    ]);
  });

  it('judges a data folder that is still to be made by the folder above', () => {
    const [folder, disk] = checkDataDir(join(dir(), 'not', 'yet'));
    expect(folder).toMatchObject({ state: 'ok', found: dir() });
    expect(disk?.found).toMatch(/GiB free$/);
  });

  it('tells a server that answers from one that does not, without showing the password', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const there = await checkServer('DATABASE_URL', `postgresql://me:secret@127.0.0.1:${port}/x`, 5432);
    const taken = await checkPort(port, 'PORT');
    server.close();
    expect(there).toMatchObject({ state: 'ok', found: `127.0.0.1:${port} answers` });
    expect(taken).toMatchObject({ state: 'warning', remedy: expect.stringContaining('PORT') });
    const gone = await checkServer('KAFKA_BROKERS', `127.0.0.1:${await freePort()}`, 9092);
    expect(gone).toMatchObject({ state: 'failure', remedy: expect.stringContaining('stack up') });
    await expect(checkServer('REDIS_URL', undefined, 6379)).resolves.toMatchObject({ state: 'ok' });
    await expect(checkServer('REDIS_URL', 'redis://', 6379)).resolves.toMatchObject({ state: 'failure' });
  });
});
