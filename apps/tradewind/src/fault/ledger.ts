/** What became of an event as its client sees it. */
export type Outcome = 'delivered' | 'dropped';

/** What a record on the topic says: whose event, which number, and its message id. */
export interface Arrival {
  readonly user: string;
  readonly n: number;
  readonly messageId: string;
}

/** Counts of one run; `lost`, `doubled`, `unknown` and `disordered` must be 0. */
export interface LedgerReport {
  readonly users: number;
  /** Events handed to a client. */
  readonly sent: number;
  /** Of those, what the client counts as delivered; the rest it dropped, or it is `open`. */
  readonly delivered: number;
  readonly dropped: number;
  /** No outcome when the run ended. */
  readonly open: number;
  /** Records on the topic, and how many of them repeat a message id: consumers drop these. */
  readonly onTopic: number;
  readonly repeats: number;
  /** Delivered and not on the topic. */
  readonly lost: number;
  /** On the topic under more than one message id. */
  readonly doubled: number;
  /** On the topic and never sent. */
  readonly unknown: number;
  /** Delivered events of ordered users that are first on the topic after a later delivered one of the same user. */
  readonly disordered: number;
  /** The same of users whose client sends the next batch before the last one was taken: no client promises order then. */
  readonly disorderedFree: number;
}

interface User {
  readonly isOrdered: boolean;
  sent: number;
  readonly outcomes: Map<number, Outcome>;
}

/** What clients sent, by user; each user's events are numbered from 1 in the order in which they were sent. */
export class Ledger {
  private readonly users = new Map<string, User>();

  /** Registers a user. Ordered: each event, or batch, was sent only after the one before had its outcome. */
  addUser(name: string, isOrdered: boolean): void {
    this.users.set(name, { isOrdered, sent: 0, outcomes: new Map() });
  }

  /** The number of the user's next event. */
  send(name: string): number {
    return ++this.user(name).sent;
  }

  settle(name: string, n: number, outcome: Outcome): void {
    this.user(name).outcomes.set(n, outcome);
  }

  /** So far. */
  count(outcome: Outcome): number {
    return [...this.users.values()].reduce((sum, { outcomes }) => sum + countOf(outcomes, outcome), 0);
  }

  /** Compares with the topic, whose records are given in log order per user. */
  compare(arrivals: Iterable<Arrival>): LedgerReport {
    const seen = new Set<string>();
    const first = new Map<string, number[]>();
    const known = new Set<string>();
    let [onTopic, doubled, unknown] = [0, 0, 0];
    for (const { user, n, messageId } of arrivals) {
      onTopic++;
      if (seen.has(messageId)) continue;
      seen.add(messageId);
      const place = `${user} ${n}`;
      if (known.has(place)) doubled++;
      known.add(place);
      if (n > (this.users.get(user)?.sent ?? 0)) unknown++;
      else first.set(user, [...(first.get(user) ?? []), n]);
    }
    const all = [...this.users].map(([name, user]) => ({ ...user, ...compareUser(user, first.get(name) ?? []) }));
    const sum = (pick: (user: (typeof all)[number]) => number) => all.reduce((total, user) => total + pick(user), 0);
    const [sent, delivered, dropped] = [sum((user) => user.sent), this.count('delivered'), this.count('dropped')];
    return {
      users: all.length,
      ...{ sent, delivered, dropped, open: sent - delivered - dropped },
      ...{ onTopic, repeats: onTopic - seen.size, doubled, unknown },
      lost: sum(({ lost }) => lost),
      disordered: sum(({ isOrdered, disordered }) => (isOrdered ? disordered : 0)),
      disorderedFree: sum(({ isOrdered, disordered }) => (isOrdered ? 0 : disordered)),
    };
  }

  private user(name: string): User {
    const user = this.users.get(name);
    if (user === undefined) throw new Error(`no user ${name}`);
    return user;
  }
}

function compareUser({ outcomes }: User, numbers: readonly number[]): { lost: number; disordered: number } {
  const delivered = numbers.filter((n) => outcomes.get(n) === 'delivered');
  let [last, disordered] = [0, 0];
  for (const n of delivered) {
    if (n < last) disordered++;
    last = Math.max(last, n);
  }
  return { lost: countOf(outcomes, 'delivered') - new Set(delivered).size, disordered };
}

function countOf(outcomes: ReadonlyMap<number, Outcome>, outcome: Outcome): number {
  let count = 0;
  for (const each of outcomes.values()) if (each === outcome) count++;
  return count;
}

/** What must hold whatever failed. */
export function isWhole({ delivered, lost, doubled, unknown, disordered, open }: LedgerReport): boolean {
  return delivered > 0 && lost + doubled + unknown + disordered + open === 0;
}
