import { EVENT, type Event } from '@tradewind/contracts';
import type { StateReader, StateWriter } from '@tradewind/feature-store';

/** More than this is read from the log when it is asked for. */
const MAX_EVENTS = 200;
const MAX_BYTES = 64 * 1024;

/** An event that is in the user's state, and where it lies on the events' partition of the user. */
export interface TrailEvent {
  readonly offset: number;
  readonly event: Event;
}

/** The events of a visitor who is not known yet, oldest first, so that they can be handed on without reading the log. */
export class Trail {
  private bytesUsed = 0;

  constructor(
    /** Whether all events of the user are here; never again once one is not. */
    public isWhole: boolean,
    /** Whether the latest event was of a visitor who is not known. */
    public isAnonymous = false,
    private readonly entries: { readonly offset: number; readonly bytes: Uint8Array }[] = [],
  ) {
    for (const { bytes } of entries) this.bytesUsed += bytes.length;
  }

  /** Keeps the event, or gives up when there are too many. */
  add(offset: number, event: Event): void {
    this.isAnonymous = true;
    if (!this.isWhole) return;
    const bytes = EVENT.encode(event);
    if (this.entries.length >= MAX_EVENTS || this.bytesUsed + bytes.length > MAX_BYTES) return this.forget();
    this.entries.push({ offset, bytes });
    this.bytesUsed += bytes.length;
  }

  /** The user is known: nothing is kept any more. */
  giveUp(): void {
    this.isAnonymous = false;
    if (this.isWhole) this.forget();
  }

  events(): TrailEvent[] {
    return this.entries.map(({ offset, bytes }) => ({ offset, event: EVENT.decode(Buffer.from(bytes)) }));
  }

  encode(writer: StateWriter): void {
    writer.varint((this.isWhole ? 1 : 0) + (this.isAnonymous ? 2 : 0));
    writer.varint(this.entries.length);
    for (const { offset, bytes } of this.entries) {
      writer.varint(offset);
      writer.bytes(bytes);
    }
  }

  static decode(reader: StateReader): Trail {
    const flags = reader.varint();
    const count = reader.varint();
    // Copies: a view would keep the whole record, or a page of a scan, in memory.
    const entries = Array.from({ length: count }, () => ({ offset: reader.varint(), bytes: Uint8Array.from(reader.bytes()) }));
    return new Trail((flags & 1) !== 0, (flags & 2) !== 0, entries);
  }

  /** From here on the log must be asked. */
  private forget(): void {
    this.isWhole = false;
    this.entries.length = 0;
    this.bytesUsed = 0;
  }
}
