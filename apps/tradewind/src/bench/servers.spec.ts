import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useTempDir } from '@tradewind/testing';
import { findServers } from './servers';

const dir = useTempDir();

describe('findServers', () => {
  it('prefers the environment to what stack up left', () => {
    mkdirSync(join(dir(), 'stack'));
    writeFileSync(join(dir(), 'stack', 'env'), 'export KAFKA_BROKERS=127.0.0.1:1\nexport REDIS_URL=redis://127.0.0.1:2\n');
    expect(findServers(dir(), ['KAFKA_BROKERS', 'REDIS_URL'], { REDIS_URL: 'redis://there:3', KAFKA_BROKERS: '' })).toEqual({
      KAFKA_BROKERS: '127.0.0.1:1',
      REDIS_URL: 'redis://there:3',
    });
  });

  it('names what is missing, and the remedy', () => {
    expect(() => findServers(dir(), ['KAFKA_BROKERS', 'REDIS_URL'], { REDIS_URL: 'redis://there:3' })).toThrow(
      /^KAFKA_BROKERS not set, .*tradewind stack up/,
    );
  });
});
