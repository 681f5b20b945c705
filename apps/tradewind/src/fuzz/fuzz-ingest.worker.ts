import 'reflect-metadata';
import { ingest } from '@tradewind/apps/ingest';
import { PLATFORM_SETTINGS, loadConfig, openPlatform, runServices } from '@tradewind/runtime';
import { serveParent } from '../bench/child';
import { FUZZ_ENV, writeFuzzSources } from './sources';

export interface FuzzCollectorRun {
  readonly dataDir: string;
}

/** Memory of the collector right after a collection of garbage, MB. */
export interface MemorySample {
  /** Objects and buffers. */
  readonly liveMb: number;
  readonly rssMb: number;
}

const SAMPLE_MS = 3_000;
const MIB = 1024 * 1024;

/** The collector as it runs embedded, on a data folder of its own; gives what its memory was over the run. Needs `--expose-gc`. */
void serveParent(async ({ dataDir }: FuzzCollectorRun, finish, ready): Promise<readonly MemorySample[]> => {
  const env = { ...FUZZ_ENV, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error' };
  const platform = await openPlatform('fuzz', loadConfig(PLATFORM_SETTINGS, env), { logTo: 'stderr' });
  await writeFuzzSources(platform.database);
  const running = await runServices([ingest], { env, platform });
  const samples: MemorySample[] = [];
  const sample = () => {
    gc!();
    const { heapUsed, external, rss } = process.memoryUsage();
    samples.push({ liveMb: (heapUsed + external) / MIB, rssMb: rss / MIB });
  };
  const timer = setInterval(sample, SAMPLE_MS);
  ready({ url: running.url });
  await finish;
  clearInterval(timer);
  sample();
  await running.close();
  await platform.close();
  return samples;
});
