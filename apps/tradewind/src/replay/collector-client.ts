import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError, type ErrorCode } from '@tradewind/contracts';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 3_000;
const REQUEST_TIMEOUT_MS = 30_000;

export interface CollectorClientOptions {
  /** Base URL of the collector, e.g. `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly writeKey: string;
  /** Connections kept open. */
  readonly connections: number;
  readonly signal?: AbortSignal | undefined;
  /** Called before each further attempt. */
  onRetry?(): void;
}

/** What the collector said about the entries of one request. */
export interface CollectorReceipt {
  readonly accepted: number;
  readonly rejected: number;
  /** Taken and not published, because a person or the source does not want it. */
  readonly dropped?: number;
  readonly errors: readonly { readonly index: number; readonly code: string; readonly reason: string }[];
}

export interface CollectorClient {
  /**
   * Posts JSON until the collector acknowledges it, for as long as it takes: 408, 429, any 5xx and network errors are tried again, as told by
   * Retry-After or with growing, jittered pauses.
   * @throws AppError with the collector's code when it refuses for good (400, 401, 413); the signal's reason when aborted
   */
  post(path: string, json: string): Promise<CollectorReceipt>;
  close(): void;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

export function createCollectorClient(options: CollectorClientOptions): CollectorClient {
  const { url, writeKey, connections, signal } = options;
  const isTls = new URL(url).protocol === 'https:';
  const agent = isTls
    ? new HttpsAgent({ keepAlive: true, maxSockets: connections })
    : new HttpAgent({ keepAlive: true, maxSockets: connections });
  const headers = { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` };

  const postOnce = (path: string, body: Buffer): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const outgoing = (isTls ? httpsRequest : httpRequest)(
        new URL(path, url),
        {
          method: 'POST',
          agent,
          headers: { ...headers, 'content-length': body.length },
          timeout: REQUEST_TIMEOUT_MS,
          ...(signal && { signal }),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          // Also when the connection breaks in the middle of the answer: then it is not complete.
          response.on('close', () =>
            response.complete
              ? resolve({
                  status: response.statusCode ?? 0,
                  retryAfter: response.headers['retry-after'],
                  text: Buffer.concat(chunks).toString(),
                })
              : reject(new Error('the connection broke')),
          );
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${REQUEST_TIMEOUT_MS} ms`)));
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  return {
    close: () => agent.destroy(),
    async post(path, json) {
      const body = Buffer.from(json);
      for (let attempt = 0; ; attempt++) {
        const answer = await postOnce(path, body).catch((error: unknown) => networkError(error, signal));
        if (answer !== null && answer.status >= 200 && answer.status < 300) return parseReceipt(answer.text);
        if (answer !== null && !isTransient(answer.status)) throw refusal(answer, url);
        options.onRetry?.();
        await pause(retryDelayMs(answer, attempt), undefined, signal && { signal });
      }
    },
  };
}

/** Network errors are worth another attempt; an abort is not. */
function networkError(error: unknown, signal: AbortSignal | undefined): null {
  if (signal?.aborted) throw error;
  return null;
}

function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Between half and all of a time that doubles, so that lanes that failed together do not come back together. */
function retryDelayMs(answer: Answer | null, attempt: number): number {
  const told = Number(answer?.retryAfter);
  if (answer?.retryAfter !== undefined && told >= 0) return told * 1000;
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2);
}

function parseReceipt(text: string): CollectorReceipt {
  return JSON.parse(text) as CollectorReceipt;
}

const REMEDIES: Partial<Record<number, { code: ErrorCode; remedy: string }>> = {
  401: { code: 'WRITE_KEY_UNKNOWN', remedy: 'give a write key of an enabled source with --write-key' },
  404: { code: 'NOT_FOUND', remedy: 'give the base URL of the collector with --url' },
  413: { code: 'REQUEST_TOO_LARGE', remedy: 'one event of the file is larger than a request may be' },
};

function refusal(answer: Answer, url: string): AppError {
  const { code, remedy } = REMEDIES[answer.status] ?? { code: 'EVENT_INVALID' as const, remedy: 'it does not speak this API' };
  return new AppError(code, `${url} answered ${answer.status} ${answer.text.slice(0, 200)}: ${remedy}`);
}
