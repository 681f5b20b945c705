import { describeCondition, describePredicate, describeSelector, describeValue } from '../language/describe';
import { formatTime } from '../language/duration';
import type { Condition, EventCondition, SequenceCondition } from '../language/rule';
import type { LeafFacts } from '../tracks/track';
import { toComparison, toCountComparison } from '../values/comparison';

interface Now {
  readonly holds: boolean;
  readonly untilMs?: number;
  readonly facts: LeafFacts;
}

/** What would make a false leaf hold, or end a true one, in words; `undefined` when nothing can. */
export function changeOf(condition: Condition, now: Now): string | undefined {
  if ('trait' in condition) return traitChange(`trait ${condition.trait} ${describePredicate(condition)}`, now);
  if ('sequence' in condition) return sequenceChange(condition, now);
  return 'event' in condition ? eventChange(condition, now) : undefined;
}

function traitChange(wanted: string, { holds, untilMs, facts }: Now): string {
  if (untilMs !== undefined) return `${holds ? 'ends' : 'begins'} at ${formatTime(untilMs)}`;
  const is = facts.actual === null ? 'there is none' : `it is ${JSON.stringify(facts.actual)}`;
  return holds ? `an identify call with another value (${is})` : `an identify call such that ${wanted} (${is})`;
}

function eventChange(condition: EventCondition, now: Now): string | undefined {
  const { aggregate = 'count', notWithin } = condition;
  const events = describeSelector(condition);
  if (notWithin !== undefined) return now.holds ? `ends with the next ${events}` : `begins at ${at(now)} if there is no further ${events}`;
  if (aggregate === 'count' || aggregate === 'distinct') return countChange(condition, events, now);
  const passing = now.untilMs === undefined ? '' : `; ${now.holds ? 'ends' : 'begins'} at ${at(now)} if nothing more happens`;
  const what =
    condition.of === undefined
      ? `${aggregate} time`
      : `${aggregate === 'mostFrequent' ? 'most frequent' : aggregate} ${describeValue(condition.of)}`;
  const is = now.facts.actual === null ? 'there is none' : `it is ${String(now.facts.actual)}`;
  const wanted = describePredicate({ op: condition.op!, value: condition.value });
  if (now.holds) return now.untilMs === undefined ? undefined : `ends at ${at(now)} if nothing more happens`;
  return `${events} such that ${what} ${wanted} (${is})${passing}`;
}

function countChange(condition: EventCondition, events: string, { holds, untilMs, facts }: Now): string | undefined {
  const { op = '>=', value = 1, within, between, aggregate } = condition;
  const { min, max, negated } = toCountComparison(toComparison(op, value));
  const actual = Number(facts.actual);
  const what = aggregate === 'distinct' ? `with another ${describeValue(condition.of!)}` : '';
  const span = within !== undefined ? ` within ${within}` : between !== undefined ? ` from ${between[0]} until ${between[1]}` : '';
  const passing = untilMs === undefined ? '' : `${holds ? 'ends' : 'begins'} at ${formatTime(untilMs)} if nothing more happens`;
  const more = (count: number) => [`${count} more ${events}`, what].filter((part) => part !== '').join(' ') + span;
  if (holds) {
    if (passing !== '') return passing;
    return max !== Infinity && !negated ? `ends with ${more(max + 1 - actual)}` : undefined;
  }
  if (negated) return [more(1), passing].filter((part) => part !== '').join(', or ');
  if (actual < min) return more(min - actual);
  return passing === '' ? undefined : passing;
}

function sequenceChange(condition: SequenceCondition, { holds, untilMs, facts }: Now): string {
  const { sequence } = condition;
  const last = sequence.at(-1)!;
  const passing = untilMs === undefined ? undefined : `${holds ? 'ends' : 'begins'} at ${formatTime(untilMs)}`;
  if (holds && last.absent === 'since')
    return `ends with the next ${describeSelector(last)}${passing === undefined ? '' : `, or ${passing.replace('ends ', '')}`}`;
  if (holds) return passing === undefined ? 'nothing ends it' : `${passing} if nothing more happens`;
  if (passing !== undefined) return `${passing} if there is no ${describeSelector(last)} until then`;
  const done = facts.steps ?? 0;
  const happening = last.absent === undefined ? sequence : sequence.slice(0, -1);
  const next = happening[done];
  if (next === undefined) return `anew: ${describeCondition(condition)}`;
  const limit = next.within === undefined ? '' : ` within ${next.within} after the step before`;
  return `${done} of ${happening.length} steps done; next ${describeSelector(next)}${limit}`;
}

function at({ untilMs }: Now): string {
  return untilMs === undefined ? 'no time' : formatTime(untilMs);
}
