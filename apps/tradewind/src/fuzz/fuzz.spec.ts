import { ingest } from '@tradewind/apps/ingest';
import { TOPICS } from '@tradewind/contracts';
import { PLATFORM_SETTINGS, loadConfig, openPlatform, runServices } from '@tradewind/runtime';
import { useTempDir } from '@tradewind/testing';
import { decodeTopics } from './decode-topics';
import { fuzz, readTarget } from './fuzz';
import { FUZZ_ENV, FUZZ_KEYS, writeFuzzSources } from './sources';

const BODIES = 3_000;
const SEED = 20_261_124;

describe('the collector under generated requests', () => {
  const dir = useTempDir();

  it('answers all of them in time and never with 429 or 5xx, and everything that it publishes decodes', async () => {
    const env = { ...FUZZ_ENV, DATA_DIR: dir(), PORT: '0', LOG_LEVEL: 'silent' };
    const platform = await openPlatform('fuzz', loadConfig(PLATFORM_SETTINGS, env));
    await writeFuzzSources(platform.database);
    const running = await runServices([ingest], { env, platform });
    try {
      const { posts } = await readTarget(running.url, FUZZ_KEYS);
      expect(posts).toEqual(
        expect.arrayContaining(['/v1/track', '/v1/batch', '/v1/b', '/v1/catalog/items', '/v1/social/posts', '/v1/cloudevents']),
      );
      const seed = process.env['CI'] === 'true' ? SEED : Date.now() % 2 ** 31;
      const run = await fuzz({ url: running.url, writeKeys: FUZZ_KEYS, bodies: BODIES, seed, slowMs: 15_000 });
      expect({ seed, findings: run.findings }).toEqual({ seed, findings: [] });
      expect(Math.min(run.accepted, run.rejected, run.statuses[200]!, run.statuses[400]!, run.statuses[413]!)).toBeGreaterThan(0);
      const records = await decodeTopics(platform.log);
      expect(Math.min(records[TOPICS.events.name]!, records[TOPICS.rejected.name]!)).toBeGreaterThan(0);
    } finally {
      await running.close();
      await platform.close();
    }
  }, 180_000);
});
