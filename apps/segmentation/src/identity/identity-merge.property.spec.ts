import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LINK, TOPICS, deadLetterTopic, partitionForKey, userKey, type Event } from '@tradewind/contracts';
import { openEmbeddedEventLog, type EventLog } from '@tradewind/eventing';
import { MemoryStateStore } from '@tradewind/feature-store';
import { evaluateLog, type Rule } from '@tradewind/rules';
import { anEvent } from '@tradewind/testing';
import fc from 'fast-check';
import { membersOnTopic, movesOnTopic } from '../../test/memberships-on-topic';
import { MortalRun } from '../../test/mortal-run';
import { toRows } from '../../test/rule-service';
import { someRules } from '../../test/some-rules';

/** `MERGE_CASES=1000 node tools/jest.mjs apps/segmentation -- -t aliases` for the long run. */
const CASES = Number(process.env['MERGE_CASES'] ?? 8);
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2024, 0, 10);
/** Anonymous ids, then users of whom the first may become an alias of the last. */
const ANONYMOUS = ['anon-1', 'anon-2', 'anon-3'];
const KNOWN = ['ann', 'bob', 'cyd'];

/** What each id turns out to be; chains, but no circles. */
const links: fc.Arbitrary<Readonly<Record<string, string>>> = fc.record(
  {
    'anon-1': fc.constantFrom('ann', 'bob'),
    'anon-2': fc.constant('ann'),
    'anon-3': fc.constantFrom('bob', 'cyd'),
    ann: fc.constantFrom('bob', 'cyd'),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Readonly<Record<string, string>>>;

type Step =
  | { readonly kind: 'events'; readonly events: readonly Event[] }
  | { readonly kind: 'link'; readonly alias: string }
  | { readonly kind: 'rules'; readonly rules: readonly Rule[] }
  | { readonly kind: 'restart' | 'settle' }
  | { readonly kind: 'crash'; readonly writes: number };

const anIdsEvent: fc.Arbitrary<Event> = fc
  .record({
    id: fc.constantFrom(...ANONYMOUS, ...KNOWN),
    name: fc.constantFrom('A', 'B', 'C'),
    half: fc.integer({ min: 0, max: 40 }),
    message: fc.nat(60),
  })
  .map(({ id, name, half, message }) => {
    const who = ANONYMOUS.includes(id) ? { userId: '', anonymousId: id } : { userId: id };
    return anEvent({
      ...who,
      userKey: userKey('shop', id),
      name,
      messageId: `${id}-${message}`,
      occurredAtMs: START_MS + (half * HOUR_MS) / 2,
    });
  });
const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('events' as const), events: fc.array(anIdsEvent, { minLength: 1, maxLength: 12 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('link' as const), alias: fc.constantFrom(...ANONYMOUS, 'ann') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rules' as const), rules: someRules }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'settle' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('crash' as const), writes: fc.integer({ min: 1, max: 12 }) }) },
);

class Case {
  private readonly linked: Record<string, string> = {};
  private linkedAtMs = START_MS;

  constructor(
    private readonly run: MortalRun,
    private readonly links: Readonly<Record<string, string>>,
  ) {}

  async take(step: Step): Promise<void> {
    const { run } = this;
    if (step.kind === 'events') return run.publish(step.events);
    if (step.kind === 'link') return this.link(step.alias);
    if (step.kind === 'rules') return run.changeRules(step.rules);
    if (step.kind === 'crash') return run.dieAfter(step.writes);
    return step.kind === 'restart' ? run.restart() : run.settle();
  }

  /** As if the whole log had been written under the ids that everybody turned out to have. */
  expected(): string[] {
    const owners = new Set(this.run.events.map(({ userKey: key }) => this.ownerOf(key)));
    return [...owners]
      .flatMap((owner) => {
        const own = this.run.events
          .filter(({ userKey: key }) => this.ownerOf(key) === owner)
          .map((event) => ({ ...event, userKey: owner }));
        return evaluateLog(this.run.rules, owner, own, this.clockOf(owner)).map((id) => `${id}|${owner}`);
      })
      .sort();
  }

  /** The link as ingest tells it: also again, and with the id that the known one itself turned out to be. */
  private async link(alias: string): Promise<void> {
    const to = this.links[alias];
    if (to === undefined) return;
    this.linked[alias] ??= this.ownerOf(userKey('shop', to)).slice('shop:'.length);
    const value = {
      sourceId: 'shop',
      aliasId: alias,
      canonicalId: this.linked[alias],
      messageId: `link-${alias}`,
      linkedAtMs: ++this.linkedAtMs,
    };
    await this.run.world.log.publish([{ topic: TOPICS.identityLinks.name, key: userKey('shop', alias), value: LINK.encode(value) }]);
  }

  private ownerOf(key: string): string {
    return this.pathOf(key).at(-1)!;
  }

  private pathOf(key: string): string[] {
    const next = this.linked[key.slice('shop:'.length)];
    return next === undefined ? [key] : [key, ...this.pathOf(userKey('shop', next))];
  }

  /** The latest time of an event that was on the owner's partition, by itself or on its way. */
  private clockOf(owner: string): number {
    const partitionOf = (key: string) => partitionForKey(Buffer.from(key), TOPICS.events.partitions);
    const here = partitionOf(owner);
    const seen = this.run.events.filter(({ userKey: key }) => this.pathOf(key).some((each) => partitionOf(each) === here));
    return Math.max(...seen.map(({ occurredAtMs }) => occurredAtMs));
  }
}

async function openLog(dataDir: string): Promise<EventLog> {
  const log = await openEmbeddedEventLog({ dataDir });
  const { events, segmentTransitions, segmentMembership, modelReleases, identityLinks, movedEvents } = TOPICS;
  await log.ensureTopics([
    events,
    segmentTransitions,
    segmentMembership,
    modelReleases,
    identityLinks,
    movedEvents,
    deadLetterTopic(movedEvents),
  ]);
  return log;
}

describe('aliases', () => {
  it(
    'end in the memberships of whom they turned out to be, as if they had had that id from the first event on, wherever the service dies',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          someRules,
          links,
          fc.array(aStep, { minLength: 2, maxLength: 9 }),
          fc.boolean(),
          async (rules, linkTo, steps, areTimersDurable) => {
            const dir = await mkdtemp(join(tmpdir(), 'tradewind-merge-'));
            const log = await openLog(dir);
            const state = new MemoryStateStore();
            const dueTimes = areTimersDurable ? state.dueTimes : null;
            const run = new MortalRun({ log, state, dueTimes, rows: toRows(rules), written: toRows(rules) });
            run.rules = rules;
            await run.start();
            try {
              const tested = new Case(run, linkTo);
              for (const step of steps) await tested.take(step);
              await run.settledForGood();
              expect(await membersOnTopic(log)).toEqual(tested.expected());
              for (const [place, told] of await movesOnTopic(log))
                expect([place, told]).toEqual([place, expect.stringMatching(/^(\+-)*\+?$/)]);
            } finally {
              await run.stop();
              await log.close();
              await rm(dir, { recursive: true, force: true });
            }
          },
        ),
        { numRuns: CASES, interruptAfterTimeLimit: CASES * 5_000, markInterruptAsFailure: true },
      );
    },
    CASES * 6_000 + 30_000,
  );
});
