import fc from 'fast-check';
import { compareGroups } from './compare-groups';

/** Rows of groups with these sizes and numbers of selected. */
function rowsOf(sizes: Readonly<Record<string, readonly [rows: number, selected: number]>>) {
  const entries = Object.entries(sizes).flatMap(([group, [rows, selected]]) =>
    Array.from({ length: rows }, (_, row) => ({ group, selected: Number(row < selected) })),
  );
  return { groups: entries.map(({ group }) => group), selected: entries.map(({ selected }) => selected) };
}

describe('compareGroups', () => {
  it('draws the four-fifths line against the group with the highest rate', () => {
    // The guidelines' own kind of example: 48 of 80 against 12 of 40 is a ratio of 0.5.
    const { groups, meetsFourFifths, leftOut } = compareGroups(rowsOf({ white: [80, 48], black: [40, 12], few: [5, 5], '': [7, 0] }));
    expect(meetsFourFifths).toBe(false);
    expect(leftOut).toEqual({ small: 5, unknown: 7 });
    expect(groups).toMatchObject([
      { group: 'black', rows: 40, selected: 12, selectionRate: 0.3, ratio: { value: 0.5 }, meetsFourFifths: false },
      { group: 'white', selectionRate: 0.6, ratio: { value: 1, low: 1, high: 1 }, meetsFourFifths: true },
    ]);
    // ln 0.5 ± 1.96 · √(1/12 − 1/40 + 1/48 − 1/80)
    expect(groups[0]!.ratio!.low).toBeCloseTo(0.3014, 4);
    expect(groups[0]!.ratio!.high).toBeCloseTo(0.8294, 4);
  });

  it('tells outcomes by group', () => {
    const { groups, selected } = rowsOf({ a: [40, 20], b: [40, 10] });
    const outcomes = groups.map((group, row) => Number(group === 'a' ? row % 4 === 0 : row % 2 === 0));
    const [a, b] = compareGroups({ groups, selected, outcomes, probabilities: groups.map(() => 0.25) }).groups;
    expect(a).toMatchObject({ outcomeRate: 0.25, truePositiveRate: 0.5, meanProbability: 0.25 });
    expect(b).toMatchObject({ outcomeRate: 0.5, truePositiveRate: 0.25 });
    expect(compareGroups({ groups, selected }).groups[0]).toMatchObject({
      outcomeRate: null,
      truePositiveRate: null,
      meanProbability: null,
    });
  });

  it('keeps each ratio within its interval and in 0 to 1, also of nobody', () => {
    const size = fc.integer({ min: 30, max: 90 }).chain((rows) => fc.tuple(fc.constant(rows), fc.integer({ min: 0, max: rows })));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), size, { maxKeys: 3 }), (sizes) => {
        for (const { ratio, selectionRate, meetsFourFifths } of compareGroups(rowsOf(sizes)).groups) {
          if (ratio === null) {
            expect(selectionRate).toBe(0);
            continue;
          }
          expect(ratio.value >= 0 && ratio.value <= 1 && ratio.low <= ratio.value && ratio.value <= ratio.high).toBe(true);
          expect(meetsFourFifths).toBe(ratio.value >= 0.8);
        }
      }),
    );
    expect(compareGroups({ groups: [], selected: [] })).toEqual({ groups: [], leftOut: { small: 0, unknown: 0 }, meetsFourFifths: true });
    expect(() => compareGroups({ groups: ['a'], selected: [] })).toThrow('1 rows with 0 values');
  });
});
