import type { EventLog } from '@tradewind/eventing';
import type { Letter } from './letters';

/** Its committed offsets say how far a topic was replayed; with a code, the group `<this>.<code>` does, for letters of that code. */
export const REPLAY_GROUP = 'tradewind-dlq-replay';

/** A record with the code that it was set aside for. */
export type Replayable = Pick<Letter, 'record' | 'code'>;

type Offsets = ReadonlyMap<number, number>;

/** Which letters of a topic were replayed, kept as committed offsets on the log. */
export class ReplayProgress {
  private readonly committed = new Map<string, Promise<Offsets>>();
  private readonly reached = new Map<number, number>();

  /**
   * @param code of a run that replays only this one
   * @param group whose committed offsets say how far runs of this kind came
   */
  constructor(
    private readonly log: Pick<EventLog, 'committed' | 'commit'>,
    private readonly topic: string,
    private readonly code: string | undefined,
    private readonly group = REPLAY_GROUP,
  ) {}

  /** True when a run for any code, or one for the letter's, came past it. */
  async isDone({ record: { partition, offset }, code }: Replayable): Promise<boolean> {
    const [any, own] = await Promise.all([this.of(this.group), this.of(this.groupOf(code))]);
    return offset < Math.max(any.get(partition) ?? 0, own.get(partition) ?? 0);
  }

  done({ record: { partition, offset } }: Replayable): void {
    this.reached.set(partition, offset + 1);
  }

  /** Commits what was reached; never goes back. */
  async save(): Promise<void> {
    const group = this.groupOf(this.code);
    const before = await this.of(group);
    const ahead = [...this.reached].filter(([partition, offset]) => offset > (before.get(partition) ?? 0));
    if (ahead.length === 0) return;
    await this.log.commit(group, this.topic, new Map(ahead));
    this.committed.set(group, Promise.resolve(new Map([...before, ...ahead])));
  }

  private of(group: string): Promise<Offsets> {
    const known = this.committed.get(group) ?? this.log.committed(group, this.topic);
    this.committed.set(group, known);
    return known;
  }

  private groupOf(code: string | undefined): string {
    return code === undefined ? this.group : `${this.group}.${code}`;
  }
}
