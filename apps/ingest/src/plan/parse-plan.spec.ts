import fc from 'fast-check';
import { compilePlan } from './compile-plan';
import { parsePlan } from './parse-plan';

const schema = { type: 'object' };
const plan = { id: 'shop', version: 1, events: [{ type: 'track', name: 'A', schema }] };
const withSchema = (own: unknown) => ({ ...plan, events: [{ type: 'track', name: 'A', schema: own }] });
const over = (properties: unknown) => withSchema({ properties: { properties: { properties } } });

const parsing = (value: unknown) => () => parsePlan(value);

describe('parsePlan', () => {
  it('fills in what a plan may leave out', () => {
    expect(parsePlan(plan)).toEqual({ ...plan, name: 'shop', unplanned: 'allow' });
    expect(parsePlan({ events: [] }, { id: 'x', version: 3, name: 'X' })).toEqual({
      id: 'x',
      version: 3,
      name: 'X',
      events: [],
      unplanned: 'allow',
    });
  });

  it.each([
    ['no object', [], /^a plan is an object/],
    ['no id', { ...plan, id: undefined }, /^id: is missing/],
    ['a bad id', { ...plan, id: 'Shop!' }, /^id: must be/],
    ['no version', { ...plan, version: undefined }, /^version: is missing/],
    ['half a version', { ...plan, version: 1.5 }, /^version: must be/],
    ['a misspelt member', { ...plan, unplaned: 'flag' }, /^unplaned: is not known; use id, name/],
    ['a misspelt mode', { ...plan, unplanned: 'drop' }, /^unplanned: must be allow, flag or block/],
    ['no events', { ...plan, events: {} }, /^events: must be an array/],
    ['an unknown call', { ...plan, events: [{ type: 'click', schema }] }, /^events\[0\]\.type: must be one of track/],
    [
      'a name where there is none',
      { ...plan, events: [{ type: 'identify', name: 'A', schema }] },
      /^events\[0\]\.name: identify calls have no name/,
    ],
    [
      'two entries for the same events',
      { ...plan, events: [...plan.events, ...plan.events] },
      /^events\[1\]: names the same events as events\[0\]/,
    ],
    ['no schema', { ...plan, events: [{ type: 'track' }] }, /^events\[0\]\.schema: must be a JSON Schema/],
    [
      'too many events',
      { ...plan, events: Array.from({ length: 501 }, (_, i) => ({ type: 'track', name: `${i}`, schema })) },
      /the limit is 500/,
    ],
    ['too large a plan', withSchema({ description: 'x'.repeat(1024 * 1024) }), /the limit is 1048576/],
    ['a NUL', withSchema({ const: '\u0000' }), /NUL/],
  ])('points at %s', (_what, value, message) => {
    expect(parsing(value)).toThrow(expect.objectContaining({ code: 'PLAN_INVALID', message: expect.stringMatching(message) }));
  });

  it.each([
    [
      'a misspelt keyword',
      over({ price: { requird: [] } }),
      /^events\[0\]\.schema\.properties\.properties\.properties\.price\.requird: is no keyword/,
    ],
    ['a schema that is none', over({ price: 5 }), /properties\.price: must be a JSON Schema/],
    ['a reference to elsewhere', over({ a: { $ref: 'https://example.com/x' } }), /\.a\.\$ref: must name a part of this schema/],
    ['a reference to nothing', over({ a: { $ref: '#/$defs/x' } }), /must name a part/],
    ['a reference to itself', withSchema({ properties: { a: { $ref: '#' } } }), /leads back to itself/],
    [
      'a circle of references',
      withSchema({ $ref: '#/$defs/a', $defs: { a: { not: { $ref: '#/$defs/b' } }, b: { $ref: '#/$defs/a' } } }),
      /leads back/,
    ],
    ['unique objects', over({ a: { type: 'array', uniqueItems: true } }), /\.uniqueItems: needs items of a scalar type/],
    ['a long pattern', over({ a: { pattern: 'a'.repeat(201) } }), /the limit is 200/],
    ['a pattern that is none', over({ a: { pattern: '(' } }), /is no regular expression/],
    ['an exponential pattern', over({ a: { pattern: '^(a+)+$' } }), /\.pattern: repeats a group/],
    ['an ambiguous pattern', over({ a: { pattern: '^(a|a)*$' } }), /\.pattern: repeats a group/],
    ['a back-reference', over({ a: { pattern: '(a*)\\1' } }), /refers back/],
    ['an exponential pattern of names', over({ a: { patternProperties: { '(x*)*': {} } } }), /repeats a group/],
  ])('refuses %s', (_what, value, message) => {
    expect(parsing(value)).toThrow(expect.objectContaining({ code: 'PLAN_INVALID', message: expect.stringMatching(message) }));
  });

  it('refuses schemas that grow by their references, or nest without end', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 11 }, (_, i) => [`d${i}`, { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] }]),
    );
    expect(parsing(withSchema({ $ref: '#/$defs/d0', $defs: { ...$defs, d11: {} } }))).toThrow(/larger than 2000 schemas/);
    let deep: object = {};
    for (let i = 0; i < 100; i++) deep = { properties: { a: deep } };
    expect(parsing(withSchema(deep))).toThrow(/more than 24 deep/);
  });

  it.each([['^[A-Z]{3}$'], ['^\\d+(?:\\.\\d{1,2})?$'], ['^(foo|bar)$'], ['[+*(]+'], ['^(\\d{1,3}\\.){3}\\d{1,3}$']])(
    'takes the pattern %s',
    (pattern) => {
      expect(parsing(over({ a: { pattern } }))).not.toThrow();
    },
  );

  it('never throws anything but PLAN_INVALID, whatever the JSON', () => {
    const code = (value: unknown) => {
      try {
        parsePlan(value);
        return 'PLAN_INVALID';
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        expect([code(value), code(withSchema(value)), code({ rules: value })]).toEqual(Array(3).fill('PLAN_INVALID')),
      ),
    );
  });
});

