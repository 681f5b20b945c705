import { RELEASE, TOPICS } from '@tradewind/contracts';
import { openEmbeddedEventLog, type EventLog } from '@tradewind/eventing';
import { buildKMeansGraph, packModel, sha256Hex } from '@tradewind/inference';
import { openDatabase, type Database, type ReleaseRow } from '@tradewind/persistence';
import { uniqueName, useTempDir } from '@tradewind/testing';
import { knownModels, listReleases, promoteRelease, rollBack } from './releases';

const dir = useTempDir();
let model: string;
let log: EventLog;
let database: Database;

beforeAll(async () => {
  database = await openDatabase({});
});
afterAll(() => database.close());
beforeEach(async () => {
  model = uniqueName('model');
  log = await openEmbeddedEventLog({ dataDir: dir() });
  await log.ensureTopics([TOPICS.modelReleases]);
});
afterEach(() => log.close());

async function publish(version: string, stage: ReleaseRow['stage'], cut = 0): Promise<void> {
  const graph = buildKMeansGraph({ columns: [{ mean: 0, std: Number(version), log: false }], centroids: [[-1], [1]] });
  const bytes = graph.bytes.subarray(0, graph.bytes.length - cut);
  const fields = {
    model,
    version,
    trainedFromMs: 0,
    trainedUntilMs: 1,
    metrics: { silhouette: 0.5 },
    licence: 'Apache-2.0',
    parameters: {},
  };
  const manifest = { ...packModel({ graph, fields }).manifest, sha256: sha256Hex(bytes) };
  const row = { model, version, stage, sha256: manifest.sha256, manifest, releasedAtMs: Number(version) };
  await database.releases.publish(row, bytes);
}

async function announced(): Promise<string[]> {
  const versions: string[] = [];
  for await (const records of log.read(TOPICS.modelReleases.name))
    versions.push(...records.map(({ value }) => RELEASE.decode(value).version));
  return versions;
}

const deps = () => ({ log, database, now: () => 9 });
const live = async () => (await database.releases.live(model))?.version;

describe('tradewind model', () => {
  it('lists versions with stage, metrics and release time, newest first', async () => {
    await publish('1', 'live');
    await publish('2', 'shadow');
    expect(await listReleases(database, [model])).toEqual([
      {
        model,
        releases: [
          { version: '2', stage: 'shadow', releasedAt: '1970-01-01T00:00:00.002Z', metrics: { silhouette: 0.5 } },
          { version: '1', stage: 'live', releasedAt: '1970-01-01T00:00:00.001Z', metrics: { silhouette: 0.5 } },
        ],
      },
    ]);
    expect(() => knownModels('nope')).toThrow(/<model> "nope": choose customer-clusters/);
  });

  it('promotes a version and announces it, each time it is asked', async () => {
    await publish('1', 'live');
    await publish('2', 'shadow');
    expect(await promoteRelease(deps(), model, '2')).toMatchObject({ version: '2', stage: 'live' });
    await promoteRelease(deps(), model, '2');
    expect([await live(), await announced()]).toEqual(['2', ['2', '2']]);
    await expect(promoteRelease(deps(), model, '3')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('promotes nothing that does not load', async () => {
    await publish('1', 'live');
    await publish('2', 'shadow', 40);
    await expect(promoteRelease(deps(), model, '2')).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
    expect([await live(), await announced()]).toEqual(['1', []]);
  });

  it('rolls back over shadows to what was live before, further each time, until there is none', async () => {
    await publish('1', 'live');
    await publish('2', 'live');
    await publish('3', 'shadow');
    await publish('4', 'live');
    await rollBack(deps(), model);
    expect(await live()).toBe('2');
    await rollBack(deps(), model);
    expect([await live(), await announced()]).toEqual(['1', ['2', '1']]);
    await expect(rollBack(deps(), model)).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('model list') });
  });
});
