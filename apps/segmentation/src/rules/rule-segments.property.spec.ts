import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MEMBERSHIP, TOPICS, TRANSITION, TransitionKind, partitionForKey, userKey, type Event } from '@tradewind/contracts';
import { openEmbeddedEventLog, type EventLog } from '@tradewind/eventing';
import { MemoryStateStore } from '@tradewind/feature-store';
import { evaluateLog, type Condition, type Rule } from '@tradewind/rules';
import { anEvent, anEventRecord } from '@tradewind/testing';
import fc from 'fast-check';
import { RuleService, toRows, type World } from '../../test/rule-service';

/** `RULE_SERVICE_CASES=1000 node tools/jest.mjs apps/segmentation -- -t brute` for the long run. */
const CASES = Number(process.env['RULE_SERVICE_CASES'] ?? 8);
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2024, 0, 10);
const USERS = ['ann', 'bob', 'cyd', 'dan'].map((user) => userKey('shop', user));

const anEventCondition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ event: fc.constantFrom('A', 'B', '*'), within: fc.constantFrom('1h', '3h', '1d') }),
  fc.record({ event: fc.constantFrom('A', 'B'), notWithin: fc.constantFrom('1h', '5h') }),
  fc.record({
    event: fc.constantFrom('A', 'B'),
    op: fc.constantFrom('>=' as const, '<' as const),
    value: fc.constantFrom(2, 3),
    within: fc.constant('2h'),
  }),
  fc.record({
    sequence: fc.constantFrom(
      [{ event: 'A' }, { event: 'B', within: '1h' }],
      [{ event: 'A' }, { event: 'B', within: '2h', absent: 'within' as const }],
    ),
    within: fc.constant('1d'),
  }),
);
const aRuleSet: fc.Arbitrary<Rule[]> = fc
  .array(fc.tuple(anEventCondition, anEventCondition, fc.constantFrom('one', 'and', 'or', 'not', 'segment')), { maxLength: 4 })
  .map((parts) =>
    parts.map(([a, b, shape], i): Rule => {
      const when: Record<string, Condition> = {
        one: a,
        and: { and: [a, b] },
        or: { or: [a, b] },
        not: { not: a },
        segment: i === 0 ? a : { and: [{ segment: `rule-${i - 1}` }, a] },
      };
      return { id: `rule-${i}`, name: `Rule ${i}`, when: when[shape]! };
    }),
  );

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
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rules' as const), rules: aRuleSet }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'settle' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('crash' as const), writes: fc.integer({ min: 1, max: 12 }) }) },
);

/** A service that is restarted whenever it has died. */
class Run {
  readonly events: Event[] = [];
  rules: readonly Rule[] = [];
  private service: RuleService;
  private version = 1;

  constructor(private readonly world: World) {
    this.service = new RuleService(world);
  }

  start(): Promise<void> {
    return this.service.start();
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'events':
        this.events.push(...step.events);
        await this.world.log.publish(step.events.map(anEventRecord));
        return;
      case 'rules':
        this.rules = step.rules;
        this.world.rows = toRows(step.rules, ++this.version);
        this.world.written.push(...this.world.rows);
        return this.unlessDead(() => this.service.segmentation.rules.settled());
      case 'crash':
        this.service.failAfter(step.writes);
        return this.unlessDead(() => this.service.settled());
      case 'settle':
        return this.unlessDead(() => this.service.settled());
      case 'restart':
        return this.restart();
    }
  }

  async settled(): Promise<void> {
    await this.unlessDead(() => this.service.settled());
    await this.unlessDead(() => this.service.settled());
  }

  private async unlessDead(work: () => Promise<void>): Promise<void> {
    const done = work().then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && /is dead|were stopped/.test(error.message)) return false;
        throw error;
      },
    );
    const alive = await Promise.race([done, this.service.failed.then(() => false)]);
    if (alive) return;
    done.catch(() => undefined);
    await this.restart();
  }

  private async restart(): Promise<void> {
    await this.service.stop();
    this.service = new RuleService(this.world);
    await this.service.start();
  }
}

async function membersOnTopic(log: EventLog): Promise<string[]> {
  const members = new Set<string>();
  for await (const records of log.read(TOPICS.segmentMembership.name)) {
    for (const { value } of records) {
      const { member, segmentId, userKey: key } = MEMBERSHIP.decode(value);
      if (member) members.add(`${segmentId}|${key}`);
      else members.delete(`${segmentId}|${key}`);
    }
  }
  return [...members].sort();
}

/** By user and segment, repeats dropped: entered and exited by turns. */
async function moves(log: EventLog): Promise<Map<string, string>> {
  const seen = new Set<string>();
  const told = new Map<string, string>();
  for await (const records of log.read(TOPICS.segmentTransitions.name)) {
    for (const { value } of records) {
      const { transitionId, userKey: key, segmentId, kind } = TRANSITION.decode(value);
      if (seen.has(transitionId)) continue;
      seen.add(transitionId);
      const place = `${segmentId}|${key}`;
      told.set(place, (told.get(place) ?? '') + (kind === TransitionKind.TRANSITION_KIND_ENTERED ? '+' : '-'));
    }
  }
  return told;
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
          aRuleSet,
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
            const run = new Run({
              log,
              state,
              dueTimes: areTimersDurable ? state.dueTimes : null,
              rows: toRows(rules),
              written: toRows(rules),
            });
            run.rules = rules;
            await run.start();
            try {
              for (const step of steps) await run.take(step);
              await run.settled();
              expect(await membersOnTopic(log)).toEqual(expectedMembers(run.rules, run.events));
              for (const [place, told] of await moves(log)) expect([place, told]).toEqual([place, expect.stringMatching(/^(\+-)*\+?$/)]);
            } finally {
              await run.stop();
              await log.close();
              await rm(dir, { recursive: true, force: true });
            }
          },
        ),
        { numRuns: CASES },
      );
    },
    CASES * 5_000 + 30_000,
  );
});
