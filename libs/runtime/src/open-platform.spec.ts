import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TOPICS, deadLetterTopic } from '@tradewind/contracts';
import { freePort, useTempDir } from '@tradewind/testing';
import { loadConfig, type Environment } from './load-config';
import { openPlatform } from './open-platform';
import { PLATFORM_SETTINGS } from './platform-settings';

describe('openPlatform', () => {
  const dir = useTempDir();
  const open = (env: Environment = {}, signal?: AbortSignal) =>
    openPlatform('test', loadConfig(PLATFORM_SETTINGS, { DATA_DIR: dir(), LOG_LEVEL: 'silent', STARTUP_TIMEOUT_MS: '300', ...env }), {
      signal,
    });

  it('opens the embedded ports with every topic, is ready, keeps what was written and may be opened again', async () => {
    const first = await open();
    expect([first.log.kind, first.state.kind, first.database.kind]).toEqual(['embedded', 'memory', 'pglite']);
    expect(await first.health.report('readiness')).toEqual({ status: 'ok', checks: { log: 'ok', state: 'ok', database: 'ok' } });
    expect(await first.log.watermarks(deadLetterTopic(TOPICS.events).name)).toHaveLength(TOPICS.events.partitions);
    await first.log.publish([{ topic: TOPICS.events.name, key: 'a', value: Buffer.from('b') }]);
    await first.state.writeMany([{ key: 'k', value: Buffer.from('v'), revision: 1 }]);
    await Promise.all([first.close(), first.close()]);

    const second = await open();
    expect((await second.log.watermarks(TOPICS.events.name)).reduce((sum, { high }) => sum + high, 0)).toBe(1);
    expect(await second.state.readMany(['k'])).toEqual([Buffer.from('v')]);
    await second.close();
  });

  it('refuses a data directory that is in use, and gives back what it had opened', async () => {
    const first = await open();
    await expect(open()).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    await first.close();
    await (await open()).close();
  });

  it('names DATA_DIR when it cannot be made', async () => {
    await writeFile(join(dir(), 'file'), '');
    await expect(open({ DATA_DIR: join(dir(), 'file') })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('DATA_DIR='),
    });
  });

  it.each([
    ['KAFKA_BROKERS', '', 'LOG_UNAVAILABLE'],
    ['REDIS_URL', 'redis://', 'STATE_UNAVAILABLE'],
    ['DATABASE_URL', 'postgresql://me:pw@', 'DATABASE_UNAVAILABLE'],
  ])('gives up after the start time when nothing answers at %s', async (setting, prefix, code) => {
    const failing = open({ [setting]: `${prefix}127.0.0.1:${await freePort()}` });
    await expect(failing).rejects.toMatchObject({
      code,
      retryable: true,
      message: expect.stringContaining(`correct ${setting}, or leave it out`),
    });
    await expect(failing).rejects.not.toThrow(/:pw@/);
  });

  it('stops waiting when told to, and gives everything back', async () => {
    const controller = new AbortController();
    const opening = open({ DATABASE_URL: `postgresql://127.0.0.1:${await freePort()}/x`, STARTUP_TIMEOUT_MS: '600000' }, controller.signal);
    controller.abort();
    await expect(opening).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    await (await open()).close();
  });
});
