import { createHash } from 'node:crypto';
import type { Event } from '@tradewind/contracts';
import { hash32 } from '../../codec/hash';
import { RecordReader } from '../../codec/record-reader';
import { RecordWriter } from '../../codec/record-writer';
import type { Feature } from '../../feature';
import type { ProfileFeature, ProfileValue } from './profile-feature';

/** Names of events, of each type, for which it is remembered who looks at them. */
const NAMES = 1_000;

/** States of a group's members for one user: packed as they are stored, or open. Only the group looks inside. */
export interface GroupState {
  /** In the order of the group's members; `null` before any event of the member, `undefined` while the state waits to be made from the log. */
  open: unknown[] | null;
  /** While it is not open: a tenth of the memory. */
  packed: Uint8Array | null;
}

/** Declared features as one feature of a record, so that changing a declaration touches nothing else that is known of the user. */
export interface FeatureGroup extends Feature<GroupState> {
  readonly members: readonly ProfileFeature<unknown>[];
  /** 8 hex digits of all declarations. */
  readonly fingerprint: string;
  /** No encoded state is longer, bytes. */
  readonly maxBytes: number;
  isComplete(state: GroupState): boolean;
  /** Everything that is known, by name; members that wait are left out. */
  show(state: GroupState, asOfMs: number): Readonly<Record<string, ProfileValue>>;
  /** Gives members that wait the draft's state, or without a draft that of a user without events. @returns whether there were any */
  complete(state: GroupState, draft: GroupState | null): boolean;
}

/**
 * Each state is stored under a hash of its declaration. A state of another declaration, or of a record written before the group was there, is not
 * folded on: it waits (`isComplete` is false) until someone makes it from the log. Members whose declaration stayed go on meanwhile.
 * A state is opened by the first event or look after it was read or written, and packed when it is written: users at rest cost what their record does.
 * Record: length; number of states; for each the hash (21 bits), length, bytes; nothing for no event.
 * @throws Error when two members have the same name
 */
export function createFeatureGroup(
  options: { readonly name: string; readonly tag: number },
  declared: readonly ProfileFeature<unknown>[],
): FeatureGroup {
  const members = [...declared].sort((a, b) => (a.name < b.name ? -1 : 1));
  const keys = members.map(({ name, declaration }) => hash32(`${name}=${declaration}`) >>> 11);
  if (new Set(members.map(({ name }) => name)).size < members.length)
    throw new Error(`group ${options.name}: two features have the same name`);
  if (new Set(keys).size < keys.length) throw new Error(`group ${options.name}: two declarations have the same hash; rename one`);
  const slots = new Map(keys.map((key, slot) => [key, slot]));
  const concernedByType: Map<string, readonly number[]>[] = [];
  const declarations = members.map(({ name, declaration }) => `${name}=${declaration}`).join('\n');

  /** Members that look at such an event. */
  function concerned(event: Event): readonly number[] {
    const byName = (concernedByType[event.type] ??= new Map<string, readonly number[]>());
    const known = byName.get(event.name);
    if (known !== undefined) return known;
    const found = members.flatMap((member, i) => (member.concerns(event) ? i : []));
    if (byName.size < NAMES) byName.set(event.name, found);
    return found;
  }

  function opened(state: GroupState): unknown[] {
    if (state.open !== null) return state.open;
    state.open = unpack(state.packed!);
    state.packed = null;
    return state.open;
  }

  function unpack(packed: Uint8Array): unknown[] {
    const states = members.map((): unknown => undefined);
    const reader = new RecordReader(Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength));
    for (let left = reader.varint(); left > 0; left--) {
      const slot = slots.get(reader.varint());
      const block = reader.block();
      if (slot === undefined) continue;
      states[slot] = block.remaining === 0 ? null : members[slot]!.decode(block);
      if (block.remaining > 0) throw new RangeError(`${members[slot]!.name} left ${block.remaining} bytes unread`);
    }
    return states;
  }

  function pack(states: readonly unknown[]): Uint8Array {
    scratch.clear();
    let count = 0;
    for (const each of states) if (each !== undefined) count++;
    scratch.varint(count);
    for (let i = 0; i < members.length; i++) {
      if (states[i] === undefined) continue;
      scratch.varint(keys[i]!);
      const block = scratch.beginBlock();
      if (states[i] !== null) members[i]!.encode(states[i], scratch);
      scratch.endBlock(block);
    }
    return Uint8Array.prototype.slice.call(scratch.view(0, scratch.length));
  }

  return {
    ...options,
    members,
    fingerprint: createHash('sha256').update(declarations).digest('hex').slice(0, 8),
    maxBytes: 4 + members.reduce((sum, { maxBytes }) => sum + maxBytes + 6, 0),
    columns: [],
    initial: () => ({ open: new Array<unknown>(members.length).fill(null), packed: null }),
    missing: () => ({ open: members.map(() => undefined), packed: null }),
    apply(state, event) {
      const states = opened(state);
      for (const i of concerned(event)) if (states[i] !== undefined) members[i]!.apply((states[i] ??= members[i]!.initial()), event);
    },
    encode(state, writer) {
      state.packed ??= pack(state.open!);
      state.open = null;
      writer.bytes(state.packed);
    },
    decode: (reader) => ({ open: null, packed: reader.bytes() }),
    isComplete: (state) => !opened(state).includes(undefined),
    show(state, asOfMs) {
      const states = opened(state);
      const shown = members.map((member, i) => (states[i] === undefined ? {} : member.show(states[i] ?? member.initial(), asOfMs)));
      return Object.assign({}, ...shown) as Record<string, ProfileValue>;
    },
    complete(state, draft) {
      const states = opened(state);
      if (!states.includes(undefined)) return false;
      const drafts = draft && opened(draft);
      for (let i = 0; i < states.length; i++) if (states[i] === undefined) states[i] = drafts?.[i] ?? null;
      return true;
    },
  };
}

/** Of all groups: it is empty again when `pack` returns. */
const scratch = new RecordWriter();
