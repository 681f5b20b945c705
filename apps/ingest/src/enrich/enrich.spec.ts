import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT, type Enrichment } from '@tradewind/contracts';
import { anEvent, useTempDir } from '@tradewind/testing';
import fc from 'fast-check';
import { writeMmdb } from '../../test/write-mmdb';
import type { RequestFacts } from '../stages';
import { cached } from './bounded-cache';
import { createEnricher, type EnricherOptions } from './enrich';
import { openGeoFile } from './geo';

const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
const IPAD =
  'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
const PIXEL = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';
const TV = 'Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) Version/7.0 TV Safari/537.36';
const PLAYSTATION = 'Mozilla/5.0 (PlayStation 5 3.11) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15';
const FIREFOX_LINUX = 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0';
const SAFARI_MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15';
const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const HEADLESS = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36';

const NOTHING: Enrichment = {
  browser: '',
  os: '',
  device: '',
  country: '',
  region: '',
  city: '',
  referrerHost: '',
  medium: '',
  campaignSource: '',
  campaignMedium: '',
  campaignName: '',
  campaignTerm: '',
  campaignContent: '',
  bot: false,
  internal: false,
};

function enriched(context: unknown, facts: Partial<RequestFacts> = {}, options: EnricherOptions = {}): Enrichment | null {
  const value = { type: 'track', context };
  const raw = { value, bytes: Buffer.from(JSON.stringify(value) ?? '') };
  return createEnricher(options)(anEvent(), raw, { receivedAtMs: 0, ip: '', userAgent: '', gpc: false, ...facts });
}

describe('the user agent', () => {
  it.each([
    [CHROME, { browser: 'Chrome', os: 'Windows', device: 'desktop', bot: false }],
    [SAFARI_MAC, { browser: 'Safari', os: 'Mac OS', device: 'desktop', bot: false }],
    [FIREFOX_LINUX, { browser: 'Firefox', os: 'Ubuntu', device: 'desktop', bot: false }],
    [IPHONE, { browser: 'Mobile Safari', os: 'iOS', device: 'mobile', bot: false }],
    [PIXEL, { browser: 'Chrome', os: 'Android', device: 'mobile', bot: false }],
    [IPAD, { browser: 'Mobile Safari', os: 'iOS', device: 'tablet', bot: false }],
    [TV, { device: 'tv', bot: false }],
    [PLAYSTATION, { device: 'console', bot: false }],
    [GOOGLEBOT, { device: 'other', bot: true }],
    [HEADLESS, { bot: true }],
    ['curl/8.7.1', { bot: true }],
  ])('of the context, %s', (userAgent, expected) => {
    expect(enriched({ userAgent })).toMatchObject(expected);
  });

  it('is the one of the request when a page sent it, and the one of the context before that', () => {
    expect(enriched({}, { userAgent: CHROME })).toMatchObject({ browser: 'Chrome' });
    expect(enriched(undefined, { userAgent: GOOGLEBOT })).toMatchObject({ bot: true });
    expect(enriched({ userAgent: IPHONE }, { userAgent: CHROME })).toMatchObject({ os: 'iOS' });
  });

  it.each(['analytics-node-next/latest', 'analytics-node/3.0.13', 'axios/1.7.2', 'node', 'python-requests/2.32', 'okhttp/4.12.0'])(
    'of a server SDK, %s, is not its visitor’s',
    (userAgent) => {
      expect(enriched({ library: { name: '@segment/analytics-node' } }, { userAgent })).toBeNull();
    },
  );

  it('is told by apps as system and device', () => {
    expect(enriched({ os: { name: 'iOS', version: '17' }, device: { model: 'iPhone15,2' } })).toEqual({
      ...NOTHING,
      os: 'iOS',
      device: 'mobile',
    });
    expect(enriched({ os: { name: 'iOS' }, device: { model: 'iPad13,1' } })).toMatchObject({ device: 'tablet' });
  });
});

