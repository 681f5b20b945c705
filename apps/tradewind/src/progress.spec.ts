import { createFakeClock } from '@tradewind/testing';
import { createProgress } from './progress';

function display(options: Parameters<typeof createProgress>[0], isTTY: boolean) {
  const clock = createFakeClock(0);
  const lines: string[] = [];
  const progress = createProgress(options, { isTTY, columns: 60, write: (text: string) => void lines.push(text) }, clock.now);
  return { clock, lines, progress };
}

describe('progress without a terminal', () => {
  it('writes a plain line per tenth of the way, and one at the end', () => {
    const { clock, lines, progress } = display({ label: 'replaying', total: 1000, unit: 'events' }, false);
    for (let done = 1; done <= 1000; done++) {
      clock.advance(10);
      progress.update(done);
    }
    progress.finish('done');
    progress.finish();
    expect(lines).toHaveLength(12);
    expect(lines[5]).toBe('replaying  500 of 1,000 events  100/s  5 s left\n');
    expect(lines[11]).toBe('replaying  1,000 of 1,000 events  100/s  done\n');
    expect(lines.join('')).not.toContain('\u001b');
  });

  it('writes a line every five seconds where the end is unknown', () => {
    const { clock, lines, progress } = display({ label: 'waiting' }, false);
    for (let i = 0; i < 101; i++) {
      clock.advance(100);
      progress.update(0);
    }
    progress.finish();
    expect(lines).toEqual(['waiting\n', 'waiting\n', 'waiting\n', 'waiting\n']);
  });
});

describe('progress on a terminal', () => {
  it('redraws one line at most ten times a second, within the width', () => {
    const { clock, lines, progress } = display({ label: 'training', total: 100, unit: 'rounds' }, true);
    for (let done = 1; done <= 100; done++) {
      clock.advance(10);
      progress.update(done, 'a long note that does not fit beside the bar and everything else');
    }
    const drawn = lines.length;
    progress.finish();
    expect(drawn).toBe(11);
    expect(lines[5]).toMatch(/^\r\u001b\[2K\[=+ +\] training {2}50 of 100/);
    expect(lines.slice(0, drawn).every((line) => line.length <= 60 + '\r\u001b[2K'.length)).toBe(true);
  });
});
