import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCliProcess } from '../../test/cli-process';
import { runCli } from '../cli';
import { segmentCommand } from './segment';

let dir: string;
let server: Server;
let url: string;
const asked: { readonly method: string; readonly path: string; readonly body: string }[] = [];
/** By path; what is not here is 404. */
const answers = new Map<string, unknown>();

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tradewind-segment-'));
  server = createServer((request, response) => void reply(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(dir, { recursive: true, force: true });
});

async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const path = request.url ?? '';
  asked.push({ method: request.method ?? '', path, body: Buffer.concat(parts).toString() });
  const answer = answers.get(path);
  response.statusCode = answer === undefined ? 404 : 200;
  response.end(JSON.stringify(answer ?? { error: { code: 'NOT_FOUND', message: `nothing at ${path}` } }));
}

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const out = { stdout: '', stderr: '' };
  const terminal = {
    stdout: { write: (text: string) => void (out.stdout += text) },
    stderr: { write: (text: string) => void (out.stderr += text) },
  };
  const code = await runCli(['segment', ...args], terminal, [segmentCommand]);
  return { code, ...out };
}
/** In a process with these settings only: the stores are embedded, whatever servers the tests have. */
const stored = (...args: string[]) => runCliProcess(['segment', ...args, '--json'], { DATA_DIR: join(dir, 'data') });
const json = <T>({ stdout }: { stdout: string }) => JSON.parse(stdout) as T;
type Row = { readonly segmentId: string; readonly version: number; readonly enabled: boolean; readonly rule: unknown };

function fileOf(value: unknown): string {
  const file = join(dir, 'rules.json');
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
}

describe('tradewind segment, on the stores', () => {
  it('stores, shows, lists and switches definitions', async () => {
    const rule = { id: 'vip', name: 'VIP', when: { event: 'Order Completed', op: '>=', value: 5 } };
    expect(json<{ segments: Row[] }>(await stored('put', fileOf(rule))).segments).toMatchObject([{ segmentId: 'vip', version: 1 }]);
    const renamed = fileOf([{ ...rule, name: 'Very important' }]);
    expect(json<{ segments: Row[] }>(await stored('put', renamed)).segments).toMatchObject([{ segmentId: 'vip', version: 2 }]);
    expect(json<Row>(await stored('show', 'vip'))).toMatchObject({ version: 2, rule: { when: rule.when } });
    expect(json<Row>(await stored('disable', 'vip'))).toMatchObject({ enabled: false });
    expect((await stored('put', '--examples')).code).toBe(0);
    const { segments } = json<{ segments: Row[] }>(await stored('list'));
    expect(segments).toHaveLength(11);
    expect(segments.find(({ segmentId }) => segmentId === 'vip')).toMatchObject({ version: 2, enabled: false });
  }, 240_000);

  it('say what is wrong', async () => {
    const invalid = await stored('put', fileOf({ id: 'x', name: 'X', when: { evnt: 'A' } }));
    expect(invalid).toMatchObject({ code: 1, stderr: expect.stringMatching(/RULE_INVALID.*\$\[0\]\.when/s) as string });
    const unknown = await stored('enable', 'nobody');
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringMatching(/NOT_FOUND/) as string });
  }, 120_000);

  it.each([
    ['a file that is no JSON', ['put', () => fileOf('{')], /is not JSON/],
    ['a file that is not there', ['put', () => join(dir, 'none.json')], /cannot be read/],
    ['neither file nor examples', ['put'], /--examples/],
  ] as const)('ask for %s to be mended', async (_, args, message) => {
    const ended = await run(...args.map((each) => (typeof each === 'string' ? each : each())));
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) as string });
  });
});

describe('tradewind segment, of a running service', () => {
  it('asks for explanation, members, overlap and preview, and prints the answers', async () => {
    answers.set('/v1/customers/shop%3Aann/segments/vip', { holds: true });
    answers.set('/v1/segments/vip/members?limit=5', [{ userKey: 'shop:ann' }]);
    answers.set('/v1/segments/overlap?users=10000', { lookedAt: 1, pairs: [] });
    answers.set('/v1/segments/preview', { members: 3 });
    const rule = { id: 'vip', name: 'VIP', when: { everyone: true } };
    expect(json(await run('explain', 'shop:ann', 'vip', '--url', url, '--json'))).toEqual({ holds: true });
    expect(json(await run('members', 'vip', '--limit', '5', '--url', url, '--json'))).toEqual({ members: [{ userKey: 'shop:ann' }] });
    expect(json(await run('overlap', '--url', url, '--json'))).toMatchObject({ lookedAt: 1 });
    expect(json(await run('preview', fileOf(rule), '--events', '50', '--url', url, '--json'))).toEqual({ members: 3 });
    const { method, body } = asked.at(-1)!;
    expect([method, JSON.parse(body)]).toEqual(['POST', { rule, events: 50 }]);
  });

  it('passes on what the service says is wrong, and says when nothing answers', async () => {
    expect(await run('explain', 'shop:ann', 'none', '--url', url)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/NOT_FOUND/) as string,
    });
    expect(await run('overlap', '--url', 'http://127.0.0.1:1')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--url.*is the service up/s) as string,
    });
    expect((await run('overlap', '--users', '0', '--url', url)).code).toBe(2);
  });
});
