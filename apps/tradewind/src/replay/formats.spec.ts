import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { useTempDir } from '@tradewind/testing';
import { openRecording, type ReplayFormat } from './open-recording';
import type { ReplayEvent } from './recording';

const dir = useTempDir();

async function eventsOf(name: string, content: string | Buffer, format: ReplayFormat): Promise<ReplayEvent[]> {
  const path = join(dir(), name);
  writeFileSync(path, content);
  const events: ReplayEvent[] = [];
  for await (const event of openRecording(path, format).events()) events.push(event);
  return events;
}

describe('tradewind format', () => {
  const text = '{"type":"track","event":"a","userId":"u","messageId":"m"}\r\n\n{"type":"identify","userId":"é"}\n';
  const expected = [
    { type: 'track', event: 'a', userId: 'u', messageId: 'm' },
    { type: 'identify', userId: 'é' },
  ];

  it.each([
    ['plain', 'e.ndjson', Buffer.from(text)],
    ['gzip', 'e.ndjson.gz', gzipSync(text)],
    ['brotli', 'e.ndjson.br', brotliCompressSync(text)],
  ])('reads %s files', async (_name, file, content) => {
    const events = await eventsOf(file, content, 'tradewind');
    expect(events).toEqual([expected[0], { ...expected[1], messageId: `${file}:3` }]);
  });

  it.each([['{"type":'], ['17'], ['{"type":"merge"}']])('names the line of %p', async (line) => {
    await expect(eventsOf('bad.ndjson', `${text}${line}`, 'tradewind')).rejects.toThrow(/line 4/);
  });

  it('is FILE_INVALID when the compressed data is cut', async () => {
    await expect(eventsOf('cut.ndjson.gz', gzipSync(text.repeat(100)).subarray(0, 60), 'tradewind')).rejects.toMatchObject({
      code: 'FILE_INVALID',
    });
  });
});

describe('movielens format', () => {
  it.each([
    ['tabs', '1\t10\t5\t20\n2\t10\t3\t10\n'],
    ['double colons', '1::10::5::20\n2::10::3::10\n'],
    ['commas with a header', 'userId,movieId,rating,timestamp\n1,10,5.0,20\n2,10,3.0,10\n'],
  ])('reads %s, in time order', async (_name, text) => {
    const events = await eventsOf('ratings', text, 'movielens');
    expect(events.map(({ userId, event, timestamp }) => [userId, event, timestamp])).toEqual([
      ['2', 'Product Viewed', '1970-01-01T00:00:10.000Z'],
      ['1', 'Product Viewed', '1970-01-01T00:00:20.000Z'],
      ['1', 'Order Completed', '1970-01-01T00:00:20.000Z'],
    ]);
    expect(events[2]!.properties).toEqual({ order_id: 'movielens:1:10', products: [{ product_id: '10' }] });
  });
});

describe('retailrocket format', () => {
  it('sorts events of anonymous visitors', async () => {
    const text =
      'timestamp,visitorid,event,itemid,transactionid\n1433221332117,257597,view,355908,\n1433221300000,1,transaction,7,99\n1433221200000,1,addtocart,7,\n';
    const events = await eventsOf('events.csv', text, 'retailrocket');
    expect(events.map(({ anonymousId, event, properties }) => [anonymousId, event, properties])).toEqual([
      ['1', 'Product Added', { product_id: '7' }],
      ['1', 'Order Completed', { order_id: '99', products: [{ product_id: '7' }] }],
      ['257597', 'Product Viewed', { product_id: '355908' }],
    ]);
  });

  it('refuses other columns', async () => {
    await expect(eventsOf('events.csv', 'a,b\n1,2\n', 'retailrocket')).rejects.toThrow(/no column timestamp/);
  });
});
