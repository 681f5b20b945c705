import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EVENT } from '@tradewind/contracts';
import { anOrder, assertTestDatabase, createFakeClock, eventually, testDatabaseUrl, useTempDir } from './index';
import { findStack, STACK_ENV_FILE } from './servers/find-servers';
import { realServer } from './servers/real-servers';
import { addressOf, parseEnvFile } from './servers/settings';

describe('eventually', () => {
  it('gives the first result that does not throw', async () => {
    let attempts = 0;
    const third = () => {
      attempts += 1;
      if (attempts < 3) throw new Error('not yet');
      return attempts;
    };
    await expect(eventually(third, { intervalMs: 1 })).resolves.toBe(3);
  });

  it('ends with the last error', async () => {
    const never = () => Promise.reject(new Error('never'));
    await expect(eventually(never, { timeoutMs: 20, intervalMs: 5 })).rejects.toThrow('never');
  });
});

describe('the fake clock', () => {
  it('moves only when told to', () => {
    const clock = createFakeClock(1000);
    clock.advance(500);
    expect(clock.now()).toBe(1500);
  });
});

describe('anOrder', () => {
  it('is a valid event whose value is the sum of its lines', () => {
    const order = anOrder([
      ['a', 2, 150],
      ['b', 1, 99],
    ]);
    expect(EVENT.decode(EVENT.encode(order)).valueMinor).toBe(399);
  });
});

describe('test databases', () => {
  it('refuse names without test', () => {
    expect(() => assertTestDatabase('postgresql://u@h/production')).toThrow(/refusing/);
    const url = testDatabaseUrl('postgresql://u:p@h:5433/production');
    expect(url).toMatch(/^postgresql:\/\/u:p@h:5433\/tradewind_test_[0-9a-f]{12}$/);
    expect(() => assertTestDatabase(url)).not.toThrow();
  });
});

describe('finding real servers', () => {
  const root = useTempDir();

  it('takes from the stack what answers, and settings win', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const file = join(root(), STACK_ENV_FILE);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      `export KAFKA_BROKERS=127.0.0.1:${port}\nexport REDIS_URL=redis://127.0.0.1:1\nexport DATABASE_URL=postgresql://127.0.0.1:${port}/x\n`,
    );
    await expect(findStack(root(), { DATABASE_URL: 'mine' })).resolves.toEqual({ KAFKA_BROKERS: `127.0.0.1:${port}` });
    server.close();
  });

  it('finds none where no stack ever was', async () => {
    expect(existsSync(join(root(), STACK_ENV_FILE))).toBe(false);
    await expect(findStack(root(), {})).resolves.toEqual({});
  });

  it('reads values with and without quotes', () => {
    expect(parseEnvFile("export A='x y'\nexport B=z\n# note\n")).toEqual({ A: 'x y', B: 'z' });
    expect(addressOf('kafka', 'one:1,two:2')).toEqual({ host: 'one', port: 1 });
    expect(addressOf('redis', 'redis://h')).toEqual({ host: 'h', port: 6379 });
  });

  describe('when a server is missing', () => {
    const { REDIS_URL, CI } = process.env;
    afterEach(() => {
      for (const [name, value] of Object.entries({ REDIS_URL, CI })) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });

    it('says null, but fails in CI', () => {
      delete process.env['REDIS_URL'];
      process.env['CI'] = 'false';
      expect(realServer('redis')).toBeNull();
      process.env['CI'] = 'true';
      expect(() => realServer('redis')).toThrow(/REDIS_URL/);
    });
  });
});
