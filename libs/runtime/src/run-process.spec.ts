import { AppError } from '@tradewind/contracts';
import { eventually } from '@tradewind/testing';
import { z } from 'zod';
import { FakeStrategy, createFakePlatform } from '../test/fakes';
import { runProcess, type ProcessControl, type ProcessOptions } from './run-process';
import { defineService } from './service-definition';

class EmptyModule {}
const empty = defineService({ name: 'empty', settings: z.object({}), createModule: () => ({ module: EmptyModule }) });

function createFakeControl() {
  const listeners = new Map<string, (error: Error) => void>();
  const [exits, printed]: [number[], string[]] = [[], []];
  const control: ProcessControl = {
    on: (event: string, listener: (error: Error) => void) => listeners.set(event, listener),
    exit: (code) => void exits.push(code),
    stderr: { write: (text) => printed.push(text) },
  };
  return { control, exits, printed, signal: (name: 'SIGTERM' | 'SIGINT') => listeners.get(name)!(new Error('unused')) };
}

function start(options: ProcessOptions = {}, definition = empty) {
  const order: string[] = [];
  const fake = createFakeControl();
  const strategies: FakeStrategy[] = [];
  const createStrategy: ProcessOptions['createStrategy'] = (_platform, fail) => {
    strategies.push(new FakeStrategy(fail, order));
    return strategies[0]!;
  };
  const started = runProcess([definition], {
    env: { PORT: '0' },
    platform: createFakePlatform(order),
    createStrategy,
    control: fake.control,
    ...options,
  });
  return { ...fake, order, started, strategies };
}

describe('runProcess', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('stops in order on %s and exits 0', async (name) => {
    const { signal, exits, order, started } = start();
    await started;
    signal(name);
    await eventually(() => expect(exits).toEqual([0]));
    expect(order).toEqual(['consumers', 'platform']);
  });

  it('exits at once on a second signal', async () => {
    const { signal, exits, started } = start();
    await started;
    signal('SIGTERM');
    signal('SIGTERM');
    expect(exits[0]).toBe(130);
    await eventually(() => expect(exits).toEqual([130, 0]));
  });

  it('stops and exits 1 when consuming failed', async () => {
    const { exits, order, started, strategies } = start();
    await started;
    strategies[0]!.fail(new Error('poisoned'));
    await eventually(() => expect(exits).toEqual([1]));
    expect(order).toEqual(['consumers', 'platform']);
  });

  it('prints one line with code, message and remedy when it cannot start', async () => {
    const { exits, printed, started } = start({ env: { PORT: '99999' } });
    expect(await started).toBeNull();
    expect(exits).toEqual([1]);
    expect(printed.join('')).toBe(
      'CONFIG_INVALID: 1 setting is wrong\n  PORT="99999" is wrong: above 65535; set it to a port number, 0 for any free one\n',
    );
  });

  it('prints no credentials', async () => {
    const broken = defineService({
      ...empty,
      createModule: () => {
        throw new AppError('DATABASE_UNAVAILABLE', 'open postgresql://me:hunter2@db/x', { cause: new Error('password=hunter2') });
      },
    });
    const { printed, started } = start({}, broken);
    await started;
    expect(printed.join('')).toContain('DATABASE_UNAVAILABLE');
    expect(printed.join('')).not.toContain('hunter2');
  });

  it('ends once started when the signal came while starting', async () => {
    const { signal, exits, order, started } = start();
    signal('SIGINT');
    await started;
    await eventually(() => expect(exits).toEqual([0]));
    expect(order).toEqual(['consumers', 'platform']);
  });
});
