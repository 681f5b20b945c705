import { describeError } from '@tradewind/contracts';
import { redactText } from './redact';

/** `'ok'`, or why not, for people. */
export type CheckOutcome = 'ok' | { readonly reason: string };

export type HealthCheck = () => CheckOutcome | Promise<CheckOutcome>;

/** Liveness: does it make progress, or must it be restarted? Readiness: can it take requests now? */
export type HealthKind = 'liveness' | 'readiness';

export interface HealthReport {
  readonly status: 'ok' | 'failing';
  /** `ok` or the reason, by check name. */
  readonly checks: Readonly<Record<string, string>>;
}

/** The named checks of a process, run in parallel when asked. */
export interface Health {
  /**
   * Adds a check. A check that throws or takes longer than the limit fails with that as its reason.
   * @param name unique per kind; @throws Error when it is taken
   * @returns takes it out again
   */
  register(kind: HealthKind, name: string, check: HealthCheck): () => void;
  /** Puts a check in the place of the one with this name. @returns that one, undefined when there is none */
  replace(kind: HealthKind, name: string, check: HealthCheck): HealthCheck | undefined;
  /** From now on a report tells that this check fails, and is `ok` all the same. */
  tolerate(kind: HealthKind, name: string): void;
  report(kind: HealthKind): Promise<HealthReport>;
}

/** @param timeoutMs limit of one check */
export function createHealth(timeoutMs = 2_000): Health {
  const checks = { liveness: new Map<string, HealthCheck>(), readiness: new Map<string, HealthCheck>() };
  const tolerated = { liveness: new Set<string>(), readiness: new Set<string>() };
  return {
    register(kind, name, check) {
      if (checks[kind].has(name)) throw new Error(`${kind} check ${name} is registered twice`);
      checks[kind].set(name, check);
      return () => void checks[kind].delete(name);
    },
    replace(kind, name, check) {
      const former = checks[kind].get(name);
      checks[kind].set(name, check);
      return former;
    },
    tolerate: (kind, name) => void tolerated[kind].add(name),
    async report(kind) {
      const names = [...checks[kind].keys()];
      const outcomes = await Promise.all([...checks[kind].values()].map((check) => runCheck(check, timeoutMs)));
      const status = outcomes.every((outcome, i) => outcome === 'ok' || tolerated[kind].has(names[i]!)) ? 'ok' : 'failing';
      return { status, checks: Object.fromEntries(names.map((name, i) => [name, outcomes[i]!])) };
    },
  };
}

async function runCheck(check: HealthCheck, timeoutMs: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${timeoutMs} ms`), timeoutMs);
  });
  try {
    return await Promise.race([timeout, outcomeOf(check)]);
  } finally {
    clearTimeout(timer);
  }
}

async function outcomeOf(check: HealthCheck): Promise<string> {
  try {
    const outcome = await check();
    return outcome === 'ok' ? 'ok' : redactText(outcome.reason);
  } catch (error) {
    return redactText(describeError(error));
  }
}
