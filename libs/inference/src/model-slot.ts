import { AppError } from '@tradewind/contracts';
import type { Model, ModelManifest } from './model';

/** What a slot holds: a model, or a service's own wrapper around one. */
export interface Versioned {
  readonly manifest: ModelManifest;
  close(): Promise<void>;
}

interface Tenant<M> {
  readonly model: M;
  users: number;
  /** Set when the model was replaced; called when its last user is done. */
  onIdle: (() => void) | null;
}

/**
 * Holds the live model and replaces it without a failed request: a use that began stays on its model to the end, later uses get
 * the new one, and a model is closed only after its last use.
 */
export class ModelSlot<M extends Versioned = Model> {
  private tenant: Tenant<M> | null = null;
  private closed = false;

  constructor(
    /** Name for messages, e.g. `item-ranker`. */
    readonly name: string,
  ) {}

  /** Version of the live model; `null` before the first `swap` and after `close`. */
  get version(): string | null {
    return this.tenant?.model.manifest.version ?? null;
  }

  get manifest(): ModelManifest | null {
    return this.tenant?.model.manifest ?? null;
  }

  /**
   * Calls `use` with the live model, which stays open until the promise settles. Encode inputs, run and decode outputs inside one
   * use: tensors mean something only with the parameters of their own version.
   * @throws MODEL_NOT_FOUND (retryable) when there is none yet, SHUTTING_DOWN after `close`.
   */
  async use<T>(use: (model: M) => Promise<T> | T): Promise<T> {
    const { tenant } = this;
    if (tenant === null) throw this.emptyError();
    tenant.users++;
    try {
      return await use(tenant.model);
    } finally {
      tenant.users--;
      if (tenant.users === 0) tenant.onIdle?.();
    }
  }

  /**
   * Makes `next` live at once and owns it from here on; resolves when the former model is closed, and rejects when that fails (then
   * `next` is live nevertheless). The model that is live already is left as it is. @throws SHUTTING_DOWN after `close`; `next` is closed.
   */
  async swap(next: M): Promise<void> {
    if (this.closed) {
      await next.close();
      throw this.emptyError();
    }
    if (this.tenant?.model === next) return;
    const former = this.tenant;
    this.tenant = { model: next, users: 0, onIdle: null };
    await retire(former);
  }

  /** Refuses new uses, waits for the running ones, closes the model. Idempotent. */
  async close(): Promise<void> {
    this.closed = true;
    const former = this.tenant;
    this.tenant = null;
    await retire(former);
  }

  private emptyError(): AppError {
    return this.closed
      ? new AppError('SHUTTING_DOWN', `${this.name}: the model slot is closed`, { retryable: true })
      : new AppError('MODEL_NOT_FOUND', `${this.name}: no model is released yet`, { retryable: true });
  }
}

async function retire<M extends Versioned>(tenant: Tenant<M> | null): Promise<void> {
  if (tenant === null) return;
  if (tenant.users > 0) await new Promise<void>((resolve) => (tenant.onIdle = resolve));
  await tenant.model.close();
}
