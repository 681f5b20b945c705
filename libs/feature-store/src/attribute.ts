import type { Feature, StateReader, StateWriter } from './feature';

export interface AttributeOptions<S> {
  readonly name: string;
  /** As for a feature: unique, never reused. 1–127. */
  readonly tag: number;
  initial(): S;
  encode(state: S, writer: StateWriter): void;
  decode(reader: StateReader): S;
}

/**
 * Fields that a service decides outside the fold (the current segment, the model that chose it) and keeps in the user's
 * record: set them with `state.of(attribute).field = …` between `apply` and `persist`.
 */
export function createAttribute<S extends object>(options: AttributeOptions<S>): Feature<S> {
  return { ...options, apply: () => undefined, columns: [] };
}
