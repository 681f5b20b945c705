import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { useTempDir } from '@tradewind/testing';
import { runCli } from '../cli';
import { replayCommand } from './replay';

const dir = useTempDir();
let server: Server;
let url: string;

async function countOf(request: IncomingMessage): Promise<number> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return (JSON.parse(Buffer.concat(chunks).toString()) as { batch: unknown[] }).batch.length;
}

beforeAll(async () => {
  server = createServer((request, response) => {
    void countOf(request).then((accepted) => response.end(JSON.stringify({ accepted, rejected: 0, errors: [] })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const out = { stdout: '', stderr: '' };
  const terminal = {
    stdout: { write: (text: string) => void (out.stdout += text) },
    stderr: { write: (text: string) => void (out.stderr += text) },
  };
  const code = await runCli(args, terminal, [replayCommand]);
  return { code, ...out };
}

describe('tradewind replay', () => {
  it('prints one JSON object, and writes down what was acknowledged', async () => {
    const [file, acked] = [join(dir(), 'events.ndjson'), join(dir(), 'acked')];
    writeFileSync(file, ['a', 'b', 'c'].map((id) => JSON.stringify({ type: 'track', event: 'e', userId: 'u', messageId: id })).join('\n'));
    const { code, stdout } = await run('replay', file, '--url', url, '--write-key', 'k', '--acked', acked, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      sent: 3,
      accepted: 3,
      rejected: 0,
      retried: 0,
      eventsPerSecond: expect.any(Number) as number,
    });
    expect(readFileSync(acked, 'utf8')).toBe('a\nb\nc\n');
  });

  it.each([
    ['a file that is not there', ['replay', 'nothing.csv', '--write-key', 'k'], 1, /nothing\.csv/],
    ['an unknown format', ['replay', 'x', '--format', 'parquet', '--write-key', 'k'], 2, /online-retail/],
    ['no write key', ['replay', 'x'], 2, /--write-key/],
    ['a URL that is none', ['replay', __filename, '--url', 'nope', '--write-key', 'k'], 1, /--url/],
    ['a speed that is none', ['replay', 'x', '--write-key', 'k', '--speed', '-1'], 2, /above 0/],
  ])('tells about %s', async (_name, args, code, message) => {
    const result = await run(...args);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(message);
  });
});
