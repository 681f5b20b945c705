import { gunzipSync } from 'node:zlib';
import { createRequests, withAnyId, type RequestOptions } from './load-requests';

const OPTIONS: RequestOptions = { path: '/v1/batch', writeKey: 'key', gzip: false };
const BODIES = ['one', 'two'].map((name) =>
  JSON.stringify({
    batch: Array.from({ length: 20 }, (_, i) =>
      withAnyId({ type: 'track', event: 'Product Added', userId: `u${i}`, properties: { name, i } }),
    ),
  }),
);

function parse(request: Buffer, gzip: boolean): { head: string; ids: string[] } {
  const headEnd = request.indexOf('\r\n\r\n') + 4;
  const head = request.toString('latin1', 0, headEnd);
  const body = request.subarray(headEnd);
  expect(head).toContain(`content-length: ${body.length}\r\n`);
  const { batch } = JSON.parse((gzip ? gunzipSync(body) : body).toString()) as { batch: { messageId: string }[] };
  return { head, ids: batch.map(({ messageId }) => messageId) };
}

describe('requests of the load generator', () => {
  it.each([false, true])('never repeat a message id, gzip: %s', (gzip) => {
    const next = createRequests(BODIES, { ...OPTIONS, gzip });
    const requests = [next(), next(), next(), next()].map((request) => parse(request, gzip));
    expect(requests[0]!.head).toContain('POST /v1/batch HTTP/1.1\r\n');
    expect(requests[0]!.head.includes('content-encoding: gzip')).toBe(gzip);
    const ids = requests.flatMap((request) => request.ids);
    expect([ids.length, new Set(ids).size, new Set(ids.map((id) => id.length))]).toEqual([80, 80, new Set([36])]);
  });

  it('are compressed', () => {
    const [plain, packed] = [false, true].map((gzip) => createRequests(BODIES, { ...OPTIONS, gzip }));
    expect(packed!().length).toBeLessThan(plain!().length / 2);
  });
});
