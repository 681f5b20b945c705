import type { Event } from '@tradewind/contracts';

/** Values are numbers in the unit the name says; `asOfMs` is the moment they are read for, epoch milliseconds UTC. */
export interface FeatureColumn<S> {
  /** Unique in a feature set, with its unit, e.g. `recency_days`. */
  readonly name: string;
  read(state: S, asOfMs: number): number;
}

/**
 * One feature, declared once: what it keeps, how an event changes that, how it is stored and which columns are read from it.
 * Training folds the log with it, serving folds the stream with it: the same code, so the same values.
 */
export interface Feature<S> {
  readonly name: string;
  /** Tag in the stored record; never reused for another feature or layout. 1–127. */
  readonly tag: number;
  /** An object of its own for every user: `apply` changes it in place. */
  initial(): S;
  /** The state of a user whose record was written without this feature. @default `initial()` */
  missing?(): S;
  /** What else decides the state, as text; part of the set's fingerprint. */
  readonly declaration?: string;
  /** Changes `state` in place. Must depend on nothing but its arguments, and must take any event that decodes. */
  apply(state: S, event: Event): void;
  /** Appends the state; equal states give equal bytes. */
  encode(state: S, writer: StateWriter): void;
  decode(reader: StateReader): S;
  readonly columns: readonly FeatureColumn<S>[];
}

/** Little-endian, growing buffer. */
export interface StateWriter {
  /** Integer, 0 to 2^53 − 1. @throws RangeError for anything else: a bug in the feature. */
  varint(value: number): void;
  /** Any double, exactly; integers from 0 to 2^50 take few bytes. */
  number(value: number): void;
  float64(value: number): void;
  /** The first `count` values, without their number. */
  uint32s(values: Uint32Array, count: number): void;
  text(value: string): void;
  bytes(value: Uint8Array): void;
  /** Starts a part with its length before it. @returns what `endBlock` wants; blocks may nest */
  beginBlock(): number;
  endBlock(start: number): void;
}

/** Reads in the order written. Every method throws RangeError past the end. */
export interface StateReader {
  /** Bytes left. */
  readonly remaining: number;
  varint(): number;
  number(): number;
  float64(): number;
  uint32s(count: number): Uint32Array;
  text(): string;
  bytes(): Uint8Array;
  /** Moves over a block and gives a reader of it alone. */
  block(): StateReader;
}
