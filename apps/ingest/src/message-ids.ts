import { describeError } from '@tradewind/contracts';
import { Fingerprints, type MessageIdStore } from '@tradewind/feature-store';
import type { Logger, Metrics } from '@tradewind/observability';
import type { MessageIds } from './stages';
import { createStoreGuard, type StoreGuard } from './store-guard';

export interface MessageIdsOptions {
  /** Closed with this. */
  readonly store: MessageIdStore;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How long a request may wait for the store, milliseconds. @default 250 */
  readonly budgetMs?: number;
  /** How long a store that failed is left alone, milliseconds. @default 1000 */
  readonly pauseMs?: number;
  /** Published ids that wait for a store that is away; the oldest are given up. About 60 bytes each. @default 200000 */
  readonly maxUnstored?: number;
}

/** Ids of one call to the store beside the look-ups. */
const MAX_STORED_AT_ONCE = 5_000;
/** From the start of one exchange to that of the next, milliseconds: under load many requests share a call, and a lone one waits for nothing. */
const EXCHANGE_INTERVAL_MS = 2;
/** How long published ids wait for look-ups whose call they can share, milliseconds. */
const STORE_WITHIN_MS = 10;
/** A claim of this age is of a request that ended without telling; its id may be claimed anew. A repeat is possible then, a loss is not. */
const CLAIM_LIMIT_MS = 60_000;

/** One `seen` under way. */
interface Request {
  readonly answers: boolean[];
  unanswered: number;
  resolve(answers: readonly boolean[]): void;
}

/** A place in the answer of a request. */
interface Asker {
  readonly request: Request;
  readonly at: number;
}

/** An id under way: whose it is, and who waits to hear what becomes of it. */
interface Claim {
  owner: Request;
  claimedAtMs: number;
  waiting: Asker[] | null;
}

/**
 * The collector's side of deduplication. An id is looked up before its event is published and remembered after the log acknowledged it, never
 * the other way round, so a crash between the two repeats an event (consumers drop it by its CloudEvents id) and never loses one. Requests never
 * wait for one another in a circle: an id goes to those that wait for it in the order in which they came.
 */
export function createMessageIds(options: MessageIdsOptions): MessageIds & { close(): Promise<void> } {
  return new StoredMessageIds(options);
}

class StoredMessageIds implements MessageIds {
  private readonly claims = new Map<number, Claim>();
  /** Published, and not in the store yet: print to spread, oldest first. */
  private readonly unstored = new Map<number, number>();
  private readonly scratch = new Fingerprints();
  private asked = new Fingerprints();
  private askers: Asker[] = [];
  private exchanging: Promise<void> | null = null;
  private storeTimer: NodeJS.Timeout | null = null;
  private readonly guard: StoreGuard;
  private readonly maxUnstored: number;
  private readonly count: ReturnType<typeof createCounters>;

  constructor(private readonly options: MessageIdsOptions) {
    const { store, logger, metrics, budgetMs, pauseMs } = options;
    this.maxUnstored = options.maxUnstored ?? 200_000;
    this.count = createCounters(metrics, this.unstored);
    this.guard = createStoreGuard({
      ping: () => store.ping(),
      budgetMs,
      pauseMs,
      onAway: (error) => logger.warn('message ids are not looked up: the store is away', { error: describeError(error) }),
      onBack: () => {
        logger.info('message ids are looked up again', { unstored: this.unstored.size });
        this.schedule();
      },
    });
  }

  seen(sourceId: string, ids: readonly string[]): Promise<readonly boolean[]> {
    return new Promise((resolve) => {
      const request: Request = { answers: new Array<boolean>(ids.length).fill(false), unanswered: ids.length + 1, resolve };
      for (let at = 0; at < ids.length; at++) this.ask(sourceId, ids[at]!, { request, at });
      answer({ request, at: -1 }, false);
    });
  }

  remember(sourceId: string, ids: readonly string[]): void {
    for (const id of ids) {
      const print = this.hash(sourceId, id);
      const claim = this.claims.get(print);
      this.claims.delete(print);
      this.unstored.set(print, this.scratch.spreads[0]!);
      for (const asker of claim?.waiting ?? []) answer(asker, true);
    }
    this.giveUpOldest();
    this.storeTimer ??= setTimeout(() => this.schedule(), STORE_WITHIN_MS);
  }

  forget(sourceId: string, ids: readonly string[]): void {
    for (const id of ids) {
      const print = this.hash(sourceId, id);
      const claim = this.claims.get(print);
      if (claim) this.passOn(print, claim);
    }
  }

  /** Stores what waits, if the store lets it, and closes the store. */
  async close(): Promise<void> {
    do {
      this.schedule();
      while (this.exchanging !== null) await this.exchanging;
    } while (this.unstored.size > 0 && this.guard.isUp);
    if (this.storeTimer) clearTimeout(this.storeTimer);
    this.guard.stop();
    await this.options.store.close();
  }

  private hash(sourceId: string, id: string): number {
    this.scratch.clear();
    return this.scratch.push(sourceId, id);
  }