describe('how somebody came', () => {
  const came = (url: string, referrer?: string, more: object = {}) => {
    const { referrerHost, medium } = enriched({ page: { url, referrer }, ...more }) ?? NOTHING;
    return [medium, referrerHost];
  };
  const shop = 'https://www.shop.example/p/1';

  it.each([
    ['', 'direct', ''],
    ['https://www.google.com/', 'search', 'www.google.com'],
    ['https://www.google.co.uk/search?q=mugs', 'search', 'www.google.co.uk'],
    ['https://duckduckgo.com/', 'search', 'duckduckgo.com'],
    ['https://chatgpt.com/', 'search', 'chatgpt.com'],
    ['android-app://com.google.android.googlequicksearchbox/', 'search', 'com.google.android.googlequicksearchbox'],
    ['https://mail.google.com/mail/u/0/', 'email', 'mail.google.com'],
    ['https://us.mail.yahoo.co.jp/', 'email', 'us.mail.yahoo.co.jp'],
    ['https://webmail.university.example/', 'email', 'webmail.university.example'],
    ['https://l.facebook.com/l.php?u=x', 'social', 'l.facebook.com'],
    ['https://t.co/abc', 'social', 't.co'],
    ['https://old.reddit.com/r/mugs', 'social', 'old.reddit.com'],
    ['https://blog.example.org:8080/best-mugs#1', 'referral', 'blog.example.org'],
    ['https://user:secret@Blog.Example.org/', 'referral', 'blog.example.org'],
    ['https://google.com.evil.example/', 'referral', 'google.com.evil.example'],
    ['https://notgoogle.com/', 'referral', 'notgoogle.com'],
    ['https://www.shop.example/', '', ''],
    ['https://shop.example/', '', ''],
    ['https://checkout.shop.example/', '', ''],
    ['not an address', '', ''],
  ])('from %s', (referrer, medium, host) => {
    expect(came(shop, referrer)).toEqual([medium, host]);
  });

  it('is not known without a referrer member', () => {
    expect(enriched({ page: { url: shop } })).toBeNull();
    expect(enriched({ page: 'x' })).toBeNull();
  });

  it.each([
    ['?gclid=abc', 'https://www.google.com/', 'paid'],
    ['?msclkid=abc', '', 'paid'],
    ['?x=1&ttclid=abc', undefined, 'paid'],
    ['?fbclid=abc', '', 'social'],
    ['?fbclid=abc&utm_medium=cpc', 'https://l.facebook.com/', 'paid'],
    ['?utm_source=news&utm_medium=email', '', 'email'],
    ['?utm_medium=paid_social', 'https://l.instagram.com/', 'paid'],
    ['?utm_medium=Social', '', 'social'],
    ['?utm_medium=affiliate', 'https://deals.example/', 'referral'],
    ['?utm_medium=qr-code', '', ''],
    ['?utm_medium=qr-code', 'https://www.google.com/', 'search'],
    ['?not_utm_medium=cpc&xgclid=1', '', 'direct'],
  ])('with %s from %s', (query, referrer, medium) => {
    expect(came(`${shop}${query}`, referrer)[0]).toBe(medium);
  });

  it('with a campaign, from the context or else from the address', () => {
    const campaign = { name: 'spring', source: 'newsletter', medium: 'email', term: 'mug', content: 'a' };
    const told = {
      campaignName: 'spring',
      campaignSource: 'newsletter',
      campaignMedium: 'email',
      campaignTerm: 'mug',
      campaignContent: 'a',
    };
    const query = '?utm_campaign=spring&utm_source=newsletter&utm_medium=email&utm_term=mug&utm_content=a';
    expect(enriched({ campaign })).toEqual({ ...NOTHING, ...told, medium: 'email' });
    expect(enriched({ page: { url: `${shop}${query}`, referrer: '' } })).toEqual({ ...NOTHING, ...told, medium: 'email' });
    expect(enriched({ page: { search: query } })).toEqual({ ...NOTHING, ...told, medium: 'email' });
    expect(enriched({ campaign: { name: 'own' }, page: { url: `${shop}${query}` } })).toMatchObject({
      campaignName: 'own',
      campaignSource: '',
    });
  });
});

describe('internal traffic', () => {
  const internalCidrs = ['10.0.0.0/8', '203.0.113.7/32', '2001:db8:aa::/48'];
  const isInternal = (context: object, facts: Partial<RequestFacts>) => enriched(context, facts, { internalCidrs })?.internal ?? false;

  it.each([
    ['10.1.2.3', true],
    ['::ffff:10.1.2.3', true],
    ['203.0.113.7', true],
    ['203.0.113.8', false],
    ['2001:db8:aa::1', true],
    ['2001:db8:ab::1', false],
    ['fe80::1%eth0', false],
    ['no address', false],
  ])('from %s: %s', (ip, expected) => {
    expect(isInternal({}, { ip, userAgent: CHROME })).toBe(expected);
    expect(isInternal({ ip }, { ip: '198.51.100.1', userAgent: 'node' })).toBe(expected);
  });

  it('is not what a server of one’s own sends about visitors', () => {
    expect(isInternal({}, { ip: '10.0.0.5', userAgent: 'analytics-node-next/latest' })).toBe(false);
    expect(isInternal({ ip: '198.51.100.1' }, { ip: '10.0.0.5', userAgent: 'node' })).toBe(false);
    expect(isInternal({ device: { id: 'x' } }, { ip: '10.0.0.5', userAgent: 'okhttp/4.12.0' })).toBe(true);
  });
});

