import { EventType } from '@tradewind/contracts';
import { describeSelector } from '../language/describe';
import { parseDate } from '../language/duration';
import type { EventSelector, SelectableType } from '../language/rule';
import { toEventTest, type EventTest } from '../values/event-filter';
import type { EventReader, PropertyPaths } from '../values/event-reader';
import type { SequenceTrack } from '../tracks/sequence-track';
import type { TimesTrack } from '../tracks/times-track';
import type { Track } from '../tracks/track';
import type { TraitTrack } from '../tracks/trait-track';

/** Events that some tracks are fed with. */
export interface Selector {
  readonly types: readonly EventType[];
  /** `null` for any. */
  readonly names: ReadonlySet<string> | null;
  readonly test: EventTest | null;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly tracks: Track[];
  /** Sequences that the events are a step of. */
  readonly sequences: StepOf[];
  readonly label: string;
}

/** A step of a sequence. */
export interface StepOf {
  readonly sequence: SequenceTrack;
  /** The step without which there is no chain. */
  readonly first: TimesTrack;
  /** The step itself and the one after it, when an event that nothing follows cannot matter yet; `null` when it may. */
  readonly waitsFor: { readonly step: TimesTrack; readonly next: TimesTrack } | null;
}

const TYPES: Readonly<Record<SelectableType, readonly EventType[]>> = {
  track: [EventType.EVENT_TYPE_TRACK],
  page: [EventType.EVENT_TYPE_PAGE],
  screen: [EventType.EVENT_TYPE_SCREEN],
  group: [EventType.EVENT_TYPE_GROUP],
  identify: [EventType.EVENT_TYPE_IDENTIFY],
  any: [0, 1, 2, 3, 4, 5, 6],
};

export function typesOf({ type = 'track' }: EventSelector): readonly EventType[] {
  return TYPES[type];
}

/** `null` for any name. */
export function namesOf({ event }: EventSelector): ReadonlySet<string> | null {
  return event === '*' ? null : new Set(typeof event === 'string' ? [event] : event);
}

/** What is done with the events comes later. */
export function createSelector(selector: EventSelector, between: readonly [string, string] | undefined, paths: PropertyPaths): Selector {
  return {
    types: typesOf(selector),
    names: namesOf(selector),
    test: toEventTest(selector.where, paths),
    fromMs: between === undefined ? -Infinity : parseDate(between[0])!,
    untilMs: between === undefined ? Infinity : parseDate(between[1])!,
    tracks: [],
    sequences: [],
    label: describeSelector(selector),
  };
}

/** True when the event, of a type and name of the selector, is meant. */
export function selects({ fromMs, untilMs, test }: Selector, reader: EventReader): boolean {
  const atMs = reader.event.occurredAtMs;
  return atMs >= fromMs && atMs < untilMs && (test === null || test(reader));
}

/** What an event concerns. */
export interface Route {
  readonly selectors: readonly Selector[];
  readonly traits: readonly TraitTrack[];
}

const NOWHERE: Route = { selectors: [], traits: [] };

/** From the type and name of an event to what it concerns, without looking at any rule. */
export class Router {
  /** By type, then name. */
  private readonly named: Map<string, Route>[] = [];
  /** By type: for names that no selector names. */
  private readonly unnamed: Route[] = [];

  constructor(selectors: readonly Selector[], traits: readonly TraitTrack[]) {
    for (const type of TYPES.any) {
      const ofType = selectors.filter(({ types }) => types.includes(type));
      const any = ofType.filter(({ names }) => names === null);
      const ofTraits = type === EventType.EVENT_TYPE_IDENTIFY ? traits : [];
      const names = new Set(ofType.flatMap((selector) => [...(selector.names ?? [])]));
      const route = (name: string) => ({
        selectors: ofType.filter((selector) => selector.names === null || selector.names.has(name)),
        traits: ofTraits,
      });
      this.named[type] = new Map([...names].map((name) => [name, route(name)]));
      this.unnamed[type] = { selectors: any, traits: ofTraits };
    }
  }

  find(type: EventType, name: string): Route {
    return this.named[type]?.get(name) ?? this.unnamed[type] ?? NOWHERE;
  }
}
