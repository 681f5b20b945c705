import { join } from 'node:path';
import { AppError } from '@tradewind/contracts';
import type { LocalServer } from './server';
import { aptInstall, canAptInstall, findProgram } from './shell';
import { askPort } from './wire';

/** Redis with an append-only file: a killed process loses nothing, a power cut at most a second. */
export const redisServer: LocalServer = {
  name: 'redis',
  defaultPort: 6379,
  setting: 'REDIS_URL',
  stopSignal: 'SIGTERM',
  settingValue: (port) => `redis://127.0.0.1:${port}`,
  async prepare({ dir, port, note }) {
    if (findProgram('redis-server') === null) {
      if (!canAptInstall())
        throw new AppError(
          'CONFIG_INVALID',
          'redis-server is not on the PATH: install Redis 7 or later (Debian: apt-get install redis-server; macOS: brew install redis)',
        );
      note('installing redis-server with apt-get');
      await aptInstall('redis-server', join(dir, 'install.log'));
    }
    const settings = { bind: '127.0.0.1', port: String(port), dir, appendonly: 'yes', appendfsync: 'everysec', save: '', daemonize: 'no' };
    return {
      program: findProgram('redis-server') ?? 'redis-server',
      args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    };
  },
  isReady: async (port) => (await askPort(port, Buffer.from('PING\r\n')))?.toString().startsWith('+PONG') === true,
};
