import { AppError, EVENT, EventType, PURPOSES, TOPICS, mayUseFor, type Event, type LogPosition } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';
import { EventKind, kindOf, monetary, orders, type UserState } from '@tradewind/feature-store';
import { PROFILE } from './snapshot';

/** Customers with an order before a moment, and their profiles as of it. */
export interface Moment {
  readonly atMs: number;
  /** Numbers of `CustomerMoments.userKeys`, ascending. */
  readonly customers: Int32Array;
  /** [customers, PROFILE.columns] float32, row-major. */
  readonly profiles: Float32Array;
}

/** What the log said at several moments of event time, and every order for what came after them. */
export interface CustomerMoments {
  /** Sorted; also who had no order at any moment. */
  readonly userKeys: readonly string[];
  /** In the order asked for. */
  readonly moments: readonly Moment[];
  readonly orders: OrderColumns;
  /** By name of a declared attribute: each user's latest value, '' where none was told. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** Orders of all users, by user and time. */
export interface OrderColumns {
  /** Numbers of `CustomerMoments.userKeys`. */
  readonly users: Int32Array;
  readonly timesMs: Float64Array;
  /** What the order added to the customer's monetary feature, minor units of the customer's currency. */
  readonly amounts: Float64Array;
}

export interface MomentOptions {
  /** Epoch milliseconds UTC, ascending: a profile holds the events before. */
  readonly atMs: readonly number[];
  /** Names of traits to note of identify calls. @default none */
  readonly attributes?: readonly string[];
}

const VALUE_LENGTH = 64;

/**
 * Reads the log once and takes each user's profile when the first event from a moment on comes. Users whose events came out of order across
 * a moment are folded again, for each moment apart, so that a profile holds exactly the events before its moment.
 */
export async function takeMoments(log: Pick<EventLog, 'read'>, options: MomentOptions): Promise<CustomerMoments> {
  const fold = new MomentFold(options);
  await eachEvent(log, (position, event) => fold.add(position, event));
  const late = fold.late();
  if (late.size > 0) await eachEvent(log, (position, event) => fold.addAgain(late, position, event));
  return fold.finish(late);
}

async function eachEvent(log: Pick<EventLog, 'read'>, take: (position: LogPosition, event: Event) => void): Promise<void> {
  for await (const records of log.read(TOPICS.events.name)) {
    for (const record of records) {
      const event = tryDecode(record.value);
      if (event !== null && mayUseFor(PURPOSES.personalization, event)) take(record, event);
    }
  }
}

function tryDecode(value: Buffer | null): Event | null {
  try {
    return EVENT.decode(value);
  } catch (error) {
    if (error instanceof AppError) return null; // serving sent it to the dead letters
    throw error;
  }
}

interface Track {
  readonly state: UserState;
  /** By moment; null for who had no order. */
  readonly taken: (Float32Array | null)[];
  readonly orders: { readonly timeMs: number; readonly amount: number }[];
  readonly attributes: Map<string, { readonly value: string; readonly atMs: number }>;
  isLate: boolean;
}

class MomentFold {
  private readonly tracks = new Map<string, Track>();

  constructor(private readonly options: MomentOptions) {}

  add(position: LogPosition, event: Event): void {
    const track = this.trackOf(event.userKey);
    const { state, taken } = track;
    const { atMs } = this.options;
    while (taken.length < atMs.length && event.occurredAtMs >= atMs[taken.length]!) taken.push(profileAt(state, atMs[taken.length]!));
    if (taken.length > 0 && event.occurredAtMs < atMs[taken.length - 1]!) track.isLate = true;
    const before = state.of(monetary).grossMinor;
    if (PROFILE.apply(state, position, event) !== 'applied') return;
    if (kindOf(event) === EventKind.order)
      track.orders.push({ timeMs: event.occurredAtMs, amount: state.of(monetary).grossMinor - before });
    this.note(track, event);
  }

  /** Who must be folded again, with a state for each moment. */
  late(): Map<string, UserState[]> {
    const { atMs } = this.options;
    const late = [...this.tracks].filter(([, { isLate }]) => isLate);
    return new Map(late.map(([userKey]) => [userKey, atMs.map(() => PROFILE.create(userKey))]));
  }

