import { AppError } from '@tradewind/contracts';
import fc from 'fast-check';
import { REDACTED, isSecretName, redact, redactText } from './redact';

describe('redact', () => {
  it.each([
    'authorization',
    'Proxy-Authorization',
    'writeKey',
    'redisPassword',
    'x-api-key',
    'client_secret',
    'accessToken',
    'Set-Cookie',
    'email',
  ])('replaces the value of %s', (name) => {
    expect(redact({ [name]: 'hunter2', nested: [{ [name]: { deep: 'hunter2' } }] })).toEqual({
      [name]: REDACTED,
      nested: [{ [name]: REDACTED }],
    });
  });

  it.each(['tokens', 'keys', 'author', 'partition', 'passwordless_ratio'])('keeps %s', (name) => {
    expect(isSecretName(name)).toBe(false);
  });

  it.each([
    ['postgresql://me:p%40ss@db:5432/x', `postgresql://${REDACTED}@db:5432/x`],
    ['redis://:pw@cache:6379', `redis://${REDACTED}@cache:6379`],
    ['postgresql://me:p@ss@db/x', `postgresql://${REDACTED}@db/x`],
    ['refused Basic c2VjcmV0Og==', `refused Basic ${REDACTED}`],
    ['https://h/p?writeKey=abc&page=2', `https://h/p?writeKey=${REDACTED}&page=2`],
    ['host=db password=abc', `host=db password=${REDACTED}`],
    ['http://127.0.0.1:3000/v1?page=2', 'http://127.0.0.1:3000/v1?page=2'],
  ])('cleans %s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it('tells the size of bytes and payloads only', () => {
    expect(redact({ value: Buffer.from('abc'), payload: { a: 1 }, prompt: 'write', body: Buffer.from('ab') })).toEqual({
      value: '[3 bytes]',
      payload: '[object omitted]',
      prompt: '[5 characters]',
      body: '[2 bytes]',
    });
  });

  it('turns errors into code, message and causes', () => {
    const error = new AppError('DATABASE_UNAVAILABLE', 'open postgresql://u:p@db/x', {
      cause: new Error('refused'),
      retryable: true,
      details: { attempts: 3 },
    });
    expect(redact({ error })).toMatchObject({
      error: {
        code: 'DATABASE_UNAVAILABLE',
        message: `open postgresql://${REDACTED}@db/x`,
        retryable: true,
        details: { attempts: 3 },
        cause: { message: 'refused' },
      },
    });
  });

  it('survives cycles, depth, width and throwing getters', () => {
    const cycle: Record<string, unknown> = {
      get bad(): never {
        throw new RangeError('no');
      },
    };
    cycle['self'] = cycle;
    cycle['many'] = Array.from({ length: 60 }, (_, i) => i);
    expect(redact(cycle)).toMatchObject({ self: '[circular]', bad: '[getter threw RangeError]' });
    expect((redact(cycle) as { many: unknown[] }).many).toHaveLength(51);
  });

  it('gives JSON without the secret for any value', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(JSON.stringify(redact({ value, password: 'hunter2-secret' }))).not.toContain('hunter2-secret');
      }),
    );
  });
});
