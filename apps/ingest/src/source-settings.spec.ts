import { DEFAULT_SETTINGS, STRICTEST_SETTINGS, parseSourceSettings } from './source-settings';

function problemsOf(stored: unknown): string[] {
  try {
    parseSourceSettings(stored);
  } catch (error) {
    return (error as Error).message.split('\n  ').slice(1);
  }
  return [];
}

describe('settings of a source', () => {
  it('have defaults for everything', () => {
    expect(parseSourceSettings({})).toEqual({
      consent: { required: false, categories: {}, gpcDenies: ['advertising'] },
      ip: 'truncate',
      hashFields: [],
      dropFields: [],
      rejected: 'keep',
      bots: 'mark',
    });
    expect(DEFAULT_SETTINGS).toEqual(parseSourceSettings({}));
    expect(parseSourceSettings(STRICTEST_SETTINGS)).toEqual(STRICTEST_SETTINGS);
  });

  it('keep what is given', () => {
    const settings = {
      plan: { id: 'ecommerce', version: 2, mode: 'block' },
      unplannedEvents: 'flag',
      consent: { required: true, categories: { C0002: 'analytics', C0004: 'advertising' }, gpcDenies: ['advertising', 'personalization'] },
      ip: 'drop',
      hashFields: ['userId', 'traits.email', 'properties.products.*.name'],
      dropFields: ['context.ip', 'traits'],
      rejected: 'redact',
      rateLimit: { eventsPerSecond: 500, burst: 2000 },
      bots: 'drop',
      internal: { cidrs: ['10.0.0.0/8', '2001:db8::/32'], action: 'drop' },
    };
    expect(parseSourceSettings(settings)).toEqual(settings);
  });

  it.each([
    [{ ip: 'trunc' }, 'ip is "trunc": set it to keep, truncate (IPv4 to /24, IPv6 to /48) or drop'],
    [{ ips: 'drop' }, expect.stringMatching(/^ips is not a setting; use plan, unplannedEvents, consent, ip, /)],
    [{ consent: { catgories: {} } }, 'consent.catgories is not a setting; use required, categories, gpcDenies'],
    [
      { consent: { categories: { Ads: 'Advertising!' } } },
      expect.stringMatching(/^consent\.categories\.Ads is "Advertising!": set it to a purpose/),
    ],
    [{ plan: { id: 'x' } }, 'plan.version is missing: set it to a whole number from 1'],
    [{ rateLimit: { eventsPerSecond: 0, burst: 1 } }, 'rateLimit.eventsPerSecond is 0: set it to events per second, above 0'],
    [
      { internal: { cidrs: ['10.0.0.0/33'] } },
      expect.stringMatching(/^internal\.cidrs\.0 is "10\.0\.0\.0\/33": set it to an address range/),
    ],
    [{ hashFields: ['email'] }, expect.stringMatching(/^hashFields\.0 is "email": set it to userId, anonymousId, groupId, or a path/)],
    [{ hashFields: ['traits'] }, expect.stringMatching(/^hashFields\.0 is "traits"/)],
    [{ dropFields: ['userId'] }, expect.stringMatching(/^dropFields\.0 is "userId": set it to a path/)],
    [{ dropFields: ['traits..email'] }, expect.stringMatching(/^dropFields\.0 is "traits\.\.email"/)],
    ['text', 'settings is "text": set it to an object of settings'],
    [null, 'settings is null: set it to an object of settings'],
  ])('%j is refused with path, value and remedy', (stored, problem) => {
    expect(problemsOf(stored)).toEqual([problem]);
  });

  it('names every wrong setting', () => {
    expect(problemsOf({ ip: 1, bots: 'x' })).toHaveLength(2);
  });
});
