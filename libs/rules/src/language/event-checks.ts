import { HOUR_MS, parseDuration } from './duration';
import { operandFault, rangeFault, spanFault, type Compared } from './operands';
import { at } from './problems';
import type { Aggregate, EventCondition, SequenceCondition, SequenceStep, ValueRef } from './rule';
import { LIMITS } from './schema';

type Report = (path: string, message: string) => void;
const TEXT_FIELDS = /^(currency|orderId|groupId|items\.productId)$/;
const NUMBER_FIELDS = /^(value|items\.quantity|items\.priceMinor)$/;

/** What a well-formed event condition may still get wrong. */
export function checkEvent(condition: EventCondition, path: string, report: Report): void {
  const { within, notWithin, between, aggregate = 'count' } = condition;
  checkSelector(condition, path, report);
  if (within !== undefined) tell(report, at(path, 'within'), spanFault(within, HOUR_MS));
  if (between !== undefined) tell(report, at(path, 'between'), rangeFault(...between));
  if (within !== undefined && between !== undefined)
    report(at(path, 'between'), 'within and between exclude each other; keep one, or put two conditions into {"and": […]}');
  if (notWithin !== undefined) return checkNotWithin(condition, path, report);
  checkAggregate(condition, aggregate, path, report);
}

/** Steps, their times and the absent one. */
export function checkSequence({ sequence, within }: SequenceCondition, path: string, report: Report): void {
  if (within !== undefined) tell(report, at(path, 'within'), spanFault(within, HOUR_MS));
  sequence.forEach((step, i) => checkStep(step, { first: i === 0, last: i === sequence.length - 1 }, at(at(path, 'sequence'), i), report));
  const last = sequence.at(-1)!;
  if (within === undefined || last.absent === undefined || last.within === undefined) return;
  if (parseDuration(within)! <= parseDuration(last.within)!)
    report(at(path, 'within'), `can never hold: ${within} is over before ${last.within} have passed; make it longer`);
}

function checkStep(step: SequenceStep, place: { first: boolean; last: boolean }, path: string, report: Report): void {
  checkSelector(step, path, report);
  if (step.within !== undefined) tell(report, at(path, 'within'), spanFault(step.within, 1000));
  if (place.first && step.within !== undefined)
    report(at(path, 'within'), 'the first step follows nothing; remove it, or put "within" beside "sequence" to limit how long ago it was');
  if (step.absent === undefined) return;
  if (!place.last) report(at(path, 'absent'), 'only the last step can be absent; move it to the end, or make it a second condition');
  if (step.absent === 'within' && step.within === undefined)
    report(at(path, 'within'), 'within is missing; say how long it must stay away, or use "absent": "since"');
}

function checkSelector({ event, type }: EventCondition | SequenceStep, path: string, report: Report): void {
  if ((type === 'group' || type === 'identify') && event !== '*')
    report(at(path, 'event'), `${type} calls have no name; write "event": "*"`);
  if (Array.isArray(event) && event.includes('*')) report(at(path, 'event'), '"*" stands for every name; write "event": "*" alone');
}

function checkNotWithin(condition: EventCondition, path: string, report: Report): void {
  tell(report, at(path, 'notWithin'), spanFault(condition.notWithin!, HOUR_MS));
  for (const key of ['aggregate', 'of', 'op', 'value', 'within', 'between'] as const) {
    if (condition[key] !== undefined)
      report(
        at(path, key),
        `notWithin asks for no event at all and takes no ${key}; remove it, or write {"not": {"event": …, "within": …}}`,
      );
  }
}

function checkAggregate(condition: EventCondition, aggregate: Aggregate, path: string, report: Report): void {
  const { of, op, value, within } = condition;
  const takesOf = aggregate !== 'count' && aggregate !== 'first' && aggregate !== 'last';
  if (takesOf && of === undefined)
    report(at(path, 'of'), `of is missing: ${aggregate} of what? Give {"property": "path"} or {"field": "value"}`);
  if (!takesOf && of !== undefined)
    report(at(path, 'of'), `${aggregate} is taken of the events themselves; remove it, or use another aggregate`);
  if (of !== undefined && isNumeric(aggregate)) tell(report, at(path, 'of'), textFieldFault(of, aggregate));
  if ((aggregate === 'first' || aggregate === 'last') && within !== undefined)
    report(at(path, 'within'), `${aggregate} looks at all time; remove within and compare with {"op": "withinLast", "value": "${within}"}`);
  if (op === undefined && value === undefined && aggregate === 'count') return;
  if (op === undefined) return report(at(path, 'op'), `op is missing: how is the ${aggregate} compared?`);
  const fault = operandFault(comparedBy(aggregate), op, value);
  if (fault !== undefined) return report(at(path, fault.key), fault.message);
  if (aggregate === 'count' || aggregate === 'distinct') checkCount(condition, path, report);
}

/** Counts that can be, and that say something. */
function checkCount({ op, value, aggregate, within }: EventCondition, path: string, report: Report): void {
  const bounds = (Array.isArray(value) ? value : [value]) as readonly number[];
  const bounded = within !== undefined || aggregate === 'distinct';
  if (bounds.some((bound) => !Number.isInteger(bound) || bound < 0))
    return report(at(path, 'value'), 'counts are whole numbers; give an integer of at least 0');
  if (bounded && bounds.some((bound) => bound > LIMITS.count))
    return report(at(path, 'value'), `is more than ${LIMITS.count}, the most that is counted here; lower it, or count over all time`);
  if (bounds[0] === 0 && op === '>=') report(at(path, 'value'), 'always holds: no count is below 0; use 1, or {"everyone": true}');
  if (bounds[0] === 0 && op === '<') report(at(path, 'value'), 'can never hold: no count is below 0; use {"op": "equals", "value": 0}');
}

function textFieldFault(of: ValueRef, aggregate: Aggregate): string | undefined {
  if (!('field' in of) || NUMBER_FIELDS.test(of.field)) return undefined;
  const kind = TEXT_FIELDS.test(of.field) ? 'text' : 'no number';
  return `${of.field} is ${kind} and has no ${aggregate}; use value, items.quantity, items.priceMinor or a property, or distinct or mostFrequent`;
}

function isNumeric(aggregate: Aggregate): boolean {
  return aggregate === 'sum' || aggregate === 'avg' || aggregate === 'min' || aggregate === 'max';
}

function comparedBy(aggregate: Aggregate): Compared {
  if (aggregate === 'first' || aggregate === 'last') return 'moment';
  return aggregate === 'mostFrequent' ? 'label' : 'number';
}

function tell(report: Report, path: string, message: string | undefined): void {
  if (message !== undefined) report(path, message);
}
