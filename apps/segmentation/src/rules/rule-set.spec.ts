import { toRows } from '../../test/rule-service';
import { createRuleSet } from './rule-set';

const RULES = [
  { id: 'b', name: 'B', when: { segment: 'a' } },
  { id: 'a', name: 'A', when: { event: 'X', within: '1h' } },
];

describe('a rule set', () => {
  it('has the enabled segments, and keeps its engine while nothing that decides changes', () => {
    const first = createRuleSet(toRows(RULES));
    const renamed = createRuleSet(
      toRows(
        RULES.map((rule) => ({ ...rule, name: 'Other' })),
        2,
      ),
      first,
    );
    expect(renamed.engine).toBe(first.engine);
    expect(renamed.segments.get('a')).toEqual({ name: 'Other', version: 2 });
    expect(createRuleSet(toRows(RULES.slice(1)), first).fingerprint).not.toBe(first.fingerprint);
    expect(createRuleSet([])).toMatchObject({ isEmpty: true });
  });

  it('refuses what does not fit together, with the path of the fault', () => {
    const rows = toRows(RULES).map((row) => ({ ...row, enabled: row.segmentId !== 'a' }));
    expect(() => createRuleSet(rows)).toThrow(
      expect.objectContaining({ code: 'RULE_INVALID', message: expect.stringContaining('$[0].when.segment') }),
    );
  });
});