  addAgain(late: ReadonlyMap<string, readonly UserState[]>, position: LogPosition, event: Event): void {
    late.get(event.userKey)?.forEach((state, moment) => {
      if (event.occurredAtMs < this.options.atMs[moment]!) PROFILE.apply(state, position, event);
    });
  }

  finish(late: ReadonlyMap<string, readonly UserState[]>): CustomerMoments {
    const { atMs, attributes = [] } = this.options;
    const userKeys = [...this.tracks.keys()].sort();
    const tracks = userKeys.map((userKey) => this.tracks.get(userKey)!);
    const profileOf = (user: number, moment: number): Float32Array | null => {
      const again = late.get(userKeys[user]!)?.[moment];
      if (again !== undefined) return profileAt(again, atMs[moment]!);
      const { taken, state } = tracks[user]!;
      return moment < taken.length ? taken[moment]! : profileAt(state, atMs[moment]!);
    };
    return {
      userKeys,
      moments: atMs.map((at, moment) => toMoment(at, tracks.length, (user) => profileOf(user, moment))),
      orders: toColumns(tracks),
      attributes: Object.fromEntries(
        attributes.map((name) => [name, tracks.map((track) => track.attributes.get(name)?.value ?? '')] as const),
      ),
    };
  }

  private trackOf(userKey: string): Track {
    let track = this.tracks.get(userKey);
    if (track === undefined) {
      track = { state: PROFILE.create(userKey), taken: [], orders: [], attributes: new Map(), isLate: false };
      this.tracks.set(userKey, track);
    }
    return track;
  }

  /** The latest identify call by event time says what holds. */
  private note(track: Track, event: Event): void {
    const { attributes = [] } = this.options;
    if (attributes.length === 0 || event.type !== EventType.EVENT_TYPE_IDENTIFY) return;
    const traits = traitsOf(event);
    for (const name of attributes) {
      const value = Object.hasOwn(traits, name) ? traits[name] : undefined;
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') continue;
      if ((track.attributes.get(name)?.atMs ?? -Infinity) > event.occurredAtMs) continue;
      track.attributes.set(name, { value: String(value).slice(0, VALUE_LENGTH), atMs: event.occurredAtMs });
    }
  }
}

/** Null for who has not ordered. */
function profileAt(state: UserState, atMs: number): Float32Array | null {
  if (state.of(orders).count === 0) return null;
  const profile = new Float32Array(PROFILE.columns.length);
  PROFILE.vector(state, atMs, profile);
  return profile;
}

function toMoment(atMs: number, users: number, profileOf: (user: number) => Float32Array | null): Moment {
  const customers: number[] = [];
  const profiles: Float32Array[] = [];
  for (let user = 0; user < users; user++) {
    const profile = profileOf(user);
    if (profile === null) continue;
    customers.push(user);
    profiles.push(profile);
  }
  const width = PROFILE.columns.length;
  const data = new Float32Array(profiles.length * width);
  profiles.forEach((profile, row) => data.set(profile, row * width));
  return { atMs, customers: Int32Array.from(customers), profiles: data };
}

function toColumns(tracks: readonly Track[]): OrderColumns {
  const rows = tracks.flatMap(({ orders: own }, user) =>
    own.toSorted((a, b) => a.timeMs - b.timeMs || a.amount - b.amount).map((order) => ({ user, ...order })),
  );
  return {
    users: Int32Array.from(rows, ({ user }) => user),
    timesMs: Float64Array.from(rows, ({ timeMs }) => timeMs),
    amounts: Float64Array.from(rows, ({ amount }) => amount),
  };
}

function traitsOf({ payloadJson }: Event): Readonly<Record<string, unknown>> {
  try {
    const payload = JSON.parse(Buffer.from(payloadJson).toString('utf8')) as { readonly traits?: unknown } | null;
    const traits = payload?.traits;
    return typeof traits === 'object' && traits !== null ? (traits as Record<string, unknown>) : {};
  } catch {
    return {}; // no JSON: says nothing about the customer
  }
}
