/** One case: what the server answered, and what each client then did. */
export interface AnswerRow {
  readonly name: string;
  readonly answer: string;
  readonly clients: readonly string[];
}

const HEAD = `# What the server answers, and what the clients then do

Each row was provoked on the running server with the clients as they come from npm, with their default retries, by
[answers.spec.ts](../../apps/ingest/test/clients/answers.spec.ts), which also compares this page with what it saw and counts the events on the
topic: one for each that a client counts as delivered, none for each that it drops. To write the page anew:
\`UPDATE_DOCS=true node tools/jest.mjs apps/ingest/test/clients -- -t 'what the server answers'\`.
`;

const TAIL = `
What follows from it:

- Whatever passes by itself is answered with a code that makes every client send again: 429 with a whole Retry-After, 500 or 503, never 400, 404, 413 or 501.
- rudder-sdk-node tries four times within about two seconds and then drops. One replica that restarts takes longer than that: run two or more, or give it
  \`retryCount: 10\`.
- A client that got no answer sends again what the log already has. The messageId is the same, so it is published once (see deduplication in
  [the collector's README](../../apps/ingest/README.md)).
- The server gives no other codes on these paths: no redirects, no 408, 410, 422, 501, 502 or 504.
`;

/** The page docs/guides/answers.md. */
export function renderAnswers(clients: readonly string[], rows: readonly AnswerRow[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [
    ['case', 'answer', ...clients],
    ['---', '---', ...clients.map(() => '---')],
    ...rows.map(({ name, answer, clients: cells }) => [name, answer, ...cells]),
  ];
  return `${HEAD}\n${table.map(line).join('\n')}\n${TAIL}`;
}
