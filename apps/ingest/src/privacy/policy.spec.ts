import { EventType, userKey, type Enrichment } from '@tradewind/contracts';
import { judgeEvent, type RawEvent } from '../judge';
import { STRICTEST_SETTINGS, parseSourceSettings } from '../source-settings';
import type { RequestFacts } from '../stages';
import { createHasher } from './hash';
import { createPolicy, type PolicyOptions } from './policy';

const hash = createHasher('k'.repeat(32));
const FACTS: RequestFacts = { receivedAtMs: Date.UTC(2024, 0, 1), ip: '203.0.113.77', userAgent: 'x', gpc: false };

function rawOf(event: object | string): RawEvent {
  const bytes = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
  return { bytes, value: JSON.parse(bytes.toString()) as unknown };
}

function sentOf(raw: RawEvent) {
  return judgeEvent(raw, { sourceId: 'shop', defaultCurrency: 'USD' }, FACTS.receivedAtMs).event!;
}

function apply(settings: object, event: object | string, options: Partial<PolicyOptions> & { gpc?: boolean } = {}) {
  const raw = rawOf(event);
  const policy = createPolicy({ settings: parseSourceSettings(settings), hash, ...options });
  const result = policy.apply(sentOf(raw), raw, { ...FACTS, gpc: options.gpc ?? false });
  if (typeof result === 'string') return { dropped: result };
  return { event: result, payload: Buffer.from(result.payloadJson).toString() };
}

const track = { type: 'track', event: 'Viewed', userId: 'u1', messageId: 'm1' };
const refused = { context: { consent: { categoryPreferences: { Analytics: false, Advertising: false } } } };

describe('consent', () => {
  it('refused analytics: the event is not published, but the choice itself is', () => {
    expect(apply({}, { ...track, ...refused })).toEqual({ dropped: 'consent' });
    const choice = apply({}, { ...track, ...refused, event: 'Segment Consent Preference Updated' });
    expect(choice.event!.deniedPurposes).toEqual(['advertising', 'analytics']);
  });

  it('other refusals, and GPC, are on the event', () => {
    const context = { consent: { categoryPreferences: { Analytics: true, Personalization: false } } };
    expect(apply({}, { ...track, context }).event!.deniedPurposes).toEqual(['personalization']);
    expect(apply({}, track, { gpc: true }).event!.deniedPurposes).toEqual(['advertising']);
    expect(apply({}, track).event!.deniedPurposes).toEqual([]);
  });

  it('comes before enrichment: nothing is learnt about who refused', () => {
    let calls = 0;
    const enrich = () => (calls++, null);
    apply({}, { ...track, ...refused }, { enrich });
    expect(calls).toBe(0);
  });
});

describe('enrichment', () => {
  const enriched = (marks: Partial<Enrichment>) => ({
    enrich: () => ({ browser: 'Firefox', bot: false, internal: false, ...marks }) as Enrichment,
  });

  it('sees the full address and goes on the event', () => {
    const seen: string[] = [];
    const enrich: PolicyOptions['enrich'] = (_event, _raw, { ip }) => (seen.push(ip), { country: 'DE' } as Enrichment);
    expect(apply({ ip: 'drop' }, track, { enrich }).event!.enrichment).toEqual({ country: 'DE' });
    expect(seen).toEqual([FACTS.ip]);
  });

  it.each([
    ['mark', { bot: true }, true],
    ['off', { bot: true }, false],
  ] as const)('crawlers: %s', (bots, marks, bot) => {
    expect(apply({ bots }, track, enriched(marks)).event!.enrichment).toMatchObject({ browser: 'Firefox', bot });
  });

  it('crawlers and internal traffic are dropped where the source says so', () => {
    const internal = { cidrs: ['10.0.0.0/8'], action: 'drop' };
    expect(apply({ bots: 'drop' }, track, enriched({ bot: true }))).toEqual({ dropped: 'bot' });
    expect(apply({ internal }, track, enriched({ internal: true }))).toEqual({ dropped: 'internal' });
    expect(apply({ bots: 'drop', internal }, track, enriched({})).event).toBeDefined();
  });
});

describe('addresses', () => {
  const context = { ip: '203.0.113.77', locale: 'de' };
  it.each([
    ['keep', '{"context":{"ip":"203.0.113.77","locale":"de"}}'],
    ['truncate', '{"context":{"ip":"203.0.113.0","locale":"de"}}'],
    ['drop', '{"context":{"locale":"de"}}'],
  ])('%s', (ip, payload) => {
    expect(apply({ ip }, { ...track, context }).payload).toBe(payload);
  });

  it.each(['unknown', 7, null, { v4: '203.0.113.77' }])('%j, which cannot be cut, goes', (ip) => {
    expect(apply({}, { ...track, context: { ip } }).payload).toBe('{"context":{}}');
  });
});

