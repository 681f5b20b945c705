import { Agent, request as send } from 'node:http';
import fc from 'fast-check';
import { requests, type FuzzRequest, type Target } from './requests';

export interface FuzzOptions {
  /** Base URL of the collector. */
  readonly url: string;
  readonly writeKeys: readonly string[];
  readonly bodies: number;
  readonly seed: number;
  /** A request that takes longer, each time it is tried, is a finding; milliseconds. @default 1000 */
  readonly slowMs?: number;
  readonly onProgress?: (done: number) => void;
}

/** A request that must not be answered as it was. */
export interface Finding {
  /** Place in the run: the same for a seed. */
  readonly index: number;
  /** Null: no answer, the connection broke. */
  readonly status: number | null;
  /** The fastest of four tries. */
  readonly ms: number;
  readonly request: FuzzRequest;
}

export interface FuzzRun {
  readonly bodies: number;
  readonly bytes: number;
  /** Answers by status; 0 where the server broke the connection. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly accepted: number;
  readonly rejected: number;
  readonly dropped: number;
  /** Answers of 429 and 5xx, broken connections, and requests that take over a second each time. */
  readonly findings: readonly Finding[];
  readonly p99Ms: number;
  readonly maxMs: number;
}

const CHUNK = 250;
const CONNECTIONS = 4;
const TRIES = 3;
const TIMEOUT_MS = 20_000;
const MAX_FINDINGS = 20;

/** The target as the server itself describes it, in the OpenAPI document that is tested against its routes. */
export async function readTarget(url: string, writeKeys: readonly string[]): Promise<Target> {
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, Record<string, unknown>> };
  const having = (method: string) => Object.keys(paths).filter((path) => method in paths[path]!);
  return { posts: having('post'), gets: having('get'), writeKeys };
}

/** Sends generated requests over a few connections and notes every answer that none of them may get. The same seed sends the same. */
export async function fuzz({ url, writeKeys, bodies, seed, slowMs = 1_000, onProgress }: FuzzOptions): Promise<FuzzRun> {
  const arbitrary = requests(await readTarget(url, writeKeys));
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const tally = new Tally();
  try {
    for (let done = 0; done < bodies; done += CHUNK) {
      const chunk = fc.sample(arbitrary, { numRuns: Math.min(CHUNK, bodies - done), seed: seed + done });
      const indexed = chunk.map((request, i) => ({ request, index: done + i }));
      await Promise.all(
        Array.from({ length: CONNECTIONS }, async () => {
          for (let next = indexed.pop(); next !== undefined; next = indexed.pop()) tally.add(await judge({ url, agent, ...next, slowMs }));
        }),
      );
      onProgress?.(Math.min(bodies, done + CHUNK));
    }
    return tally.result(bodies);
  } finally {
    agent.destroy();
  }
}

interface Answer {
  readonly status: number | null;
  readonly ms: number;
  readonly text: string;
}

interface Judged extends Answer {
  readonly index: number;
  readonly request: FuzzRequest;
  readonly isBad: boolean;
}

interface Sending {
  readonly url: string;
  readonly agent: Agent;
  readonly request: FuzzRequest;
  readonly index: number;
  readonly slowMs: number;
}

/** What looks slow is sent again: the machine may have been busy. A connection that broke is not: an answer to too much may be lost. */
async function judge({ url, agent, request, index, slowMs }: Sending): Promise<Judged> {
  const answer = await post(url, agent, request);
  let { ms } = answer;
  for (let tries = 0; ms > slowMs && tries < TRIES; tries++) ms = Math.min(ms, (await post(url, agent, request)).ms);
  const { status } = answer;
  const isRefused = status === null ? !isOversize(request) : status === 429 || status >= 500;
  return { ...answer, index, request, isBad: isRefused || ms > slowMs, ...(ms > slowMs && { ms }) };
}

/** The server answers and stops reading; whether the answer still arrives is the network's choice. */
function isOversize({ body }: FuzzRequest): boolean {
  return body.length > 4 * 1024 * 1024;
}

function post(url: string, agent: Agent, { method, path, headers, body }: FuzzRequest): Promise<Answer> {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const done = (status: number | null, text = '') => resolve({ status, ms: performance.now() - startedMs, text });
    const outgoing = send(
      url + path,
      { method, agent, timeout: TIMEOUT_MS, headers: { ...headers, ...(body.length > 0 && { 'content-length': body.length }) } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('end', () => done(incoming.statusCode!, Buffer.concat(chunks).toString()));
        incoming.once('error', () => done(null));
      },
    );
    outgoing.once('timeout', () => outgoing.destroy());
    outgoing.once('error', () => done(null));
    outgoing.end(body);
  });
}

class Tally {
  private readonly statuses: Record<number, number> = {};
  private readonly counts = { accepted: 0, rejected: 0, dropped: 0 };
  private readonly findings: Finding[] = [];
  private readonly times: number[] = [];
  private bytes = 0;

  add({ status, ms, text, index, request, isBad }: Judged): void {
    this.statuses[status ?? 0] = (this.statuses[status ?? 0] ?? 0) + 1;
    this.times.push(ms);
    this.bytes += request.body.length;
    if (status === 200 && text.startsWith('{"success":true')) this.count(JSON.parse(text) as Partial<typeof this.counts>);
    if (isBad && this.findings.length < MAX_FINDINGS) this.findings.push({ index, status, ms: Math.round(ms), request });
  }

  private count({ accepted = 0, rejected = 0, dropped = 0 }: Partial<typeof this.counts>): void {
    this.counts.accepted += accepted;
    this.counts.rejected += rejected;
    this.counts.dropped += dropped;
  }

  result(bodies: number): FuzzRun {
    const sorted = this.times.sort((a, b) => a - b);
    const at = (quantile: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))] ?? 0);
    const { statuses, bytes, counts, findings } = this;
    return { bodies, bytes, statuses, ...counts, findings, p99Ms: at(0.99), maxMs: at(1) };
  }
}
