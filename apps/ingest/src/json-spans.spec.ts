import fc from 'fast-check';
import { batchSpans, depthOf, elementSpans, memberSpans, eachMember, objectSpans } from './json-spans';

const indent = fc.constantFrom(undefined, 1, '\t', ' \r\n ');

describe('elementSpans', () => {
  it('cuts an array into the bytes of its elements', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), indent, (values, space) => {
        const bytes = Buffer.from(JSON.stringify(values, null, space));
        const parts = elementSpans(bytes, 0).map(({ start, end }) => JSON.parse(bytes.toString('utf8', start, end)) as unknown);
        expect(parts).toEqual(JSON.parse(bytes.toString()));
      }),
    );
  });
});

describe('memberSpans', () => {
  it('finds members at the top level only', () => {
    const member = fc.constantFrom('properties', 'traits', 'context', 'x');
    fc.assert(
      fc.property(fc.dictionary(member, fc.oneof(fc.jsonValue(), fc.dictionary(member, fc.string()))), indent, (value, space) => {
        const bytes = Buffer.from(` ${JSON.stringify(value, null, space)}`);
        const [traits, absent] = memberSpans(bytes, 0, ['traits', 'absent']);
        expect(traits && JSON.parse(bytes.toString('utf8', traits.start, traits.end))).toEqual(
          JSON.parse(JSON.stringify(value['traits'] ?? null)) ?? (traits ? null : undefined),
        );
        expect(absent).toBeUndefined();
      }),
    );
  });

  it('takes the last of repeated members, and escaped names', () => {
    const bytes = Buffer.from('{"a":1,"\\u0061":{"b":"]}\\\\"},"b":[2]}');
    const [a, b] = memberSpans(bytes, 0, ['a', 'b']);
    expect(bytes.toString('utf8', a!.start, a!.end)).toBe('{"b":"]}\\\\"}');
    expect(bytes.toString('utf8', b!.start, b!.end)).toBe('[2]');
  });

  it('ends on bytes that are no JSON', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        elementSpans(bytes, 0);
        memberSpans(Buffer.from(bytes.map((byte) => (byte === 0x5c ? 0x20 : byte))), 0, ['a']);
      }),
    );
  });

  it('needs no stack for deep nesting', () => {
    const bytes = Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(elementSpans(bytes, 0)).toEqual([{ start: 1, end: bytes.length - 1 }]);
  });
});

describe('depthOf', () => {
  const levels = (value: unknown): number =>
    typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(levels)) : 0;

  it('is the number of levels, of a whole text and of the elements of a batch', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 6 })), indent, (values, space) => {
        const bytes = Buffer.from(JSON.stringify({ batch: values }, null, space));
        const sent = (JSON.parse(bytes.toString()) as { batch: unknown[] }).batch;
        expect(depthOf(bytes)).toBe(levels({ batch: sent }));
        expect(batchSpans(bytes, 'batch', ['a']).map(({ depth }) => depth)).toEqual(sent.map(levels));
      }),
    );
  });
});

describe('objectSpans', () => {
  it('finds members and depth as those who look for one of them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('properties', 'context', 'x'), fc.jsonValue({ maxDepth: 6 })), indent, (value, space) => {
        const bytes = Buffer.from(JSON.stringify(value, null, space));
        const names = ['properties', 'context'];
        expect(objectSpans(bytes, names)).toEqual({ members: memberSpans(bytes, 0, names), depth: depthOf(bytes) });
      }),
    );
  });
});

describe('batchSpans', () => {
  const names = ['properties', 'context'];
  const anElement = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...names, 'x'), fc.jsonValue()));

  it('finds the elements of a member, and members of each', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(anElement), indent, (other, batch, space) => {
        const bytes = Buffer.from(` ${JSON.stringify({ other, batch, after: other }, null, space)}`);
        const spans = batchSpans(bytes, 'batch', names);
        const texts = spans.map(({ start, end }) => bytes.subarray(start, end));
        expect(texts.map((text) => JSON.parse(text.toString()) as unknown)).toEqual(JSON.parse(JSON.stringify(batch)));
        spans.forEach(({ members: found }, i) =>
          expect(found).toEqual(texts[i]![0] === 0x7b ? memberSpans(texts[i]!, 0, names) : [undefined, undefined]),
        );
      }),
    );
  });

  it('takes the last of repeated members', () => {
    const bytes = Buffer.from('{"batch":[1,2],"x":[3],"\\u0062atch":[{"context":4}]}');
    expect(batchSpans(bytes, 'batch', names)).toEqual([{ start: 37, end: 50, members: [undefined, { start: 11, end: 12 }], depth: 1 }]);
  });

  it('ends on bytes that are no JSON', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
        const text = rest.map((byte) => (byte === 0x5c ? 0x20 : byte));
        batchSpans(Buffer.concat([Buffer.from('{"batch":[{'), text]), 'batch', names);
      }),
    );
  });
});

describe('eachMember', () => {
  it('gives every member in order, with its key and value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), indent, (value, space) => {
        const bytes = Buffer.from(` ${JSON.stringify(value, null, space)}`);
        const text = (start: number, end: number) => JSON.parse(bytes.toString('utf8', start, end)) as unknown;
        const found: unknown[] = [];
        eachMember(bytes, 0, (keyStart, keyEnd, valueStart, valueEnd) => found.push([text(keyStart, keyEnd), text(valueStart, valueEnd)]));
        expect(found).toEqual(Object.entries(JSON.parse(bytes.toString()) as object));
      }),
    );
  });
});
