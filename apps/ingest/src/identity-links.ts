import { describeError } from '@tradewind/contracts';
import type { StateStore } from '@tradewind/feature-store';
import type { Logger } from '@tradewind/observability';
import { createStoreGuard, type StoreGuard } from './store-guard';

/** What an id was last said to be an alias of. */
export interface StoredLink {
  /** As the identify or alias call had it; it may be an alias itself. */
  readonly targetId: string;
  /** Epoch milliseconds: of two links of an alias the later one holds. */
  readonly linkedAtMs: number;
  /** 53-bit hash of the call's message id. */
  readonly messagePrint: number;
}

export interface IdentityLinksOptions {
  readonly store: Pick<StateStore, 'readMany' | 'writeMany' | 'ping'>;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How long an answer of the store is taken for true: what another replica links is known here after this, milliseconds. @default 900 */
  readonly freshMs?: number | undefined;
  /** Ids kept in memory, with and without a link; the oldest leave first. @default 50000 */
  readonly maxEntries?: number | undefined;
  /** Links that wait for a store that is away; the oldest are given up. @default 50000 */
  readonly maxUnsaved?: number | undefined;
  readonly budgetMs?: number | undefined;
  readonly pauseMs?: number | undefined;
}

interface Entry {
  readonly link: StoredLink | null;
  readonly atMs: number;
  /** Grows with each entry made. */
  readonly sequence: number;
}

const HEAD_BYTES = 16;

/** Links by `sourceId:aliasId` in the state store, asked once per turn of the event loop for all requests; an absent store has none. */
export class IdentityLinks {
  /** Oldest first. */
  private readonly entries = new Map<string, Entry>();
  private readonly unsaved = new Map<string, StoredLink>();
  private asked = new Set<string>();
  private reading: Promise<ReadonlyMap<string, StoredLink | null>> | null = null;
  private sequence = 0;
  private readonly guard: StoreGuard;

  constructor(private readonly options: IdentityLinksOptions) {
    const { store, logger, budgetMs, pauseMs } = options;
    this.guard = createStoreGuard({
      ping: () => store.ping(),
      budgetMs,
      pauseMs,
      onAway: (error) => logger.warn('identities are not looked up: the store is away', { error: describeError(error) }),
      onBack: () => void this.saveUnsaved(),
    });
  }

  /** Links that wait for the store. */
  get unsavedCount(): number {
    return this.unsaved.size;
  }

  /** What is known in memory; undefined when the store must be asked. */
  peek(key: string): StoredLink | null | undefined {
    const unsaved = this.unsaved.get(key);
    if (unsaved) return unsaved;
    const entry = this.entries.get(key);
    return entry && this.options.now() - entry.atMs < (this.options.freshMs ?? 900) ? entry.link : undefined;
  }

  /** Asks the store for at least these; absent from the answer is what it could not tell. */
  load(keys: readonly string[]): Promise<ReadonlyMap<string, StoredLink | null>> {
    for (const key of keys) this.asked.add(key);
    this.reading ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.readAsked());
    return this.reading;
  }

  /** Resolves once they are stored, or when the store does not take them in time: then it gets them later. */
  async save(links: ReadonlyMap<string, StoredLink>): Promise<void> {
    for (const [key, link] of links) {
      this.put(key, link);
      this.unsaved.delete(key);
      this.unsaved.set(key, link);
    }
    for (const key of this.unsaved.keys()) {
      if (this.unsaved.size <= (this.options.maxUnsaved ?? 50_000)) break;
      this.unsaved.delete(key);
    }
    await this.write(links);
  }

  stop(): void {
    this.guard.stop();
  }

  private async readAsked(): Promise<ReadonlyMap<string, StoredLink | null>> {
    const keys = [...this.asked];
    this.asked = new Set();
    this.reading = null;
    const startedAt = this.sequence;
    const values = await this.guard.attempt(() => this.options.store.readMany(keys.map(storedKey)));
    const links = new Map<string, StoredLink | null>();
    values?.forEach((value, i) => {
      const key = keys[i]!;
      const entry = this.entries.get(key);
      // Linked here while the store was asked.
      if (entry && entry.sequence > startedAt) links.set(key, entry.link);
      else links.set(key, this.put(key, decode(value)));
    });
    return links;
  }

  private put(key: string, link: StoredLink | null): StoredLink | null {
    this.entries.delete(key);
    this.entries.set(key, { link, atMs: this.options.now(), sequence: ++this.sequence });
    if (this.entries.size > (this.options.maxEntries ?? 50_000)) this.entries.delete(this.entries.keys().next().value!);
    return link;
  }

  private async write(links: ReadonlyMap<string, StoredLink>): Promise<void> {
    const keys = [...links.keys()];
    const writes = keys.map((key) => ({ key: storedKey(key), value: encode(links.get(key)!), revision: links.get(key)!.linkedAtMs }));
    const refused = await this.guard.attempt(() => this.options.store.writeMany(writes));
    if (!refused) return;
    for (const key of keys) if (this.unsaved.get(key) === links.get(key)) this.unsaved.delete(key);
    // Another replica has a later one: it is read anew.
    for (const key of keys) if (refused.includes(storedKey(key))) this.entries.delete(key);
  }

  private async saveUnsaved(): Promise<void> {
    if (this.unsaved.size > 0) await this.write(new Map(this.unsaved));
  }
}

function storedKey(key: string): string {
  return `identity:${key}`;
}

/** Time (float64), print (float64), target (UTF-8). */
function encode({ targetId, linkedAtMs, messagePrint }: StoredLink): Buffer {
  const value = Buffer.allocUnsafe(HEAD_BYTES + Buffer.byteLength(targetId));
  value.writeDoubleLE(linkedAtMs, 0);
  value.writeDoubleLE(messagePrint, 8);
  value.write(targetId, HEAD_BYTES);
  return value;
}

function decode(value: Buffer | null): StoredLink | null {
  if (value === null || value.length <= HEAD_BYTES) return null;
  return { targetId: value.toString('utf8', HEAD_BYTES), linkedAtMs: value.readDoubleLE(0), messagePrint: value.readDoubleLE(8) };
}
