import { declare, type ProfileFeature, type ProfileOptions } from './profile-feature';
import { HOUR_MS, MINUTE_MS } from '../units';
import { timeOf, toPredicate, type EventSelector } from './selector';

/** Different times kept of each step. */
const TIMES = 8;
const NONE = -1;

export interface FunnelOptions extends Omit<ProfileOptions, 'on'> {
  /** In their order; 2 to 8. */
  readonly steps: readonly EventSelector[];
  /** From the first step to the last. */
  readonly withinHours: number;
}

/** Events of one step at one time. */
interface StepTime {
  atMs: number;
  /** When the latest chain of all steps before began; `NONE` without one. */
  startMs: number;
  events: number;
}

export interface Funnel {
  /** The furthest step ever reached in time, 0 for none. */
  reached: number;
  /** Of the last step, completing the funnel; those that are no longer in `times`. */
  completions: number;
  completedAtMs: number;
  tookMs: number;
  /** The latest times of each step, ascending. */
  readonly times: StepTime[][];
}

/**
 * Ordered steps, each at a later time than the one before, the last within so many hours of the first: `<name>_reached_steps`, `<name>_completions_count`
 * (events of the last step with such a chain before them), `<name>_last_minutes` (the quickest way to the latest of them). Late events
 * count where they belong while fewer than nine different times of a step are newer; in the order of time it is always exact.
 */
export function funnel(options: FunnelOptions): ProfileFeature<Funnel> {
  const { name, steps, withinHours } = options;
  const withinMs = withinHours * HOUR_MS;
  const isStep = steps.map(toPredicate);
  if (steps.length < 2 || steps.length > 8) throw new Error(`funnel ${name}: ${steps.length} steps, 2 to 8 are possible`);
  const isTimely = ({ atMs, startMs }: StepTime) => startMs !== NONE && atMs - startMs <= withinMs;

  function apply(state: Funnel, event: Parameters<(typeof isStep)[number]>[0]): void {
    const atMs = timeOf(event);
    let lowest = Infinity;
    for (let step = steps.length - 1; step >= 0; step--) {
      if (!isStep[step]!(event)) continue;
      note(state.times[step]!, atMs, step === 0);
      lowest = step;
    }
    for (let step = lowest; step < steps.length; step++) {
      const times = state.times[step]!;
      if (step > 0) link(times, state.times[step - 1]!, atMs);
      if (step >= state.reached && times.some(isTimely)) state.reached = step + 1;
    }
    if (lowest === Infinity) return;
    for (let step = lowest; step < steps.length; step++) {
      if (state.times[step]!.length <= TIMES) continue;
      const oldest = state.times[step]!.shift()!;
      if (step === steps.length - 1 && isTimely(oldest)) complete(state, oldest);
    }
  }

  function latest({ times, completedAtMs, tookMs }: Funnel): { readonly atMs: number; readonly tookMs: number } {
    const kept = times.at(-1)!.findLast(isTimely);
    if (kept === undefined || kept.atMs < completedAtMs) return { atMs: completedAtMs, tookMs };
    return { atMs: kept.atMs, tookMs: kept.atMs - kept.startMs };
  }

  const completions = (state: Funnel) =>
    state.completions + state.times.at(-1)!.reduce((sum, time) => sum + (isTimely(time) ? time.events : 0), 0);
  return declare(
    'funnel.1',
    { ...options, on: {} },
    {
      concerns: (event) => isStep.some((is) => is(event)),
      maxBytes: 1 + 3 * 9 + steps.length * (1 + (TIMES + 1) * (9 + 9 + 5)),
      initial: (): Funnel => ({ reached: 0, completions: 0, completedAtMs: 0, tookMs: 0, times: steps.map(() => []) }),
      apply,
      encode({ reached, completions: closed, completedAtMs, tookMs, times }, writer) {
        writer.varint(reached);
        for (const value of [closed, completedAtMs, tookMs]) writer.number(value);
        for (const step of times) {
          writer.varint(step.length);
          let beforeMs = 0;
          for (const { atMs, startMs, events } of step) {
            writer.number(atMs - beforeMs);
            writer.varint(startMs === NONE ? 0 : atMs - startMs + 1);
            writer.varint(events);
            beforeMs = atMs;
          }
        }
      },
      decode(reader) {
        const [reached, closed, completedAtMs, tookMs] = [reader.varint(), reader.number(), reader.number(), reader.number()];
        const times = steps.map(() => {
          let atMs = 0;
          return Array.from({ length: reader.varint() }, () => {
            atMs += reader.number();
            const back = reader.varint();
            return { atMs, startMs: back === 0 ? NONE : atMs - back + 1, events: reader.varint() };
          });
        });
        return { reached, completions: closed, completedAtMs, tookMs, times };
      },
      columns: [
        { name: `${name}_reached_steps`, read: (state) => state.reached },
        { name: `${name}_completions_count`, read: completions },
        { name: `${name}_last_minutes`, read: (state) => latest(state).tookMs / MINUTE_MS },
      ],
    },
  );
}

function note(times: StepTime[], atMs: number, isFirst: boolean): void {
  let at = times.length;
  while (at > 0 && times[at - 1]!.atMs > atMs) at--;
  const known = times[at - 1];
  if (known?.atMs === atMs) known.events++;
  else times.splice(at, 0, { atMs, startMs: isFirst ? atMs : NONE, events: 1 });
}

/**
 * The latest start among earlier times of the step before, for the times from `fromMs` on. Starts only grow: what was found with times that are gone
 * stays.
 */
function link(times: readonly StepTime[], before: readonly StepTime[], fromMs: number): void {
  for (let i = times.length - 1; i >= 0 && times[i]!.atMs >= fromMs; i--) {
    const time = times[i]!;
    for (let j = 0; j < before.length && before[j]!.atMs < time.atMs; j++) time.startMs = Math.max(time.startMs, before[j]!.startMs);
  }
}

function complete(state: Funnel, { atMs, startMs, events }: StepTime): void {
  state.completions += events;
  if (atMs < state.completedAtMs) return;
  state.completedAtMs = atMs;
  state.tookMs = atMs - startMs;
}