  private ask(sourceId: string, id: string, asker: Asker): void {
    const print = this.hash(sourceId, id);
    if (this.unstored.has(print)) return this.answerKnown(asker);
    const claim = this.claims.get(print);
    const nowMs = this.options.now();
    if (claim === undefined) {
      this.claims.set(print, { owner: asker.request, claimedAtMs: nowMs, waiting: null });
      this.lookUp(print, asker);
    } else if (claim.owner === asker.request) {
      this.answerKnown(asker);
    } else if (nowMs - claim.claimedAtMs > CLAIM_LIMIT_MS) {
      Object.assign(claim, { owner: asker.request, claimedAtMs: nowMs });
      answer(asker, false);
    } else {
      (claim.waiting ??= []).push(asker);
    }
  }

  private answerKnown(asker: Asker): void {
    this.count.lookUps.add(1, { outcome: 'known' });
    answer(asker, true);
  }

  private lookUp(print: number, asker: Asker): void {
    if (!this.guard.isUp) {
      this.count.lookUps.add(1, { outcome: 'unchecked' });
      return answer(asker, false);
    }
    this.asked.pushPrint(print, this.scratch.spreads[0]!);
    this.askers.push(asker);
    this.schedule();
  }

  /** One exchange is under way at a time; what comes in the same turn of the event loop, or meanwhile, shares the next one. */
  private schedule(): void {
    this.exchanging ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.exchangeAll());
  }

  private async exchangeAll(): Promise<void> {
    try {
      do {
        const startedAtMs = performance.now();
        await this.exchange();
        const waitMs = startedAtMs + EXCHANGE_INTERVAL_MS - performance.now();
        if (this.asked.length > 0 && waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      } while (this.asked.length > 0 || (this.unstored.size >= MAX_STORED_AT_ONCE && this.guard.isUp));
    } finally {
      this.exchanging = null;
    }
  }

  private async exchange(): Promise<void> {
    if (this.storeTimer) clearTimeout(this.storeTimer);
    this.storeTimer = null;
    const { asked, askers } = this;
    this.asked = new Fingerprints();
    this.askers = [];
    const added = this.oldestUnstored();
    const found = await this.guard.attempt(() => this.options.store.exchange(asked, added));
    if (found) for (let i = 0; i < added.length; i++) this.unstored.delete(added.prints[i]!);
    for (let i = 0; i < askers.length; i++) this.settle(asked.prints[i]!, askers[i]!, found?.[i]);
    this.count.settled(askers.length, found);
  }

  private oldestUnstored(): Fingerprints {
    const oldest = new Fingerprints();
    for (const [print, spread] of this.unstored) {
      if (oldest.length === MAX_STORED_AT_ONCE) break;
      oldest.pushPrint(print, spread);
    }
    return oldest;
  }

  private settle(print: number, asker: Asker, found = false): void {
    const claim = this.claims.get(print);
    if (found && claim?.owner === asker.request) {
      this.claims.delete(print);
      for (const other of claim.waiting ?? []) answer(other, true);
    }
    answer(asker, found);
  }

  /** Gives an id that was not published to the first that waits for it; whoever asked for it twice hears of the repeat. */
  private passOn(print: number, claim: Claim): void {
    const [first, ...others] = claim.waiting ?? [];
    if (first === undefined) {
      this.claims.delete(print);
      return;
    }
    Object.assign(claim, {
      owner: first.request,
      claimedAtMs: this.options.now(),
      waiting: others.filter(({ request }) => request !== first.request),
    });
    for (const other of others) if (other.request === first.request) answer(other, true);
    answer(first, false);
  }

  private giveUpOldest(): void {
    const excess = this.unstored.size - this.maxUnstored;
    if (excess <= 0) return;
    let left = excess;
    for (const print of this.unstored.keys()) {
      if (left-- === 0) break;
      this.unstored.delete(print);
    }
    this.count.givenUp.add(excess);
  }
}

/** The request's promise resolves with its last answer. */
function answer({ request, at }: Asker, seen: boolean): void {
  if (at >= 0) request.answers[at] = seen;
  if (--request.unanswered === 0) request.resolve(request.answers);
}

function createCounters(metrics: Metrics, unstored: ReadonlyMap<number, number>) {
  const lookUps = metrics.counter({
    name: 'tradewind_ingest_message_ids_total',
    help: 'Message ids looked up: known (a repeat), new, or unchecked because the store was away',
    labels: ['outcome'],
  });
  const givenUp = metrics.counter({
    name: 'tradewind_ingest_message_ids_given_up_total',
    help: 'Ids of published messages that were not stored, because too many waited for the store',
  });
  metrics.gauge({
    name: 'tradewind_ingest_message_ids_unstored',
    help: 'Ids of published messages that are not in the store yet',
    collect: (gauge) => gauge.set(unstored.size),
  });
  return {
    lookUps,
    givenUp,
    settled(asked: number, found: readonly boolean[] | undefined): void {
      const known = found?.reduce((sum, each) => sum + Number(each), 0) ?? 0;
      if (known > 0) lookUps.add(known, { outcome: 'known' });
      if (asked > known) lookUps.add(asked - known, { outcome: found ? 'new' : 'unchecked' });
    },
  };
}
