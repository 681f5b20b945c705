import { createHash } from 'node:crypto';
import { hash32 } from '../../codec/hash';
import type { Feature } from '../../feature';
import type { ProfileFeature, ProfileValue } from './profile-feature';

/** States of a group's members for one user. */
export interface GroupState {
  /** In the order of the group's members; `null` before any event of the member, `undefined` while the state waits to be made from the log. */
  readonly members: unknown[];
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
 * Record: number of states; for each the hash (21 bits), length, bytes; nothing for no event.
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
  const declarations = members.map(({ name, declaration }) => `${name}=${declaration}`).join('\n');

  return {
    ...options,
    members,
    fingerprint: createHash('sha256').update(declarations).digest('hex').slice(0, 8),
    maxBytes: 1 + members.reduce((sum, { maxBytes }) => sum + maxBytes + 8, 0),
    columns: [],
    initial: () => ({ members: new Array<unknown>(members.length).fill(null) }),
    missing: () => ({ members: members.map(() => undefined) }),
    apply(state, event) {
      for (let i = 0; i < members.length; i++) {
        const member = members[i]!;
        if (state.members[i] !== undefined && member.concerns(event)) member.apply((state.members[i] ??= member.initial()), event);
      }
    },
    encode(state, writer) {
      const { members: states } = state;
      let count = 0;
      for (const each of states) if (each !== undefined) count++;
      writer.varint(count);
      for (let i = 0; i < members.length; i++) {
        if (states[i] === undefined) continue;
        writer.varint(keys[i]!);
        const block = writer.beginBlock();
        if (states[i] !== null) members[i]!.encode(states[i], writer);
        writer.endBlock(block);
      }
    },
    decode(reader) {
      const state: GroupState = { members: members.map(() => undefined) };
      for (let left = reader.varint(); left > 0; left--) {
        const slot = slots.get(reader.varint());
        const block = reader.block();
        if (slot === undefined) continue;
        state.members[slot] = block.remaining === 0 ? null : members[slot]!.decode(block);
        if (block.remaining > 0) throw new RangeError(`${members[slot]!.name} left ${block.remaining} bytes unread`);
      }
      return state;
    },
    isComplete: (state) => !state.members.includes(undefined),
    show: (state, asOfMs) =>
      Object.assign(
        {},
        ...members.map((member, i) => (state.members[i] === undefined ? {} : member.show(state.members[i] ?? member.initial(), asOfMs))),
      ),
    complete(state, draft) {
      if (!state.members.includes(undefined)) return false;
      state.members.forEach((member, i) => {
        if (member === undefined) state.members[i] = draft?.members[i] ?? null;
      });
      return true;
    },
  };
}