describe('fields', () => {
  it('keep their bytes where nothing touches them', () => {
    const text =
      '{"type":"track","event":"e","userId":"u","properties":{ "n":12345678901234567890, "x":"\\u00e9" },"traits":{"email":"A@b.c"}}';
    const sent = sentOf(rawOf(text));
    expect(apply({ dropFields: ['properties.y', 'context.z'] }, text).payload).toBe(Buffer.from(sent.payloadJson).toString());
    expect(apply({ hashFields: ['traits.email'] }, text).payload).toBe(
      `{"properties":{ "n":12345678901234567890, "x":"\\u00e9" },"traits":{"email":"${hash('a@b.c')}"}}`,
    );
  });

  it('are hashed by path: texts and numbers; null stays, empty text too, what cannot be hashed goes', () => {
    const properties = { products: [{ name: 'Mug' }, { name: 5 }, { name: null }, { name: '' }, { name: true }, { name: ['x'] }] };
    expect(JSON.parse(apply({ hashFields: ['properties.products.*.name'] }, { ...track, properties }).payload!)).toEqual({
      properties: { products: [{ name: hash('Mug') }, { name: hash('5') }, { name: null }, { name: '' }, {}, {}] },
    });
  });

  it('are dropped by path, whole objects too', () => {
    const event = { ...track, properties: { a: 1 }, traits: { email: 'x', name: 'y' }, context: { locale: 'de' } };
    expect(apply({ dropFields: ['properties', 'traits.email'] }, event).payload).toBe('{"traits":{"name":"y"},"context":{"locale":"de"}}');
  });

  it('of the strictest settings: only who and when is left, and only with consent', () => {
    const context = { ip: '1.2.3.4', consent: { categoryPreferences: { Analytics: true } } };
    expect(apply(STRICTEST_SETTINGS, { ...track, traits: { email: 'x' }, context }).payload).toBe('{}');
    expect(apply(STRICTEST_SETTINGS, track)).toEqual({ dropped: 'consent' });
  });
});

describe('ids', () => {
  it('are hashed before anything is keyed by them', () => {
    const { event } = apply({ hashFields: ['userId', 'anonymousId'] }, { ...track, userId: ' Ada@Example.com', anonymousId: 'a1' });
    const [userId, anonymousId] = [hash('ada@example.com'), hash('a1')];
    expect(event).toMatchObject({ userId, anonymousId, userKey: userKey('shop', userId), groupId: '' });
    const anonymous = apply({ hashFields: ['userId', 'anonymousId'] }, { ...track, userId: undefined, anonymousId: 'a1' }).event!;
    expect(anonymous).toMatchObject({ userId: '', anonymousId, userKey: userKey('shop', anonymousId) });
  });

  it('of an alias stay together', () => {
    const alias = { type: 'alias', userId: 'u1', previousId: 'a1', messageId: 'm' };
    expect(apply({ hashFields: ['userId', 'anonymousId'] }, alias).event).toMatchObject({ userId: hash('u1'), previousId: hash('a1') });
    const merged = { type: 'alias', userId: 'u1', anonymousId: 'a1', messageId: 'm' };
    expect(apply({ hashFields: ['userId'] }, merged).event).toMatchObject({ previousId: 'a1', anonymousId: 'a1' });
    expect(apply({ hashFields: ['groupId'] }, alias).event).toMatchObject({ userId: 'u1', previousId: 'a1' });
  });

  it('of a group', () => {
    const group = { type: 'group', userId: 'u1', groupId: 'g1', messageId: 'm' };
    expect(apply({ hashFields: ['groupId'] }, group).event).toMatchObject({
      groupId: hash('g1'),
      userKey: 'shop:u1',
      type: EventType.EVENT_TYPE_GROUP,
    });
  });
});

describe('rejected events', () => {
  const bad = { type: 'track', userId: 'ada@example.com', previousId: 'a', traits: { email: 'x', age: 7 }, context: { ip: '1.2.3.4' } };
  const rejected = (settings: object, event: object | string, fault?: RawEvent['fault']) => {
    const raw = { ...rawOf(event), ...(fault && { fault }) };
    const stored = createPolicy({ settings: parseSourceSettings(settings), hash }).rejected(raw, FACTS);
    return stored?.toString() ?? null;
  };

  it('keep their bytes, lose what must not be stored, or leave nothing', () => {
    const hiding = { hashFields: ['userId'], dropFields: ['traits.email'] };
    expect(rejected({ ...hiding, rejected: 'keep' }, bad)).toBe(JSON.stringify(bad));
    expect(JSON.parse(rejected({ ...hiding, rejected: 'redact' }, bad)!)).toEqual({
      type: 'track',
      userId: hash('ada@example.com'),
      previousId: hash('a'),
      traits: { age: 7 },
      context: { ip: '1.2.3.0' },
    });
    expect(rejected({ rejected: 'drop' }, bad)).toBeNull();
  });

  it('that are no object are redacted whole', () => {
    expect(rejected({ rejected: 'redact' }, '["ada@example.com"]')).toBe('');
    expect(rejected({ rejected: 'redact' }, bad, { code: 'JSON_MALFORMED', reason: 'no' })).toBe('');
  });

  it('of a person who refused analytics leave nothing, but for the choice itself', () => {
    expect(rejected({}, { ...bad, ...refused })).toBeNull();
    expect(rejected({}, { ...bad, ...refused, event: 'Segment Consent Preference Updated' })).toContain('ada@');
    expect(rejected({ consent: { required: true } }, '5')).toBeNull();
  });
});
