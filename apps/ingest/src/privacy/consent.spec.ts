import { parseSourceSettings } from '../source-settings';
import { createConsentReader } from './consent';

const ALL = ['advertising', 'analytics', 'personalization'];
const reader = (consent: object = {}) => createConsentReader(parseSourceSettings({ consent }).consent);
const segment = (categoryPreferences: unknown) => ({ consent: { categoryPreferences } });
const rudder = (consentManagement: unknown) => ({ consentManagement });

describe('consent of the Segment clients', () => {
  it.each([
    ['no context', undefined, []],
    ['no consent object', { locale: 'de' }, []],
    ['an empty consent object', { consent: {} }, []],
    ['preferences that are none', segment('yes'), []],
    ['empty preferences: everything is refused', segment({}), ALL],
    ['everything granted', segment({ Analytics: true, Advertising: true }), []],
    ['one refused, by its own name in lower case', segment({ Analytics: true, Advertising: false }), ['advertising']],
    ['anything but true is a refusal', segment({ Analytics: 'true', Personalization: 1, Sharing: null }), ['analytics', 'personalization', 'sharing']], // prettier-ignore
  ])('%s', (_what, context, denied) => {
    expect(reader()(context, false)).toEqual(denied);
  });

  it('maps categories to purposes; a purpose of several categories needs all of them', () => {
    const read = reader({ categories: { C0002: 'analytics', C0003: 'personalization', C0004: 'advertising', C0005: 'advertising' } });
    expect(read(segment({ C0002: true, C0003: true, C0004: true, C0005: false }), false)).toEqual(['advertising']);
    expect(read(segment({ C0002: false }), false)).toEqual(['analytics']);
    expect(read(segment({ Other: false }), false)).toEqual(['other']);
    expect(reader({ categories: { X: 'research' } })(segment({}), false)).toEqual([...ALL, 'research']);
  });
});

describe('consent of the RudderStack clients', () => {
  it.each([
    ['nothing said', rudder({}), []],
    ['no object', rudder(7), []],
    ['empty lists, as before a choice', rudder({ allowedConsentIds: [], deniedConsentIds: [] }), []],
    ['denied ids', rudder({ provider: 'oneTrust', allowedConsentIds: ['a'], deniedConsentIds: ['ads', 1] }), ['advertising']],
    ['one of two ids denied', rudder({ allowedConsentIds: ['ads'], deniedConsentIds: ['social'] }), ['advertising']],
    ['one of two is enough with "or"', rudder({ resolutionStrategy: 'or', allowedConsentIds: ['ads'], deniedConsentIds: ['social'] }), []],
    ['an object of ids, as of older clients', rudder({ deniedConsentIds: { 0: 'ads' } }), ['advertising']],
  ])('%s', (_what, context, denied) => {
    expect(reader({ categories: { ads: 'advertising', social: 'advertising' } })(context, false)).toEqual(denied);
  });
});

describe('required consent', () => {
  const read = reader({ required: true, categories: { C4: 'advertising' } });
  it.each([
    ['without a word', undefined, ALL],
    ['with only what is granted', segment({ Analytics: true }), ['advertising', 'personalization']],
    ['with everything granted', segment({ Analytics: true, Personalization: true, C4: true }), []],
    ['before a choice', rudder({ allowedConsentIds: [], deniedConsentIds: [] }), ALL],
    ['with allowed ids', rudder({ allowedConsentIds: ['analytics', 'C4'] }), ['personalization']],
  ])('%s', (_what, context, denied) => {
    expect(read(context, false)).toEqual(denied);
  });
});

describe('Global Privacy Control', () => {
  it.each([{ gpc: true }, { gpc: '1' }, { consent: { gpc: true } }])('in the context: %j', (context) => {
    expect(reader()(context, false)).toEqual(['advertising']);
  });

  it('in the header, beside what consent says, for the purposes of the settings', () => {
    expect(reader()(undefined, true)).toEqual(['advertising']);
    expect(reader()(segment({ Analytics: false, Advertising: false }), true)).toEqual(['advertising', 'analytics']);
    expect(reader({ gpcDenies: ['analytics', 'sharing'] })(undefined, true)).toEqual(['analytics', 'sharing']);
    expect(reader({ gpcDenies: [] })(undefined, true)).toEqual([]);
  });
});
