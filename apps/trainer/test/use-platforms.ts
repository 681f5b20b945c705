import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RELEASE, TOPICS, type Event, type Release } from '@tradewind/contracts';
import { PLATFORM_SETTINGS, loadConfig, openPlatform, type Platform } from '@tradewind/runtime';
import { anEventRecord } from '@tradewind/testing';

/** Opens embedded platforms, empty and each with a folder of its own; the test's end closes them. Call it at describe level. */
export function usePlatforms(): () => Promise<Platform> {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });
  return async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'tradewind-test-'));
    open.push(() => rm(dataDir, { recursive: true, force: true }));
    const platform = await openPlatform('test', loadConfig(PLATFORM_SETTINGS, { DATA_DIR: dataDir, LOG_LEVEL: 'silent' }));
    open.push(() => platform.close());
    return platform;
  };
}

export async function put({ log }: Platform, events: readonly Event[]): Promise<void> {
  await log.publish(events.map(anEventRecord));
}

export async function announced({ log }: Platform): Promise<Release[]> {
  const releases: Release[] = [];
  for await (const records of log.read(TOPICS.modelReleases.name)) releases.push(...records.map(({ value }) => RELEASE.decode(value)));
  return releases;
}
