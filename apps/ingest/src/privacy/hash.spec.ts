import { createHmac } from 'node:crypto';
import { createHasher } from './hash';

const KEY = 'k'.repeat(32);
const hash = createHasher(KEY);

describe('createHasher', () => {
  it('is HMAC-SHA-256 with its name', () => {
    expect(hash('u-1')).toBe(`hmac-sha256:${createHmac('sha256', KEY).update('u-1').digest('hex')}`);
    expect(createHasher('K'.repeat(32))('u-1')).not.toBe(hash('u-1'));
  });

  it('trims, and takes e-mail addresses in lower case; other texts differ by case', () => {
    expect(hash(' Ada@Example.com\n')).toBe(hash('ada@example.com'));
    expect(hash(' +44 20 7946 0958 ')).toBe(hash('+44 20 7946 0958'));
    expect(hash('Ada')).not.toBe(hash('ada'));
  });

  it('leaves what is hashed already, and what is empty', () => {
    expect(hash(hash('x'))).toBe(hash('x'));
    expect(hash('hmac-sha256:abc')).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
    expect([hash(''), hash('  ')]).toEqual(['', '']);
  });
});
