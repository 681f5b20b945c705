import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLATFORM_SETTINGS } from '@tradewind/runtime';
import { parse } from 'yaml';
import { workspaceRoot } from '../workspace-root';

interface Service {
  readonly image?: string;
  readonly healthcheck?: { readonly test?: readonly string[] };
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly build?: { readonly dockerfile: string; readonly args: { readonly APP: string } };
  readonly volumes?: readonly string[];
}

const root = workspaceRoot();
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service>; volumes: Record<string, null> };
const services = Object.entries(compose.services);
const apps = services.filter(([, { profiles }]) => profiles?.includes('apps'));

describe('docker-compose.yml', () => {
  it('has the three servers without a profile, and the services in the profile apps', () => {
    expect(services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name)).toEqual(['kafka', 'redis', 'postgres']);
    expect(apps.map(([name]) => name)).toEqual(['ingest', 'segmentation', 'recommender', 'trainer', 'gateway']);
  });

  it.each(services)('%s has an image, a health check, a volume, and is published on this machine only', (_name, service) => {
    expect(service.image).toBeTruthy();
    expect(service.healthcheck?.test?.length).toBeGreaterThan(1);
    expect(service.volumes?.every((volume) => volume.split(':')[0]! in compose.volumes)).toBe(true);
    expect((service.ports ?? []).every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
  });

  it.each(apps)('%s is built by the one Dockerfile and is given settings that exist', (name, { build, environment: all = {} }) => {
    const { V8_FLAGS: flags, ...environment } = all;
    // Node.js refuses flags that it does not know.
    if (flags !== undefined) execFileSync(process.execPath, [...flags.split(' '), '--eval', '']);
    expect(build).toMatchObject({ dockerfile: 'deploy/docker/Dockerfile', args: { APP: name } });
    expect(Object.keys(PLATFORM_SETTINGS.shape)).toEqual(expect.arrayContaining(Object.keys(environment)));
    const given = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)]));
    expect(PLATFORM_SETTINGS.safeParse(given).error).toBeUndefined();
    expect(environment).toMatchObject({
      KAFKA_BROKERS: expect.stringMatching(/^kafka:/),
      REDIS_URL: expect.stringMatching(/^redis:\/\/redis:/),
    });
  });

  it('knows every service that has a main of its own', () => {
    const withMain = readdirSync(join(root, 'apps')).filter((app) => existsSync(join(root, 'apps', app, 'src', 'main.ts')));
    expect(apps.map(([name]) => name)).toEqual(expect.arrayContaining(withMain.filter((app) => app !== 'tradewind')));
  });
});

describe('the Dockerfile', () => {
  const lines = read('deploy/docker/Dockerfile').split('\n');

  it('runs as a user without rights, with a health check and production packages only', () => {
    const final = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
    expect(final).toContain('USER node');
    expect(final.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true);
    expect(lines).toContain('RUN npm ci --omit=dev');
    expect(final.some((line) => line.includes('--from=dependencies'))).toBe(true);
  });

  it('copies only what exists', () => {
    const sources = lines.filter((line) => /^COPY (?!--from)/.test(line)).flatMap((line) => line.split(' ').slice(1, -1));
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
  });
});
