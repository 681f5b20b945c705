import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '@tradewind/contracts';
import type { FeatureStore, UserState } from '@tradewind/feature-store';
import type { Database } from '@tradewind/persistence';
import { CUSTOMER, isCustomer } from '../features';
import { likestRows, type FoundLookalikes, type LookalikeTask } from './find-lookalikes';

/** Beside main.js in a build; specs run from sources have none. */
const WORKER_FILE = join(__dirname, 'lookalikes.worker.js');
const MOST_MEMBERS = 5_000;
const MOST_OTHERS = 20_000;
/** Fewer members, or others, say nothing about who is like them. */
const LEAST_ROWS = 20;
const MEMBERS_READ = 500;
const MEMBERS_LISTED = 10_000_000;

/** Customers who are like a segment's members and are not among them. */
export interface Lookalikes {
  readonly segmentId: string;
  /** Members, and customers outside, that were compared. */
  readonly members: number;
  readonly others: number;
  /** How far members differ from others at all, 0.5–1. */
  readonly auc: number;
  readonly lookalikes: readonly (Omit<FoundLookalikes['found'][number], 'row'> & { readonly userKey: string })[];
}

export interface LookalikesOptions {
  readonly features: FeatureStore;
  readonly database: Pick<Database, 'memberships' | 'ruleMemberships'>;
  /** The moment that profiles are read for, if it is after the customer's last event; epoch milliseconds UTC. */
  readonly now: () => number;
}

/** Finds lookalikes, one segment after the other, in a thread of its own. */
export class LookalikeFinder {
  private running: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(private readonly options: LookalikesOptions) {}

  /** @throws NOT_FOUND when the segment has too few members who ordered, OVERLOADED when others wait already */
  find(segmentId: string, limit: number): Promise<Lookalikes> {
    if (this.waiting > 2) throw new AppError('OVERLOADED', 'lookalikes of other segments are being looked for', { retryable: true });
    this.waiting++;
    const found = this.running.then(() => this.search(segmentId, limit)).finally(() => this.waiting--);
    this.running = found.catch(() => undefined); // whoever asked hears of it
    return found;
  }

  private async search(segmentId: string, limit: number): Promise<Lookalikes> {
    const memberKeys = new Set(await this.memberKeys(segmentId));
    const members = await this.customers([...memberKeys].slice(0, MOST_MEMBERS));
    if (members.length < LEAST_ROWS)
      throw new AppError(
        'NOT_FOUND',
        `${segmentId} has ${members.length} members who ordered, ${LEAST_ROWS} are needed to find others like them`,
      );
    const others = await this.others(memberKeys);
    if (others.length < LEAST_ROWS)
      throw new AppError('NOT_FOUND', `${others.length} customers are outside of ${segmentId}, ${LEAST_ROWS} are needed`);
    const states = [...members, ...others];
    const { auc, found } = await inThread({
      columns: CUSTOMER.columns,
      vectors: this.vectorsOf(states),
      isSeed: Uint8Array.from(states.keys(), (row) => Number(row < members.length)),
      limit,
    });
    const lookalikes = found.map(({ row, ...rest }) => ({ userKey: states[row]!.userKey, ...rest }));
    return { segmentId, members: members.length, others: others.length, auc, lookalikes };
  }

  /** All of them: a member beyond those compared is no lookalike. */
  private async memberKeys(segmentId: string): Promise<string[]> {
    const { memberships, ruleMemberships } = this.options.database;
    const byRule = await ruleMemberships.list(segmentId, MEMBERS_LISTED);
    const rows = byRule.length > 0 ? byRule : await memberships.list(segmentId, MEMBERS_LISTED);
    return rows.map(({ userKey }) => userKey);
  }

  private async customers(userKeys: readonly string[]): Promise<UserState[]> {
    const found: UserState[] = [];
    for (let at = 0; at < userKeys.length; at += MEMBERS_READ) {
      const states = await this.options.features.getMany(userKeys.slice(at, at + MEMBERS_READ));
      found.push(...states.filter((state): state is UserState => state !== null && isCustomer(state)));
    }
    return found;
  }

  private async others(members: ReadonlySet<string>): Promise<UserState[]> {
    const others = new Map<string, UserState>(); // a key may come twice
    for await (const page of this.options.features.scan()) {
      for (const state of page) if (isCustomer(state) && !members.has(state.userKey)) others.set(state.userKey, state);
      if (others.size >= MOST_OTHERS) break;
    }
    return [...others.values()].slice(0, MOST_OTHERS);
  }

  private vectorsOf(states: readonly UserState[]): Float32Array {
    const width = CUSTOMER.columns.length;
    const vectors = new Float32Array(states.length * width);
    const nowMs = this.options.now();
    states.forEach((state, row) => CUSTOMER.vector(state, Math.max(nowMs, state.lastEventAtMs), vectors, row * width));
    return vectors;
  }
}

function inThread(task: LookalikeTask): Promise<FoundLookalikes> {
  if (!existsSync(WORKER_FILE)) return Promise.resolve(likestRows(task));
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER_FILE, { workerData: task });
    worker.on('message', resolve);
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`the thread that looks for lookalikes ended with ${code} and no result`)));
  });
}
