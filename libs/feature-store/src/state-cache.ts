import type { UserState } from './user-state';

/** Decoded states by user key, least recently used leaving first. A state is taken out to be changed and put back once stored. */
export class StateCache {
  private readonly states = new Map<string, UserState>();

  constructor(private readonly maxEntries: number) {}

  get size(): number {
    return this.states.size;
  }

  take(userKey: string): UserState | undefined {
    const state = this.states.get(userKey);
    if (state !== undefined) this.states.delete(userKey);
    return state;
  }

  put(state: UserState): void {
    this.states.delete(state.userKey);
    this.states.set(state.userKey, state);
    if (this.states.size <= this.maxEntries) return;
    const oldest = this.states.keys().next();
    if (!oldest.done) this.states.delete(oldest.value);
  }

  clear(): void {
    this.states.clear();
  }
}
