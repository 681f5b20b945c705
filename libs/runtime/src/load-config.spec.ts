import { AppError } from '@tradewind/contracts';
import { z } from 'zod';
import { integerSetting, loadConfig, unknownSettings, type Environment } from './load-config';
import { PLATFORM_SETTINGS } from './platform-settings';

const SCHEMA = PLATFORM_SETTINGS.extend({
  ADMIN_TOKEN: z.string().min(16, 'shorter than 16 characters').optional().describe('a random text of 16 characters or more'),
  RATE_LIMIT: integerSetting(1, 1000).describe('requests per second'),
});

function problemsOf(env: Environment): string {
  try {
    loadConfig(SCHEMA, { RATE_LIMIT: '5', ...env });
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe('CONFIG_INVALID');
    return (error as AppError).message;
  }
  throw new Error('expected CONFIG_INVALID');
}

describe('loadConfig', () => {
  it('types values and fills defaults', () => {
    expect(
      loadConfig(SCHEMA, {
        RATE_LIMIT: '5',
        KAFKA_BROKERS: 'a:9092, b:9093',
        REDIS_URL: 'redis://a:1,redis://b:2',
        DATABASE_URL: '',
        PORT: '0',
      }),
    ).toEqual({
      KAFKA_BROKERS: ['a:9092', 'b:9093'],
      KAFKA_SSL: false,
      REDIS_URL: 'redis://a:1,redis://b:2',
      DATA_DIR: '.tradewind',
      HOST: '127.0.0.1',
      PORT: 0,
      LOG_LEVEL: 'info',
      STARTUP_TIMEOUT_MS: 60_000,
      SHUTDOWN_GRACE_MS: 20_000,
      HTTP_DRAIN_MS: 2_000,
      RATE_LIMIT: 5,
    });
  });

  it.each<[Environment, string]>([
    [{ PORT: '80a' }, 'PORT="80a" is wrong: not a number; set it to a port number, 0 for any free one'],
    [{ PORT: '70000' }, 'PORT="70000" is wrong: above 65535'],
    [{ PORT: '1.5' }, 'PORT="1.5" is wrong: not a whole number'],
    [{ RATE_LIMIT: undefined }, 'RATE_LIMIT is missing; set it to requests per second'],
    [{ RATE_LIMIT: '' }, 'RATE_LIMIT is missing'],
    [{ KAFKA_BROKERS: 'localhost' }, 'KAFKA_BROKERS="localhost" is wrong: not host:port'],
    [{ KAFKA_BROKERS: ' , ' }, 'an empty list'],
    [{ REDIS_URL: 'cache:6379' }, 'REDIS_URL="cache:6379" is wrong: not a URL that starts with redis:// or rediss://'],
    [{ DATABASE_URL: 'mysql://me:hunter2@db/x' }, 'DATABASE_URL="mysql://[redacted]@db/x" is wrong'],
    [{ LOG_LEVEL: 'loud' }, 'set it to debug, info, warn, error, silent'],
    [{ ADMIN_TOKEN: 'hunter2' }, 'ADMIN_TOKEN=[redacted] is wrong: shorter than 16 characters'],
    [{ KAFKA_BROKER: 'a:9092' }, 'KAFKA_BROKER is not a setting; did you mean KAFKA_BROKERS?'],
    [{ TRADEWIND_PORT: '3' }, 'TRADEWIND_PORT is not a setting; did you mean PORT?'],
    [{ TRADEWIND_REDSI_URL: 'x' }, 'TRADEWIND_REDSI_URL is not a setting; did you mean REDIS_URL?'],
  ])('explains %j', (env, expected) => {
    const problems = problemsOf(env);
    expect(problems).toContain(expected);
    expect(problems).not.toContain('hunter2');
  });

  it('lists everything that is wrong at once', () => {
    expect(problemsOf({ PORT: 'x', LOG_LEVEL: 'y' })).toMatch(/^2 settings are wrong\n {2}PORT.*\n {2}LOG_LEVEL/);
  });

  it.each(['HOME', 'HOSTNAME', 'PORTS', 'REDIS_PORT', 'TRADEWIND_TEST_CONTAINERS'])('leaves %s alone', (name) => {
    expect(() => loadConfig(SCHEMA, { RATE_LIMIT: '5', [name]: 'x' })).not.toThrow();
  });

  it('finds unknown names of our own prefix', () => {
    expect(unknownSettings(['TRADEWIND_A'], { TRADEWIND_A: '1', TRADEWIND_B: '1', OTHER: '1' })).toEqual(['TRADEWIND_B']);
  });
});
