/** What a state is written with; `StateWriter` of `@tradewind/feature-store` is one, so that a state can be part of a larger record. */
export interface StateWriter {
  /** Integer, 0 to 2^53 − 1. */
  varint(value: number): void;
  /** Any double, exactly. */
  number(value: number): void;
  /** The first `count` values, without their number. */
  uint32s(values: Uint32Array, count: number): void;
  text(value: string): void;
  bytes(value: Uint8Array): void;
}

/** Reads in the order written. Every method throws RangeError past the end. */
export interface StateReader {
  varint(): number;
  number(): number;
  uint32s(count: number): Uint32Array;
  text(): string;
  bytes(): Uint8Array;
}
