import fc from 'fast-check';
import type { Event } from '@tradewind/contracts';
import { createRuleEngine, evaluateLog, validateRules, type MembershipChange, type Rule, type RuleEngine, type UserRuleState } from '.';
import { aHistory, aRuleSet, type Happening } from '../test/a-rule-set';

/** `RULE_CASES=10000 node tools/jest.mjs libs/rules -- -t brute` for the long run. */
const CASES = Number(process.env['RULE_CASES'] ?? 400);
const USER = 'shop:user-1';

interface Run {
  readonly rules: readonly Rule[];
  readonly engine: RuleEngine;
  readonly log: Event[];
  /** Memberships as a listener to the changes knows them. */
  readonly told: Set<string>;
  state: UserRuleState;
}

describe('the engine against the brute-force evaluation of the log', () => {
  it(
    'has the same members at every step, at every moment between steps, and never checks too late',
    () => {
      fc.assert(
        fc.property(aRuleSet, aHistory, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (rules, history, random) => {
          const engine = createRuleEngine(rules);
          const run: Run = { rules, engine, log: [], told: new Set(), state: engine.create(USER) };
          for (const happening of history) {
            take(run, happening, () => random.next().value!);
            if (run.state.clockMs !== -Infinity) compare(run, run.state.clockMs);
          }
          drain(run, () => random.next().value!);
        }),
        { numRuns: CASES },
      );
    },
    CASES * 100 + 30_000,
  );

  it('is given valid rules by the generator', () => {
    fc.assert(
      fc.property(aRuleSet, (rules) => {
        const { problems = [] } = validateRules(JSON.parse(JSON.stringify(rules)));
        const real = problems.filter(({ message }) => !message.startsWith('can never hold') && !message.startsWith('90m'));
        expect(real).toEqual([]);
      }),
    );
  });
});

function take(run: Run, happening: Happening, random: () => number): void {
  const { engine } = run;
  if (happening.kind === 'reload') {
    const record = engine.encode(run.state);
    run.state = engine.decode(USER, record)!;
    expect(Buffer.from(engine.encode(run.state)).equals(Buffer.from(record))).toBe(true);
    return;
  }
  const { nowMs } = happening;
  lookBetween(run, nowMs, random);
  if (happening.kind === 'clock') return hear(run, engine.advance(run.state, nowMs));
  run.log.push(happening.event);
  hear(run, engine.apply(run.state, happening.event, nowMs));
}

/** Without an event nothing may change before `nextCheckAtMs`: looked at right before it, and at a moment in between. */
function lookBetween(run: Run, untilMs: number, random: () => number): void {
  const { state } = run;
  if (!Number.isFinite(state.clockMs)) return;
  const nextMs = Math.min(state.nextCheckAtMs, untilMs);
  expect(state.nextCheckAtMs).toBeGreaterThan(state.clockMs);
  if (nextMs <= state.clockMs + 1) return;
  compare(run, nextMs - 1);
  compare(run, Math.floor(state.clockMs + random() * (nextMs - 1 - state.clockMs)));
}

/** Wakes exactly when the state asks for it until nothing is left to fall due. */
function drain(run: Run, random: () => number): void {
  const { engine, state } = run;
  for (let wakes = 0; state.nextCheckAtMs !== Infinity; wakes++) {
    expect(wakes).toBeLessThan(1000);
    lookBetween(run, state.nextCheckAtMs, random);
    hear(run, engine.advance(state, state.nextCheckAtMs));
    compare(run, state.clockMs);
  }
  if (Number.isFinite(state.clockMs)) compare(run, state.clockMs + 400 * 86_400_000);
}

function hear({ told }: Run, changes: readonly MembershipChange[]): void {
  for (const { segmentId, kind } of changes) {
    expect(told.has(segmentId)).toBe(kind === 'exited');
    if (kind === 'entered') told.add(segmentId);
    else told.delete(segmentId);
  }
}

function compare({ engine, rules, state, log, told }: Run, nowMs: number): void {
  const expected = evaluateLog(rules, USER, log, nowMs);
  expect(engine.memberships(state)).toEqual(expected);
  expect([...told].sort()).toEqual([...expected].sort());
}