describe('places', () => {
  const dir = useTempDir();
  const london = { country: { iso_code: 'GB' }, subdivisions: [{ iso_code: 'ENG' }], city: { names: { en: 'London' } } };
  const berlin = { country: { iso_code: 'DE' }, subdivisions: [{ iso_code: 'BE' }], city: { names: { en: 'Berlin' } } };
  const written = (bytes: Buffer) => {
    const file = join(dir(), 'places.mmdb');
    writeFileSync(file, bytes);
    return file;
  };

  it('come from a local file, for IPv4 and IPv6', () => {
    const geo = openGeoFile(
      written(writeMmdb({ '81.2.69.0/24': london, '2a01:4f8::/32': berlin, '5.9.0.0/16': { country: { iso_code: 'DE' } } })),
    );
    const place = (ip: string) => enriched({}, { ip, userAgent: CHROME }, { geo });
    expect(place('81.2.69.142')).toMatchObject({ country: 'GB', region: 'GB-ENG', city: 'London' });
    expect(place('::ffff:81.2.69.142')).toMatchObject({ country: 'GB' });
    expect(place('2a01:4f8::1')).toMatchObject({ country: 'DE', region: 'DE-BE', city: 'Berlin' });
    expect(place('5.9.1.1')).toMatchObject({ country: 'DE', region: '', city: '' });
    expect(place('81.2.70.1')).toMatchObject({ country: '', region: '', city: '' });
  });

  it('are never looked up for addresses that are not of the public internet', () => {
    const geo = openGeoFile(written(writeMmdb({ '0.0.0.0/1': london, '128.0.0.0/1': london, '2001::/16': london, 'fc00::/7': london })));
    const country = (ip: string) => geo(ip).country;
    expect(['10.0.0.1', '127.0.0.1', '192.168.1.1', '172.16.0.1', '100.64.0.1', '169.254.1.1', 'fd00::1'].map(country)).toEqual(
      Array(7).fill(''),
    );
    expect(['11.0.0.1', '172.32.0.1', '2001:4860::1'].map(country)).toEqual(Array(3).fill('GB'));
  });

  it.each([
    ['is not there', () => join(dir(), 'absent.mmdb'), /INGEST_GEO_FILE ".*absent\.mmdb" cannot be read/],
    ['is another', () => written(Buffer.from('no database')), /cannot be read/],
    ['is cut', () => written(writeMmdb({ '8.0.0.0/8': london }).subarray(100)), /cannot be read/],
    ['tells no places', () => written(writeMmdb({}, 'GeoLite2-ASN')), /is of type "GeoLite2-ASN", which tells no places/],
  ])('stop the start when the file %s', (_what, file, message) => {
    expect(() => openGeoFile(file())).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }));
  });
});

describe('enriching', () => {
  it('says nothing where there is nothing to say', () => {
    expect(enriched(undefined)).toBeNull();
    expect(enriched({ library: { name: 'x' } }, { ip: '10.0.0.1', userAgent: 'node' })).toBeNull();
    expect(
      createEnricher({})(anEvent(), { value: null, bytes: Buffer.alloc(0) }, { receivedAtMs: 0, ip: '', userAgent: '', gpc: false }),
    ).toBeNull();
  });

  it('never throws, gives texts that fit a record, and the same for the same event', () => {
    const members = fc.constantFrom('userAgent', 'page', 'campaign', 'ip', 'os', 'device');
    const pages = fc.record({ url: fc.string(), referrer: fc.oneof(fc.webUrl(), fc.string()), search: fc.string() }, { requiredKeys: [] });
    const contexts = fc.dictionary(members, fc.oneof(fc.jsonValue(), fc.string(), pages));
    const geo = () => ({ country: 'GB', region: '', city: '' });
    fc.assert(
      fc.property(contexts, fc.string(), fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), (context, userAgent, ip) => {
        const enrichment = enriched(context, { userAgent, ip }, { internalCidrs: ['0.0.0.0/1'], geo });
        expect(enriched(context, { userAgent, ip }, { internalCidrs: ['0.0.0.0/1'], geo })).toEqual(enrichment);
        if (enrichment) expect(EVENT.decode(EVENT.encode(anEvent({ enrichment }))).enrichment).toMatchObject(enrichment);
        for (const value of Object.values(enrichment ?? {})) if (typeof value === 'string') expect(value.length).toBeLessThanOrEqual(500);
      }),
    );
  });
});

describe('cached', () => {
  it('computes once while in use and forgets what is not', () => {
    const computed: string[] = [];
    const read = cached(2, (key) => ({ key, count: computed.push(key) }));
    for (const key of ['a', 'b', 'a', 'c', 'a', 'd', 'a']) expect(read(key).key).toBe(key);
    expect(computed).toEqual(['a', 'b', 'c', 'd']);
    for (let i = 0; i < 10; i++) read(`x${i}`);
    read('a');
    expect(computed.filter((key) => key === 'a')).toHaveLength(2);
  });
});