describe('parsePlan of what others export', () => {
  const rules = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    labels: {},
    type: 'object',
    properties: { properties: { required: ['a'] }, traits: {}, context: {} },
  };

  it('reads rules of Segment Protocols and RudderStack, the newest version of each event', () => {
    const exported = {
      name: 'tracking-plans/rs_123',
      display_name: 'Shop',
      rules: {
        events: [
          { name: 'A', version: 1, rules: schema },
          { name: 'A', version: 2, description: 'Aa', rules },
        ],
        identify: rules,
        global: rules,
      },
    };
    expect(parsePlan(exported, { id: 'shop', version: 4 })).toEqual({
      id: 'shop',
      name: 'tracking-plans/rs_123',
      version: 4,
      events: [
        { type: 'track', name: 'A', description: 'Aa', schema: rules },
        { type: 'identify', schema: rules },
      ],
      common: rules,
      unplanned: 'allow',
    });
  });

  it("reads rules of Segment's public API", () => {
    const listed = [
      { type: 'TRACK', key: 'A', version: 1, jsonSchema: rules },
      { type: 'PAGE', key: 'Home', version: 1, jsonSchema: schema },
      { type: 'COMMON', key: null, version: 1, jsonSchema: schema },
    ];
    const { events, common } = parsePlan({ name: 'Shop', rules: listed }, { id: 'shop', version: 1 });
    expect({ events, common }).toEqual({
      events: [
        { type: 'track', name: 'A', schema: rules },
        { type: 'page', name: 'Home', schema },
      ],
      common: schema,
    });
  });

  it.each([
    [{ rules: { events: [{ name: 'A' }] } }, /^rules\.events\[0\]\.rules: must be a JSON Schema/],
    [{ rules: { events: [{ rules: schema }] } }, /^rules\.events\[0\]\.rules: has no event name/],
    [{ rules: [{ type: 'ALIEN', jsonSchema: schema }] }, /^rules\[0\]\.jsonSchema: belongs to calls of type "alien"/],
    [{ rules: { identify: { properties: { traits: { x: 1 } } } } }, /^rules\.identify\.properties\.traits\.x: is no keyword/],
  ])('points at the fault of %j', (exported, message) => {
    expect(() => parsePlan(exported, { id: 'shop', version: 1 })).toThrow(message);
  });
});

describe('compilePlan refuses', () => {
  it.each([
    [
      'a type that is none',
      over({ a: { type: 'text' } }),
      /^events\[0\]\.schema\.properties\.properties\.properties\.a\.type: must be equal to one of/,
    ],
    ['a format that nobody checks', over({ a: { format: 'isbn' } }), /^events\[0\]\.schema: .*isbn/],
    [
      'a type that is none, of draft-07',
      withSchema({ $schema: 'https://json-schema.org/draft-07/schema#', type: 'text' }),
      /^events\[0\]\.schema\.type: must be equal to one of/,
    ],
    ['another draft', withSchema({ $schema: 'http://json-schema.org/draft-04/schema#' }), /\$schema: must be draft 2020-12 or draft-07/],
  ])('%s', async (_what, value, message) => {
    await expect(compilePlan(parsePlan(value))).rejects.toMatchObject({ code: 'PLAN_INVALID', message: expect.stringMatching(message) });
  });
});
