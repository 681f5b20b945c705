import type { ErrorCode } from '@tradewind/contracts';

/** Why an event cannot be accepted: a closed code, and a sentence that names the field. A value, never thrown. */
export class Fault {
  constructor(
    readonly code: ErrorCode,
    readonly reason: string,
  ) {}
}

/** The fault of an event whose fields are wrong. */
export function invalid(reason: string): Fault {
  return new Fault('EVENT_INVALID', reason);
}
