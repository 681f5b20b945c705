import { parseDuration } from '../language/duration';
import { describeCondition } from '../language/describe';
import type { EventCondition, EventSelector, SequenceCondition, SequenceStep, TraitCondition } from '../language/rule';
import { DistinctTrack } from '../tracks/distinct-track';
import { EndsTrack } from '../tracks/ends-track';
import { ExtremaTrack } from '../tracks/extrema-track';
import { RecentLabelsTrack } from '../tracks/recent-labels-track';
import { SamplesTrack } from '../tracks/samples-track';
import { MAX_STEP_EVENTS, SequenceTrack } from '../tracks/sequence-track';
import { TallyTrack } from '../tracks/tally-track';
import { TimesTrack } from '../tracks/times-track';
import { TotalTrack } from '../tracks/total-track';
import type { Track } from '../tracks/track';
import { TraitTrack } from '../tracks/trait-track';
import { eventsNeeded, toComparison, toCountComparison, type CountComparison } from '../values/comparison';
import { PropertyPaths, toValueReader, type ValueReader } from '../values/event-reader';
import { toTest } from '../values/predicate';
import { canonical, selectorKey } from './canonical';
import { createSelector, type Selector } from './selectors';

type TraitOrEvents = TraitCondition | EventCondition | SequenceCondition;

/** Collects leaves, tracks and selectors while rules are read; asks for the same thing give the same object. */
export class PlanBuilder {
  readonly tracks: Track[] = [];
  readonly traits: TraitTrack[] = [];
  readonly selectors: Selector[] = [];
  readonly trackOfLeaf: (Track | undefined)[] = [];
  private readonly paths = new PropertyPaths();
  private readonly leaves = new Map<string, number>();
  private readonly made = new Map<string, Track>();
  private readonly selectorsByKey = new Map<string, Selector>();

  get leafCount(): number {
    return this.trackOfLeaf.length;
  }

  newLeaf(track: Track | undefined): number {
    return this.trackOfLeaf.push(track) - 1;
  }

  /** The leaf of a condition; `key` is the same for conditions that mean the same. */
  leaf(condition: TraitOrEvents, key: string): number {
    const known = this.leaves.get(key);
    if (known !== undefined) return known;
    const leaf = this.addLeaf(condition);
    this.leaves.set(key, leaf);
    return leaf;
  }

  private addLeaf(condition: TraitOrEvents): number {
    if ('trait' in condition) return this.traitLeaf(condition);
    if ('sequence' in condition) return this.sequenceLeaf(condition);
    const { notWithin } = condition;
    if (notWithin !== undefined) return this.countLeaf(condition, { min: 0, max: 0, negated: false }, parseDuration(notWithin)!);
    const windowMs = windowOf(condition);
    switch (condition.aggregate ?? 'count') {
      case 'count':
        return this.countLeaf(condition, toCountComparison(toComparison(condition.op ?? '>=', condition.value ?? 1)), windowMs);
      case 'first':
      case 'last':
        return this.endsLeaf(condition);
      case 'sum':
      case 'avg':
        return this.totalLeaf(condition, windowMs);
      case 'min':
      case 'max':
        return this.extremaLeaf(condition, windowMs);
      case 'distinct':
        return this.distinctLeaf(condition, windowMs);
      case 'mostFrequent':
        return this.labelLeaf(condition, windowMs);
    }
  }

  private traitLeaf(condition: TraitCondition): number {
    const { trait, op, value } = condition;
    const track = this.track(`trait ${trait}`, (id) => {
      const made = new TraitTrack(id, trait);
      this.traits.push(made);
      return made;
    });
    const relative = op === 'withinLast' || op === 'withinNext' ? { op, spanMs: parseDuration(value as string)! } : undefined;
    const id = this.newLeaf(track);
    track.leaves.push({ id, test: toTest(condition), relative });
    return id;
  }

  private countLeaf(condition: EventCondition, comparison: CountComparison, windowMs: number): number {
    const track = this.timesTrack(condition, condition.between);
    const id = this.newLeaf(track);
    track.leaves.push({ id, comparison, windowMs });
    // Over all time only the number counts, and the latest event is kept as evidence.
    track.need({ count: windowMs === Infinity ? 1 : eventsNeeded(comparison), windowMs });
    return id;
  }

  private endsLeaf(condition: EventCondition): number {
    const track = this.fed('ends', condition, condition.between, (id, label) => new EndsTrack(id, label));
    const end = condition.aggregate === 'first' ? 'first' : 'last';
    const withinLastMs = condition.op === 'withinLast' ? parseDuration(condition.value as string)! : undefined;
    const id = this.newLeaf(track);
    track.leaves.push({ id, end, test: toTest({ op: condition.op!, value: condition.value }), withinLastMs });
    return id;
  }

  private totalLeaf(condition: EventCondition, windowMs: number): number {
    const aggregate = condition.aggregate === 'avg' ? 'avg' : 'sum';
    const comparison = toComparison(condition.op!, condition.value);
    if (windowMs === Infinity) {
      const track = this.valueTrack('total', condition, (id, label, values) => new TotalTrack(id, label, values));
      const id = this.newLeaf(track);
      track.leaves.push({ id, aggregate, comparison });
      return id;
    }
    const track = this.valueTrack('samples', condition, (id, label, values) => new SamplesTrack(id, label, values));
    const id = this.newLeaf(track);
    track.leaves.push({ id, aggregate, comparison, windowMs });
    return id;
  }

