import { AppError } from '@tradewind/contracts';
import { createHealth } from './health';

describe('createHealth', () => {
  it('is ok while every check of the kind is', async () => {
    const health = createHealth();
    health.register('liveness', 'progress', () => 'ok');
    health.register('readiness', 'log', () => ({ reason: 'connecting' }));
    expect(await health.report('liveness')).toEqual({ status: 'ok', checks: { progress: 'ok' } });
    expect(await health.report('readiness')).toEqual({ status: 'failing', checks: { log: 'connecting' } });
  });

  it('makes a throwing and a hanging check fail with the reason', async () => {
    const health = createHealth(10);
    health.register('readiness', 'state', () => Promise.reject(new AppError('STATE_UNAVAILABLE', 'ping redis://:pw@cache')));
    health.register('readiness', 'slow', () => new Promise(() => undefined));
    const { checks } = await health.report('readiness');
    expect(checks['state']).toContain('STATE_UNAVAILABLE');
    expect(checks['state']).not.toContain('pw');
    expect(checks['slow']).toBe('no answer within 10 ms');
  });

  it('puts a check in the place of another, which that one may ask', async () => {
    const health = createHealth();
    expect(health.replace('readiness', 'log', () => 'ok')).toBeUndefined();
    const former = health.replace('readiness', 'log', async () => ((await former!()) === 'ok' ? { reason: 'asked' } : 'ok'));
    expect((await health.report('readiness')).checks).toEqual({ log: 'asked' });
  });

  it('takes a check out again and refuses a name twice', async () => {
    const health = createHealth();
    const remove = health.register('liveness', 'a', () => ({ reason: 'x' }));
    expect(() => health.register('liveness', 'a', () => 'ok')).toThrow(/twice/);
    remove();
    expect((await health.report('liveness')).status).toBe('ok');
  });

  it('tells of what fails and is tolerated', async () => {
    const health = createHealth(20);
    health.register('readiness', 'log', () => 'ok');
    health.register('readiness', 'state', () => new Promise(() => undefined));
    health.tolerate('readiness', 'state');
    expect(await health.report('readiness')).toEqual({ status: 'ok', checks: { log: 'ok', state: 'no answer within 20 ms' } });
  });
});
