import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS, partitionForKey, userKey, type Event } from '@tradewind/contracts';
import { openEmbeddedEventLog } from '@tradewind/eventing';
import { MemoryStateStore } from '@tradewind/feature-store';
import { evaluateLog, type Rule } from '@tradewind/rules';
import { anEvent } from '@tradewind/testing';
import fc from 'fast-check';
import { membersOnTopic, movesOnTopic } from '../../test/memberships-on-topic';
import { MortalRun } from '../../test/mortal-run';
import { toRows } from '../../test/rule-service';
import { someRules } from '../../test/some-rules';

/** `RULE_SERVICE_CASES=1000 node tools/jest.mjs apps/segmentation -- -t brute` for the long run. */
const CASES = Number(process.env['RULE_SERVICE_CASES'] ?? 8);
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2024, 0, 10);
const USERS = ['ann', 'bob', 'cyd', 'dan'].map((user) => userKey('shop', user));

const aUserEvent: fc.Arbitrary<Event> = fc
  .record({
    user: fc.constantFrom(...USERS),
    name: fc.constantFrom('A', 'B', 'C'),
    half: fc.integer({ min: 0, max: 40 }),
    message: fc.nat(60),
  })
  .map(({ user, name, half, message }) =>
    anEvent({ userKey: user, userId: user.slice(5), name, messageId: `m${message}`, occurredAtMs: START_MS + (half * HOUR_MS) / 2 }),
  );
type Step =
  | { readonly kind: 'events'; readonly events: readonly Event[] }
  | { readonly kind: 'rules'; readonly rules: readonly Rule[] }
  | { readonly kind: 'restart' | 'settle' }
  | { readonly kind: 'crash'; readonly writes: number };
const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('events' as const), events: fc.array(aUserEvent, { minLength: 1, maxLength: 12 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rules' as const), rules: someRules }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'settle' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('crash' as const), writes: fc.integer({ min: 1, max: 12 }) }) },
);

async function take(run: MortalRun, step: Step): Promise<void> {
  if (step.kind === 'events') return run.publish(step.events);
  if (step.kind === 'rules') return run.changeRules(step.rules);
  if (step.kind === 'crash') return run.dieAfter(step.writes);
  return step.kind === 'restart' ? run.restart() : run.settle();
}

function expectedMembers(rules: readonly Rule[], events: readonly Event[]): string[] {
  const partitionOf = (key: string) => partitionForKey(Buffer.from(key), TOPICS.events.partitions);
  return USERS.flatMap((key) => {
    const own = events.filter((event) => event.userKey === key);
    const clockMs = Math.max(
      ...events.filter((event) => partitionOf(event.userKey) === partitionOf(key)).map((event) => event.occurredAtMs),
    );
    return own.length === 0 ? [] : evaluateLog(rules, key, own, clockMs).map((id) => `${id}|${key}`);
  }).sort();
}

describe('segments by rule, as a service', () => {
  it(
    'tell the memberships of a brute-force evaluation of the log, whatever rules come, wherever it dies',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          someRules,
          fc.array(aStep, { minLength: 1, maxLength: 8 }),
          fc.boolean(),
          async (rules, steps, areTimersDurable) => {
            const dir = await mkdtemp(join(tmpdir(), 'tradewind-rules-'));
            const log = await openEmbeddedEventLog({ dataDir: dir });
            await log.ensureTopics([
              TOPICS.events,
              TOPICS.segmentTransitions,
              TOPICS.segmentMembership,
              TOPICS.modelReleases,
              TOPICS.identityLinks,
              TOPICS.movedEvents,
            ]);
            const state = new MemoryStateStore();
            const run = new MortalRun({
              log,
              state,
              dueTimes: areTimersDurable ? state.dueTimes : null,
              rows: toRows(rules),
              written: toRows(rules),
            });
            run.rules = rules;
            await run.start();
            try {
              for (const step of steps) await take(run, step);
              await run.settledForGood();
              expect(await membersOnTopic(log)).toEqual(expectedMembers(run.rules, run.events));
              for (const [place, told] of await movesOnTopic(log))
                expect([place, told]).toEqual([place, expect.stringMatching(/^(\+-)*\+?$/)]);
            } finally {
              await run.stop();
              await log.close();
              await rm(dir, { recursive: true, force: true });
            }
          },
        ),
        { numRuns: CASES, interruptAfterTimeLimit: CASES * 4_000, markInterruptAsFailure: true },
      );
    },
    CASES * 5_000 + 30_000,
  );
});
