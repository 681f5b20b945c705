import { createAttribute } from '@tradewind/feature-store';
import type { RuleEngine, UserRuleState } from '@tradewind/rules';

/** A user's membership, as it was told. */
export interface Member {
  /** Of the definition. */
  readonly version: number;
  /** Epoch milliseconds UTC. */
  readonly sinceMs: number;
}

/** What is kept of a user for rules, in the record beside the profile: what was told, and the state of one engine. */
export class RuleRecord {
  /** The earliest time that is surely among the due times; not stored. Infinity when none is known. */
  scheduledAtMs = Infinity;
  private engine: RuleEngine | null = null;
  private state: UserRuleState | null = null;

  constructor(
    /** Segments the user was told to be in, whichever engine decided, by id. */
    readonly members: Map<string, Member> = new Map(),
    private bytes: Uint8Array | null = null,
  ) {}

  /** False for a user that no engine has seen. */
  get hasState(): boolean {
    return this.state !== null || this.bytes !== null;
  }

  /** The state of this engine; `null` when there is none, or it is another rule set's. @throws STATE_CORRUPT */
  stateOf(engine: RuleEngine, userKey: string): UserRuleState | null {
    if (this.state !== null) return this.engine!.fingerprint === engine.fingerprint ? this.state : null;
    const state = this.bytes && engine.decode(userKey, this.bytes);
    if (state !== null) this.replace(engine, state);
    return state;
  }

  replace(engine: RuleEngine, state: UserRuleState): void {
    this.engine = engine;
    this.state = state;
    this.bytes = null;
  }

  /** The engine's bytes; empty for none. */
  encoded(): Uint8Array {
    return this.state === null ? (this.bytes ?? NOTHING) : this.engine!.encode(this.state);
  }
}

const NOTHING = new Uint8Array(0);

/** Written atomically with the profile and its log position, so that it is exactly as far. */
export const RULES = createAttribute<RuleRecord>({
  name: 'rules',
  tag: 121,
  initial: () => new RuleRecord(),
  encode(record, writer) {
    writer.varint(record.members.size);
    for (const [id, { version, sinceMs }] of record.members) {
      writer.text(id);
      writer.varint(version);
      writer.number(sinceMs);
    }
    writer.bytes(record.encoded());
  },
  decode(reader) {
    const members = new Map<string, Member>();
    const count = reader.varint();
    for (let i = 0; i < count; i++) members.set(reader.text(), { version: reader.varint(), sinceMs: reader.number() });
    const bytes = reader.bytes();
    return new RuleRecord(members, bytes.length === 0 ? null : bytes);
  },
});

/** What is kept of a partition of the events. */
export interface PartitionRecord {
  /** Of the rule set that the users' states belong to. */
  fingerprint: string;
  /** What that rule set was made from. */
  definitions: string;
  /** The clock after the last handled batch, epoch milliseconds UTC. */
  clockMs: number;
  /** Some users' states may belong to another rule set. */
  isMixed: boolean;
}

/** In a record of its own, under the number of the partition. */
export const PARTITION = createAttribute<PartitionRecord>({
  name: 'partition',
  tag: 2,
  initial: () => ({ fingerprint: '', definitions: '', clockMs: -Infinity, isMixed: false }),
  encode(record, writer) {
    writer.text(record.fingerprint);
    writer.text(record.definitions);
    writer.number(record.clockMs);
    writer.varint(record.isMixed ? 1 : 0);
  },
  decode: (reader) => ({
    fingerprint: reader.text(),
    definitions: reader.text(),
    clockMs: reader.number(),
    isMixed: reader.varint() === 1,
  }),
});
