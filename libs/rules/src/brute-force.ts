import { EventType, type Event } from '@tradewind/contracts';
import { typesOf, namesOf } from './engine/selectors';
import { parseDate, parseDuration } from './language/duration';
import type { Condition, EventCondition, EventSelector, Rule, SequenceCondition, SequenceStep, TraitCondition } from './language/rule';
import { holds, toComparison } from './values/comparison';
import { EventReader, PropertyPaths, toValueReader } from './values/event-reader';
import { toEventTest } from './values/event-filter';
import { ExactSum } from './values/exact-sum';
import { rolloutPercent } from './values/hash';
import { toTest } from './values/predicate';
import { asIdentity, asLabel, asNumber, keptTrait, valueAt } from './values/reading';

/** A user and what is known at a moment. */
interface View {
  readonly userKey: string;
  /** The user's events that have happened by now, by time, then arrival. */
  readonly events: readonly Event[];
  readonly nowMs: number;
  readonly rules: readonly Rule[];
}

/**
 * The ids of the rules that hold for a user at `nowMs`, in the order of the rules, straight from the definition: each condition looks at the
 * whole log. Deliberately naive; the judge of the engine in tests. `log` is in order of arrival, repeats (by message id) included.
 */
export function evaluateLog(rules: readonly Rule[], userKey: string, log: readonly Event[], nowMs: number): string[] {
  const seen = new Set<string>();
  const once = log.filter(({ messageId }) => messageId === '' || (!seen.has(messageId) && seen.add(messageId)));
  const events = once.filter((event) => event.occurredAtMs <= nowMs).sort((a, b) => a.occurredAtMs - b.occurredAtMs);
  const view: View = { userKey, events, nowMs, rules };
  return rules.filter((rule) => isTrue(rule.when, rule, view)).map(({ id }) => id);
}

function isTrue(condition: Condition, rule: Rule, view: View): boolean {
  if ('everyone' in condition) return true;
  if ('and' in condition) return condition.and.every((child) => isTrue(child, rule, view));
  if ('or' in condition) return condition.or.some((child) => isTrue(child, rule, view));
  if ('not' in condition) return !isTrue(condition.not, rule, view);
  if ('users' in condition) return condition.users.includes(view.userKey);
  if ('rollout' in condition) return rolloutPercent(condition.rollout.salt ?? rule.id, view.userKey) < condition.rollout.percent;
  if ('trait' in condition) return isTraitTrue(condition, view);
  if ('sequence' in condition) return isSequenceTrue(condition, view);
  if ('event' in condition) return isEventTrue(condition, view);
  const inner = view.rules.find(({ id }) => id === condition.segment)!;
  return isTrue(inner.when, inner, view);
}

function isTraitTrue(condition: TraitCondition, { events, nowMs }: View): boolean {
  const said = events
    .filter((event) => event.type === EventType.EVENT_TYPE_IDENTIFY)
    .map((event) => valueAt(new EventReader().read(event).traits, condition.trait.split('.')))
    .filter(({ found }) => found);
  return toTest(condition)(keptTrait(said.at(-1)?.value), nowMs);
}

function isEventTrue(condition: EventCondition, view: View): boolean {
  const { aggregate = 'count', notWithin, op = '>=', value = 1 } = condition;
  const events = selected(condition, view);
  if (notWithin !== undefined) return inWindow(events, notWithin, view.nowMs).length === 0;
  const inside = inWindow(events, condition.within, view.nowMs).filter(({ occurredAtMs }) => isBetween(occurredAtMs, condition.between));
  const compare = (x: number) => holds(toComparison(op, value), x);
  if (aggregate === 'count') return compare(inside.length);
  const times = inside.map((event) => event.occurredAtMs);
  if (aggregate === 'first' || aggregate === 'last')
    return times.length > 0 && toTest({ op, value })(aggregate === 'first' ? times[0] : times.at(-1), view.nowMs);
  const values = inside.flatMap((event) => {
    const read: unknown[] = [];
    toValueReader(condition.of!, new PropertyPaths())(new EventReader().read(event), read);
    return read;
  });
  if (aggregate === 'distinct') return compare(new Set(values.map(asIdentity).filter((identity) => identity !== undefined)).size);
  if (aggregate === 'mostFrequent') return toTest({ op, value })(mostFrequentOf(values), view.nowMs);
  const numbers = values.map(asNumber).filter((number) => number !== undefined);
  if (aggregate === 'sum') return compare(sumOf(numbers));
  if (numbers.length === 0) return false;
  return compare({ avg: sumOf(numbers) / numbers.length, min: Math.min(...numbers), max: Math.max(...numbers) }[aggregate]);
}

/** Some choice of one event per step is in order, in time and, where the last step is absent, not followed. */
function isSequenceTrue({ sequence, within }: SequenceCondition, view: View): boolean {
  const last = sequence.at(-1)!;
  const steps = last.absent === undefined ? sequence : sequence.slice(0, -1);
  const begin = inWindow(selected(steps[0]!, view), within, view.nowMs);
  let ends = begin.map((event) => event.occurredAtMs);
  for (const step of steps.slice(1)) {
    const times = selected(step, view).map((event) => event.occurredAtMs);
    ends = times.filter((atMs) => ends.some((beforeMs) => atMs > beforeMs && atMs - beforeMs < spanOf(step)));
  }
  if (last.absent === undefined) return ends.length > 0;
  const others = selected(last, view).map((event) => event.occurredAtMs);
  const waitMs = last.within === undefined ? 0 : spanOf(last);
  return ends.some((endMs) => {
    const after = others.filter((atMs) => atMs > endMs && (last.absent === 'since' || atMs - endMs < waitMs));
    return after.length === 0 && view.nowMs >= endMs + waitMs;
  });
}

function selected(selector: EventSelector, { events }: View): Event[] {
  const names = namesOf(selector);
  const test = toEventTest(selector.where, new PropertyPaths());
  return events.filter(
    (event) =>
      typesOf(selector).includes(event.type) &&
      (names === null || names.has(event.name)) &&
      (test === null || test(new EventReader().read(event))),
  );
}

function inWindow(events: readonly Event[], within: string | undefined, nowMs: number): readonly Event[] {
  return within === undefined ? events : events.filter(({ occurredAtMs }) => nowMs < occurredAtMs + parseDuration(within)!);
}

function isBetween(atMs: number, between: readonly [string, string] | undefined): boolean {
  return between === undefined || (atMs >= parseDate(between[0])! && atMs < parseDate(between[1])!);
}

function spanOf({ within }: SequenceStep): number {
  return within === undefined ? Infinity : parseDuration(within)!;
}

function sumOf(numbers: readonly number[]): number {
  const sum = new ExactSum();
  for (const number of numbers) sum.add(number);
  return sum.value;
}

function mostFrequentOf(values: readonly unknown[]): string | undefined {
  const labels = values.map(asLabel).filter((label) => label !== undefined);
  const times = (label: string) => labels.filter((other) => other === label).length;
  return [...new Set(labels)].sort((a, b) => times(b) - times(a) || (a < b ? -1 : 1))[0];
}
