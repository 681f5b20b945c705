import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';

const POLL_MS = 200;

/** Resolves when the group has committed all of the topic, seen twice in a row. @throws HANDLER_FAILED after `timeoutMs` */
export async function waitForLag(log: EventLog, groupId: string, topic: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let lag = Infinity;
  for (let quiet = 0; performance.now() < deadline; await pause(POLL_MS)) {
    lag = await lagOf(log, groupId, topic);
    quiet = lag === 0 ? quiet + 1 : 0;
    if (quiet === 2) return;
  }
  throw new AppError('HANDLER_FAILED', `group ${groupId} still has ${lag} records of ${topic} to handle after ${timeoutMs / 1000} s`);
}

export async function lagOf(log: EventLog, groupId: string, topic: string): Promise<number> {
  const [ends, committed] = await Promise.all([log.watermarks(topic), log.committed(groupId, topic)]);
  return ends.reduce((sum, { partition, low, high }) => sum + high - (committed.get(partition) ?? low), 0);
}

const QUIET_MS = 3_000;

/** Resolves when `measure` has given the same for three seconds: timers look at what is due several times in that. */
export async function untilQuiet(measure: () => number | Promise<number>): Promise<void> {
  let [last, sinceMs] = [NaN, 0];
  do {
    const value = await measure();
    if (value !== last) [last, sinceMs] = [value, performance.now()];
    await pause(POLL_MS);
  } while (performance.now() - sinceMs < QUIET_MS);
}
