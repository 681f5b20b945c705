import fc from 'fast-check';
import { DROP, addRewrite, createRewriteTree, rewriteJson, type Rewrite } from './rewrite-json';

const STARS: Rewrite = () => '"***"';

function rewrite(json: string, paths: Readonly<Record<string, Rewrite>>): string {
  const tree = createRewriteTree();
  for (const [path, each] of Object.entries(paths)) addRewrite(tree, path, each);
  return rewriteJson(Buffer.from(json), tree).toString();
}

describe('rewriteJson', () => {
  it.each([
    ['a member', '{"a":{"b":1,"c":2}}', { 'a.b': STARS }, '{"a":{"b":"***","c":2}}'],
    ['the first, a middle and the last member dropped', '{"a":{"b":1,"c":2,"d":3}}', { 'a.b': DROP, 'a.d': DROP }, '{"a":{"c":2}}'],
    ['the only member dropped', '{"a":{"b":1}}', { 'a.b': DROP }, '{"a":{}}'],
    ['every element', '{"a":[{"n":1},{"n":2,"m":3},4]}', { 'a.*.n': STARS }, '{"a":[{"n":"***"},{"n":"***","m":3},4]}'],
    ['elements themselves', '{"a":[1,2]}', { 'a.*': DROP }, '{"a":[]}'],
    ['every member', '{"a":{"x":{"n":1},"y":{"n":2}}}', { 'a.*.n': DROP }, '{"a":{"x":{},"y":{}}}'],
    ['a star and a name', '{"a":{"x":{"n":1,"m":1},"y":{"n":1,"m":1}}}', { 'a.*.n': DROP, 'a.x.m': STARS }, '{"a":{"x":{"m":"***"},"y":{"m":1}}}'], // prettier-ignore
    ['dropping goes before rewriting', '{"a":{"b":{"c":1}}}', { 'a.b.c': STARS, 'a.b': DROP }, '{"a":{}}'],
    ['repeated keys, which parsing would not show', '{"a":{"b":1,"b":2},"a":{"b":3}}', { 'a.b': DROP }, '{"a":{},"a":{}}'],
    ['repeated parents', '{"p":{"a":{"b":1},"a":{}}}', { 'p.a.b': DROP }, '{"p":{"a":{},"a":{}}}'],
    ['an escaped key', '{"\\u0061":{"b\\n":1}}', { 'a.b\n': DROP }, '{"\\u0061":{}}'],
    ['numbers, escapes and order of the rest', '{"a":{"b":1,"z":12345678901234567890,"y":1.50,"x":"\\u00e9\\/"}}', { 'a.b': DROP }, '{"a":{"z":12345678901234567890,"y":1.50,"x":"\\u00e9\\/"}}'], // prettier-ignore
    [
      'paths that meet no object',
      '{"a":[1],"b":null,"c":"a.b"}',
      { 'a.b': DROP, 'b.c': DROP, 'c.d': DROP },
      '{"a":[1],"b":null,"c":"a.b"}',
    ],
  ])('%s', (_what, json, paths, expected) => {
    expect(rewrite(json, paths as Record<string, Rewrite>)).toBe(expected);
  });

  it('gives the same bytes when nothing is changed', () => {
    const bytes = Buffer.from('{ "a" : { "b" : 1 } }');
    const tree = createRewriteTree();
    addRewrite(tree, 'a.c', DROP);
    addRewrite(tree, 'a.b', (json) => json);
    expect(rewriteJson(bytes, tree)).toBe(bytes);
  });

  it('does what dropping from the parsed value does, in any JSON', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.dictionary(name, tie('node')),
        fc.array(tie('node'), { maxLength: 3 }),
      ),
    })).node;
    const path = fc.array(fc.constantFrom('a', 'b', 'c', '*'), { minLength: 1, maxLength: 4 });
    const space = fc.constantFrom(undefined, 1, '\t');
    fc.assert(
      fc.property(value, fc.array(path, { maxLength: 3 }), space, (json, paths, indent) => {
        const text = JSON.stringify(json, null, indent);
        const rewritten = rewrite(text, Object.fromEntries(paths.map((each) => [each.join('.'), DROP])));
        expect(JSON.parse(rewritten)).toEqual(paths.length === 0 ? JSON.parse(text) : drop(JSON.parse(text), paths));
      }),
      { numRuns: 500 },
    );
  });
});

/** The plain way: all paths at once, on a parsed value. */
function drop(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (typeof value !== 'object' || value === null || paths.length === 0) return value;
  const below = (name: string) =>
    paths.filter(([first]) => first === '*' || (first === name && !Array.isArray(value))).map(([, ...rest]) => rest);
  const kept = Object.entries(value).flatMap(([name, each]) => {
    const rests = below(name);
    return rests.some((rest) => rest.length === 0) ? [] : [[name, drop(each, rests)] as const];
  });
  return Array.isArray(value) ? kept.map(([, each]) => each) : Object.fromEntries(kept);
}
