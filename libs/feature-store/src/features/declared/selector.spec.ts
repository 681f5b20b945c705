import fc from 'fast-check';
import { EventType } from '@tradewind/contracts';
import { anEvent } from '@tradewind/testing';
import { TEXT_BYTES, timeOf, toNumberReader, toPredicate, toTextReader } from './selector';

const aValue = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 90 }),
  fc.constantFrom('', '"', '\\', '\ud800'),
  fc.double(),
  fc.constant(null),
);
const someMembers = fc.dictionary(fc.constantFrom('category', 'brand', 'products', 'cat"egory', '__proto__'), aValue);
const aPayload = fc
  .record({ own: someMembers, products: fc.array(fc.oneof(someMembers, aValue), { maxLength: 3 }), traits: someMembers, spaces: fc.nat(2) })
  .map(({ own, products, traits, spaces }) => {
    const properties = { ...own, products: own['products'] ?? products, list: products };
    return JSON.stringify({ category: 'not a property', properties, traits, context: { category: [own] } }, null, spaces);
  });

/** As `JSON.parse` reads it. */
function expectedTexts(payload: string, name: string): string[] {
  const { properties } = JSON.parse(payload) as { properties: Record<string, unknown> };
  const texts = (value: unknown) => (typeof value === 'string' && value !== '' ? [value.slice(0, 64)] : []);
  const own = texts(Object.hasOwn(properties, name) ? properties[name] : undefined);
  const products: unknown[] = Array.isArray(properties['products']) ? properties['products'] : [];
  if (own.length > 0) return own;
  return products.flatMap((each) =>
    typeof each === 'object' && each !== null && Object.hasOwn(each, name) ? texts((each as typeof properties)[name]) : [],
  );
}

describe('toTextReader', () => {
  it('reads what JSON.parse reads, well-formed and within its bytes', () => {
    fc.assert(
      fc.property(aPayload, fc.constantFrom('category', 'brand', 'cat"egory'), (payload, name) => {
        const found = toTextReader(`property:${name}`)(anEvent({ payloadJson: Buffer.from(payload) }));
        expect(found).toEqual(expectedTexts(payload, name).map((text) => Buffer.from(text).toString()));
        for (const text of found) expect(Buffer.byteLength(text) + 2).toBeLessThanOrEqual(TEXT_BYTES);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['', 'no JSON', '[]', 'null', '{"properties":7}', '{"properties":{"category":'])('takes %s for silence', (payload) => {
    expect(toTextReader('property:category')(anEvent({ payloadJson: Buffer.from(payload) }))).toEqual([]);
    expect(toNumberReader('property:category')(anEvent({ payloadJson: Buffer.from(payload) }))).toBe(0);
  });
});

describe('toPredicate', () => {
  it('selects by type and name', () => {
    const page = anEvent({ type: EventType.EVENT_TYPE_PAGE, name: 'Home' });
    const view = anEvent({ name: 'Product Viewed' });
    const selected = (selector: Parameters<typeof toPredicate>[0]) => [page, view].map(toPredicate(selector));
    expect(selected({})).toEqual([false, true]);
    expect(selected({ type: 'any' })).toEqual([true, true]);
    expect(selected({ type: 'page', name: 'Home' })).toEqual([true, false]);
    expect(selected({ name: ['Home', 'Product Viewed'] })).toEqual([false, true]);
  });
});

describe('timeOf', () => {
  it('is an integer from 0 whatever the clock says', () => {
    expect([-5, NaN, 1.5, Number.MAX_SAFE_INTEGER].map((occurredAtMs) => timeOf(anEvent({ occurredAtMs })))).toEqual([0, 0, 1, 4e15]);
  });
});