  private extremaLeaf(condition: EventCondition, windowMs: number): number {
    const direction = condition.aggregate === 'min' ? 'min' : 'max';
    const track = this.valueTrack(direction, condition, (id, label, values) => new ExtremaTrack(id, label, values, direction));
    const id = this.newLeaf(track);
    track.leaves.push({ id, comparison: toComparison(condition.op!, condition.value), windowMs });
    return id;
  }

  private distinctLeaf(condition: EventCondition, windowMs: number): number {
    const track = this.valueTrack('distinct', condition, (id, label, values) => new DistinctTrack(id, label, values));
    const comparison = toCountComparison(toComparison(condition.op!, condition.value));
    const id = this.newLeaf(track);
    track.leaves.push({ id, comparison, windowMs });
    track.need({ count: eventsNeeded(comparison), windowMs });
    return id;
  }

  private labelLeaf(condition: EventCondition, windowMs: number): number {
    const test = toTest({ op: condition.op!, value: condition.value });
    if (windowMs === Infinity) {
      const track = this.valueTrack('tally', condition, (id, label, values) => new TallyTrack(id, label, values));
      const id = this.newLeaf(track);
      track.leaves.push({ id, test });
      return id;
    }
    const track = this.valueTrack('labels', condition, (id, label, values) => new RecentLabelsTrack(id, label, values));
    const id = this.newLeaf(track);
    track.leaves.push({ id, test, windowMs });
    return id;
  }

  private sequenceLeaf({ sequence, within }: SequenceCondition): number {
    const windowMs = within === undefined ? Infinity : parseDuration(within)!;
    const last = sequence.at(-1)!;
    const tracks = sequence.map((step) => this.stepTrack(step, windowMs));
    const happened = last.absent === undefined ? sequence : sequence.slice(0, -1);
    const steps = happened.map((step, i) => ({
      track: tracks[i]!,
      gapMs: step.within === undefined ? Infinity : parseDuration(step.within)!,
    }));
    const forMs = last.within === undefined ? 0 : parseDuration(last.within)!;
    const absent = last.absent === undefined ? undefined : { track: tracks.at(-1)!, mode: last.absent, forMs };
    const track = this.track(`sequence ${canonical({ sequence, within })}`, (id) => {
      const made = new SequenceTrack(id, describeCondition({ sequence, within }), { id: this.newLeaf(undefined), steps, absent, windowMs });
      this.trackOfLeaf[made.leaves[0]!.id] = made;
      return made;
    });
    this.linkSteps(sequence, track, tracks);
    return track.leaves[0]!.id;
  }

  /** Events of an early step need no look at the sequence while nothing follows them. */
  private linkSteps(sequence: readonly SequenceStep[], track: SequenceTrack, tracks: readonly TimesTrack[]): void {
    const lastHappening = sequence.at(-1)!.absent === undefined ? sequence.length - 1 : sequence.length - 2;
    sequence.forEach((step, i) => {
      const { sequences } = this.selector(step);
      const known = sequences.findIndex((link) => link.sequence === track);
      const early = i < lastHappening && tracks.filter((other) => other === tracks[i]).length === 1;
      if (known < 0)
        sequences.push({ sequence: track, first: tracks[0]!, waitsFor: early ? { step: tracks[i]!, next: tracks[i + 1]! } : null });
    });
  }

  private stepTrack(step: SequenceStep, windowMs: number): TimesTrack {
    const track = this.timesTrack(step);
    track.isStep = true;
    track.need({ count: MAX_STEP_EVENTS, windowMs });
    return track;
  }

  private timesTrack(selector: EventSelector, between?: readonly [string, string]): TimesTrack {
    return this.fed('times', selector, between, (id, label) => new TimesTrack(id, label));
  }

  private valueTrack<T extends Track>(
    kind: string,
    condition: EventCondition,
    make: (id: number, label: string, values: ValueReader) => T,
  ): T {
    const of = condition.of!;
    return this.fed(`${kind} ${canonical(of)}`, condition, condition.between, (id, label) =>
      make(id, label, toValueReader(of, this.paths)),
    );
  }

  /** A track that the selector feeds. */
  private fed<T extends Track>(
    kind: string,
    selector: EventSelector,
    between: readonly [string, string] | undefined,
    make: (id: number, label: string) => T,
  ): T {
    return this.track(`${kind} ${selectorKey(selector, between)}`, (id) => {
      const { tracks, label } = this.selector(selector, between);
      const made = make(id, label);
      tracks.push(made);
      return made;
    });
  }

  private selector(selector: EventSelector, between?: readonly [string, string]): Selector {
    const key = selectorKey(selector, between);
    const known = this.selectorsByKey.get(key);
    if (known !== undefined) return known;
    const made = createSelector(selector, between, this.paths);
    this.selectorsByKey.set(key, made);
    this.selectors.push(made);
    return made;
  }

  /** Keys begin with the kind of track, so that one key is of one type. */
  private track<T extends Track>(key: string, make: (id: number) => T): T {
    const known = this.made.get(key);
    if (known !== undefined) return known as T;
    const made = make(this.tracks.length);
    this.tracks.push(made);
    this.made.set(key, made);
    return made;
  }
}

function windowOf({ within }: EventCondition): number {
  return within === undefined ? Infinity : parseDuration(within)!;
}
