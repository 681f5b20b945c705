export interface ProgressOptions {
  /** What is being done, e.g. `replaying`. */
  readonly label: string;
  /** How much there is; without it the display spins and counts. */
  readonly total?: number;
  /** What is counted, e.g. `events`. */
  readonly unit?: string;
}

export interface Progress {
  /** How much is done so far; `note` stays until the next one. Cheap: draws at most ten times a second. */
  update(done: number, note?: string): void;
  /** Ends the display with a last line. Idempotent. */
  finish(note?: string): void;
}

/** What of a stream the display needs. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_CELLS = 24;
const REDRAW_MS = 100;
/** A line that long after the last, or per tenth of the way, where there is no terminal. */
const PLAIN_LINE_MS = 5000;
const SPINNER = ['-', '\\', '|', '/'];

/** A bar (or spinner) that redraws itself on a terminal, and plain lines elsewhere. */
export function createProgress(options: ProgressOptions, stream: ProgressStream = process.stderr, now = () => performance.now()): Progress {
  const startedMs = now();
  const state = { done: 0, note: '', finished: false, drawnMs: -Infinity, tenth: 0 };
  const isTerminal = stream.isTTY === true;

  const line = () => {
    const { label, total, unit = '' } = options;
    const seconds = (now() - startedMs) / 1000;
    const count = total === undefined ? counted(state.done, unit) : `${counted(state.done, '')} of ${counted(total, unit)}`;
    const parts = [
      label,
      ...(state.done > 0 || total !== undefined ? [count, rateOf(state.done, seconds, unit)] : []),
      remaining(state.done, total, seconds),
      state.note,
    ];
    return parts.filter((part) => part !== '').join('  ');
  };
  const drawTerminal = () => {
    const seconds = (now() - startedMs) / 1000;
    const head =
      options.total === undefined ? SPINNER[Math.floor(seconds * 10) % SPINNER.length]! : bar(state.done / Math.max(1, options.total));
    stream.write(`\r\u001b[2K${`${head} ${line()}`.slice(0, (stream.columns ?? 80) - 1)}`);
  };
  const drawPlain = () => stream.write(`${line()}\n`);
  const draw = () => {
    const tenth = options.total === undefined ? 0 : Math.floor((10 * state.done) / Math.max(1, options.total));
    if (now() - state.drawnMs < (isTerminal ? REDRAW_MS : PLAIN_LINE_MS) && (isTerminal || tenth === state.tenth)) return;
    state.tenth = tenth;
    state.drawnMs = now();
    if (isTerminal) drawTerminal();
    else drawPlain();
  };
  // Keeps the spinner turning while nothing is reported; never keeps the process alive.
  const timer = isTerminal ? setInterval(draw, REDRAW_MS).unref() : undefined;
  draw();
  return {
    update(done, note) {
      if (state.finished) return;
      state.done = done;
      if (note !== undefined) state.note = note;
      draw();
    },
    finish(note) {
      if (state.finished) return;
      state.finished = true;
      clearInterval(timer);
      if (note !== undefined) state.note = note;
      if (isTerminal) stream.write('\r\u001b[2K');
      drawPlain();
    },
  };
}

function bar(ratio: number): string {
  const full = Math.round(Math.min(1, ratio) * BAR_CELLS);
  return `[${'='.repeat(full)}${' '.repeat(BAR_CELLS - full)}]`;
}

function counted(count: number, unit: string): string {
  return `${Math.round(count).toLocaleString('en')}${unit === '' ? '' : ` ${unit}`}`;
}

function rateOf(done: number, seconds: number, unit: string): string {
  return seconds < 0.5 || done === 0 || unit === '' ? '' : `${Math.round(done / seconds).toLocaleString('en')}/s`;
}

function remaining(done: number, total: number | undefined, seconds: number): string {
  if (total === undefined || done === 0 || done >= total || seconds < 1) return '';
  return `${Math.ceil(((total - done) * seconds) / done)} s left`;
}
