import { chmodSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultTest } from '../src/fault/fault-test';
import { findProgram } from '../src/stack/shell';
import { buildOnce } from './service-processes';

const silent = { note: () => undefined, progress: () => ({ update: () => undefined, finish: () => undefined }) };
const missing = ['java', 'mvn'].filter((program) => findProgram(program) === null);
if (missing.length > 0 && process.env['CI'] === 'true') throw new Error(`${missing.join(', ')} must be on the PATH in CI`);
if (missing.length > 0)
  process.stderr.write(`skipped: collectors that restart while the SDKs send: ${missing.join(', ')} not on the PATH\n`);

/** The faults that take minutes: npx tradewind fault-test ingest. */
(missing.length > 0 ? describe.skip : describe)('collectors that restart while the SDKs send', () => {
  it('one after the other: nothing is lost or dropped, order holds', async () => {
    buildOnce();
    const dataDir = mkdtempSync(join(tmpdir(), 'tradewind-faults-'));
    chmodSync(dataDir, 0o755); // the user postgres passes through
    const { faults, ok } = await faultTest({ dataDir, faults: ['rolling-restart'], seconds: 1, rate: 100, output: silent });
    await rm(dataDir, { recursive: true, force: true });
    expect({ ok, faults }).toEqual({ ok: true, faults });
    expect(faults[0]).toMatchObject({ dropped: 0, exits: 0 });
  }, 240_000);
});
