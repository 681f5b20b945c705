import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '@tradewind/contracts';
import { workspaceRoot } from '../src/workspace-root';

const DOCS = join(workspaceRoot(), 'docs');
const page = readFileSync(join(DOCS, 'failures.md'), 'utf8');
/** Cells of each row, without heads and rules. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\|\s*-/.test(line) && !/^\| *what is wrong/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()).slice(1, -1)); // prettier-ignore

/** `[name](file): "title", "title"; …` */
function proofs(cell: string): { file: string; title: string }[] {
  return cell.split(/; (?=\[)/).flatMap((part) => {
    const [, file = '', titles = ''] = /^\[[^\]]+\]\(([^)]+)\): (.+)$/.exec(part) ?? [];
    return [...titles.matchAll(/"([^"]+)"/g)].map(([, title]) => ({ file, title: title! }));
  });
}

describe('docs/failures.md', () => {
  it('has rows of five cells', () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter((cells) => cells.length !== 5 || cells.includes(''))).toEqual([]);
  });

  it.each(rows.map((cells) => [cells[0]!, cells[4]!]))('%s: every proof is a test that exists', (_what, cell) => {
    const named = proofs(cell);
    expect(named.length).toBeGreaterThan(0);
    for (const { file, title } of named) {
      const path = join(DOCS, file);
      expect(path).toMatch(/\.(spec|contract)\.ts$/);
      expect(existsSync(path) ? path : `no file ${path}`).toBe(path);
      const source = readFileSync(path, 'utf8');
      const isThere = [`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => source.includes(quoted));
      expect(isThere ? title : `${file} has no test "${title}"`).toBe(title);
    }
  });

  it('has every error code, and no other', () => {
    const named = rows.flatMap((cells) => [...cells[1]!.matchAll(/`([A-Z]+_[A-Z_]+|OVERLOADED)`/g)].map(([, code]) => code!));
    const settings = /^(SHUTDOWN_GRACE|STARTUP_TIMEOUT)_MS$/;
    expect([...new Set(named)].filter((name) => !settings.test(name)).sort()).toEqual([...ERROR_CODES].sort());
  });
});
