import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { AppError } from '@tradewind/contracts';
import type { NextRequest } from './load-requests';

export interface LoadOptions {
  readonly url: string;
  readonly next: NextRequest;
  readonly seconds: number;
  readonly connections: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Closed loop: each connection sends its next request when it has the answer. Done on sockets, as the generator shares the machine with what it
 * measures. @throws HANDLER_FAILED unless every answer is 2xx
 */
export async function load({ url, next, seconds, connections }: LoadOptions): Promise<LoadResult> {
  const { hostname, port } = new URL(url);
  const sockets = Array.from({ length: connections }, () => connect({ host: hostname, port: Number(port), noDelay: true }));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1000;
  try {
    await Promise.all(sockets.map((socket) => runConnection(socket, { next, endAt, latenciesMs })));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  const requestsPerSecond = latenciesMs.length / ((performance.now() - startedAt) / 1000);
  const sorted = Float64Array.from(latenciesMs).sort();
  const quantile = (q: number) => Math.round(10 * sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!) / 10;
  return { requests: sorted.length, requestsPerSecond, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

interface Run {
  readonly next: NextRequest;
  readonly endAt: number;
  readonly latenciesMs: number[];
}

/** Resolves with the first answer after `endAt`. */
function runConnection(socket: Socket, { next, endAt, latenciesMs }: Run): Promise<void> {
  return new Promise((resolve, reject) => {
    let received: Buffer | null = null;
    let sentAt = 0;
    const send = (): void => {
      sentAt = performance.now();
      socket.write(next());
    };
    socket.on('data', (chunk) => {
      received = received === null ? chunk : Buffer.concat([received, chunk]);
      const answer = readAnswer(received);
      if (answer === null) return;
      if (answer.status < 200 || answer.status > 299) return reject(refused(received));
      received = null;
      const now = performance.now();
      latenciesMs.push(now - sentAt);
      if (now < endAt) send();
      else resolve();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new AppError('HANDLER_FAILED', 'the server closed a connection under load')));
    send();
  });
}

/** Null until all of it is there. Every server measured says how long its answers are. */
function readAnswer(bytes: Buffer): { readonly status: number } | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const head = bytes.toString('latin1', 0, headEnd);
  const length = /\ncontent-length: *(\d+)/i.exec(head);
  if (!length) throw new AppError('HANDLER_FAILED', `an answer without a length: ${head}`);
  return bytes.length < headEnd + 4 + Number(length[1]) ? null : { status: Number(head.slice(9, 12)) };
}

function refused(answer: Buffer): AppError {
  return new AppError('HANDLER_FAILED', `refused under load: ${answer.toString('latin1').slice(0, 500)}`);
}
