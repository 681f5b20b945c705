// npm test: every spec, two workers, and a last line `N passed, N failed, N skipped`. Further arguments go to Jest.
// Which real servers the run has: libs/testing/README.md.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'tradewind-jest-'));
const report = join(folder, 'report.json');
const args = ['tools/jest.mjs', '--', '--maxWorkers=2', '--json', `--outputFile=${report}`, ...process.argv.slice(2)];
const env = { TEST_CONTAINERS: '1', ...process.env };
// With an output file Jest still prints the report on stdout; stderr has what people read.
const { status } = spawnSync(process.execPath, args, { stdio: ['inherit', 'ignore', 'inherit'], env });

const result = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null;
rmSync(folder, { recursive: true, force: true });
// A suite that does not load has no tests to fail, and counts as one.
const passed = result?.numPassedTests ?? 0;
const failed = result === null ? 1 : result.numFailedTests + result.numRuntimeErrorTestSuites;
const skipped = (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = status === 0 && failed === 0 ? 0 : 1;
