import { createServer, type Server } from 'node:http';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { useTempDir } from '@tradewind/testing';
import fc from 'fast-check';
import { parquetWriteFile } from 'hyparquet-writer';
import { createConvert, readNumber } from './convert';
import { fileId } from './file-id';
import { ImportEnded, importRows, type ImportOptions } from './import-rows';
import { createMapping, parseMap, type MappingOptions } from './mapping';
import { formatOf, openRows, type ImportFormat } from './open-rows';
import { createTimeReader } from './read-time';
import type { BadRow, Row } from './row';

const CSV = { delimiter: ',' };
const convert = createConvert({ decimal: '.', format: 'auto', zone: 'UTC' });
const mapping = (map: string, options: Partial<MappingOptions> = {}) =>
  createMapping({ as: 'events', fields: map === '' ? [] : parseMap(map), keepRest: true, convert, ...options });

describe('reading rows', () => {
  const dir = useTempDir();
  const file = (name: string, content: string | Buffer) => {
    const path = join(dir(), name);
    writeFileSync(path, content);
    return path;
  };
  const read = async (path: string, csv: { delimiter: string; columns?: string[] } = CSV) => {
    const rows: (Row | BadRow)[] = [];
    const reader = await openRows(path, formatOf(path)!, csv);
    for await (const row of reader.rows()) rows.push(row);
    await reader.close();
    return rows;
  };

  it('of CSV, with quotes, line breaks, a mark, and lines that are too long or too short', async () => {
    const text = '\ufeffid,text\r\n1,"a, ""b""\nc"\r\n\r\n2\n3,x,y\n4,5" pipe\n';
    expect(await read(file('a.csv', text))).toEqual([
      { row: 1, line: 2, value: { id: '1', text: 'a, "b"\nc' } },
      { row: 2, line: 5, bad: { code: 'FILE_INVALID', reason: 'the line has 1 fields, there are 2 columns' } },
      { row: 3, line: 6, bad: { code: 'FILE_INVALID', reason: 'the line has 3 fields, there are 2 columns' } },
      { row: 4, line: 7, value: { id: '4', text: '5" pipe' } },
    ]);
    expect(await read(file('b.tsv.gz', gzipSync('1\t\n')), { delimiter: '\t', columns: ['a', 'b'] })).toEqual([
      { row: 1, line: 1, value: { a: '1' } },
    ]);
  });

  it('of NDJSON, the bad lines alone', async () => {
    expect(await read(file('a.ndjson.gz', gzipSync('\ufeff{"a":1}\n\n{]\n5\n{"b":2}')))).toEqual([
      { row: 1, line: 1, value: { a: 1 } },
      { row: 2, line: 3, bad: { code: 'JSON_MALFORMED', reason: 'the line is not JSON' } },
      { row: 3, line: 4, bad: { code: 'JSON_MALFORMED', reason: 'the line is no JSON object' } },
      { row: 4, line: 5, value: { b: 2 } },
    ]);
  });

  it('of Parquet, whatever its types and its compression, over row groups', async () => {
    const count = 25_000;
    const path = join(dir(), 'a.parquet');
    parquetWriteFile({
      filename: path,
      rowGroupSize: 10_000,
      columnData: [
        { name: 'id', data: Array.from({ length: count }, (_, i) => BigInt(i)), type: 'INT64' },
        { name: 'big', data: Array.from({ length: count }, () => 2n ** 60n), type: 'INT64' },
        { name: 'name', data: Array.from({ length: count }, (_, i) => (i % 2 ? `n${i}` : null)), type: 'STRING' },
        { name: 'at', data: Array.from({ length: count }, (_, i) => new Date(i * 1000)), type: 'TIMESTAMP' },
        { name: 'price', data: Array.from({ length: count }, (_, i) => i / 4), type: 'DOUBLE' },
      ],
    });
    const rows = await read(path);
    expect(rows).toHaveLength(count);
    expect(rows[10_001]).toEqual({
      row: 10_002,
      line: 10_002,
      value: { id: 10_001, big: '1152921504606846976', name: 'n10001', at: '1970-01-01T02:46:41.000Z', price: 2500.25 },
    });
    expect((rows[10_000] as Row).value).not.toHaveProperty('name');
  });

  it.each([
    ['a file that is not there', 'none.csv', null, /there is no readable file/],
    ['CSV that is cut in a quote', 'a.csv', 'a,b\n1,"x', /cannot be read as CSV from line 2 on/],
    ['repeated columns', 'a.csv', 'a,a\n1,2', /two columns "a"/],
    ['gzip that is none', 'a.csv.gz', 'a,b', /cannot be read as CSV/],
    ['Parquet that is none', 'a.parquet', 'PAR1 no', /cannot be read as Parquet/],
    ['Parquet in gzip that is none', 'a.parquet.gz', 'no', /could not unpack/],
  ])('refuses %s', async (_name, name, content, message) => {
    const path = content === null ? join(dir(), name) : file(name, content);
    await expect(read(path)).rejects.toThrow(
      expect.objectContaining({ code: 'FILE_INVALID', message: expect.stringMatching(message) as string }),
    );
  });

  it('identifies a file with the way it is read', async () => {
    const path = file('a.csv', 'a');
    expect(await fileId(path, { as: 'events' })).toBe(await fileId(path, { as: 'events' }));
    expect(await fileId(path, { as: 'items' })).not.toBe(await fileId(path, { as: 'events' }));
  });
});

describe('mapping', () => {
  it('fills targets from columns, paths and constants, typed by the target', () => {
    const toEntry = mapping(
      'userId=customer id,event="Order Completed",timestamp=at,properties.total=sum,properties.n:number=deep.n,properties.zip:text=zip',
    );
    expect(
      JSON.parse(
        JSON.stringify(toEntry({ 'customer id': '17', at: '1700000000', sum: '£1,234.50', deep: { n: '5' }, zip: 7, colour: 'red' })),
      ),
    ).toEqual({
      type: 'track',
      userId: '17',
      event: 'Order Completed',
      timestamp: '2023-11-14T22:13:20.000Z',
      properties: { total: 1234.5, n: 5, zip: '7', deep: { n: '5' }, colour: 'red' },
    });
  });

  it('takes columns by their own names without a map', () => {
    expect(mapping('')({ type: 'identify', userId: 'u', email: 'e', traits: { plan: 'pro' } })).toMatchObject({
      type: 'identify',
      userId: 'u',
      traits: { plan: 'pro', email: 'e' },
    });
    expect(mapping('', { as: 'items' })({ item_id: '1', price: '9,99', colour: 'red' })).toEqual({
      item_id: '1',
      price: '9,99',
      colour: 'red',
    });
    expect(mapping('', { as: 'posts' })({ post_id: '1', likes: '3', 'author.followers': '12' })).toEqual({
      post_id: '1',
      likes: 3,
      author: { followers: 12 },
    });
    expect(mapping('userId=a', { keepRest: false })({ a: 'u', b: 1 })).toEqual({ type: 'track', userId: 'u' });
  });

  it('reads `a,b` as one column and tells what is wrong', () => {
    expect(parseMap('x=`a,b`,y="c,d=e"')).toEqual([
      { target: 'x', type: undefined, column: 'a,b' },
      { target: 'y', type: undefined, constant: 'c,d=e' },
    ]);
    expect(() => parseMap('userId')).toThrow(/--map "userId"/);
    expect(() => parseMap('a:date=b')).toThrow(/"date" is no type/);
  });

  it('makes JSON of any row without reaching a prototype', () => {
    const name = fc.oneof(fc.string(), fc.constantFrom('__proto__.x', 'properties.__proto__.y', 'properties', 'type', 'traits.a.b'));
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), (value) => {
        JSON.stringify(mapping('')(value));
        expect(({} as Record<string, unknown>)['x'] ?? ({} as Record<string, unknown>)['y']).toBeUndefined();
      }),
    );
  });

  it.each([
    ['1,234.50', '.', 1234.5],
    ['1.234,50 €', ',', 1234.5],
    ['(3.20)', '.', -3.2],
    ['-1e3', '.', -1000],
    ["1'000", '.', 1000],
    ['1,2', '.', undefined],
    ['12 kg', '.', undefined],
    ['', '.', undefined],
  ] as const)('reads the number %s with %s', (text, decimal, expected) => expect(readNumber(text, decimal)).toBe(expected));
});

describe('times', () => {
  const read = (value: unknown, format = 'auto', zone = 'UTC') => createTimeReader({ format, zone })(value);

  it.each([
    ['2024-05-01', '2024-05-01T00:00:00.000Z'],
    ['2024-05-01 10:20', '2024-05-01T10:20:00.000Z'],
    ['2024-05-01T10:20:30.1239+02', '2024-05-01T08:20:30.123Z'],
    [1_714_557_600, '2024-05-01T10:00:00.000Z'],
    ['1714557600000', '2024-05-01T10:00:00.000Z'],
    [1_714_557_600_000_000, '2024-05-01T10:00:00.000Z'],
    ['1714557600000000000', '2024-05-01T10:00:00.000Z'],
    ['20240501', undefined],
    ['2024-02-30', undefined],
    ['soon', undefined],
    [true, undefined],
  ])('reads %s by itself', (value, expected) => expect(read(value)).toBe(expected));

  it.each([
    ['31/12/2010 8:26', 'dd/MM/yyyy H:mm', 'UTC', '2010-12-31T08:26:00.000Z'],
    ['12/1/10 12:05 am', 'M/d/yy h:mm a', 'UTC', '2010-12-01T00:05:00.000Z'],
    ['Wed, 1 May 2024 10:00:00 +0200', 'EEE d MMM yyyy HH:mm:ss XXX', 'UTC', '2024-05-01T08:00:00.000Z'],
    ['on 2024.05.01', "'on' yyyy.MM.dd", 'UTC', '2024-05-01T00:00:00.000Z'],
    ['01/07/2024 12:00', 'dd/MM/yyyy HH:mm', 'Europe/London', '2024-07-01T11:00:00.000Z'],
    ['2024-07-01', 'dd/MM/yyyy', 'UTC', undefined],
  ])('reads %s as %s in %s', (value, format, zone, expected) => expect(read(value, format, zone)).toBe(expected));

  it('moves a time that the clock skips on, and takes the first of two', () => {
    expect(read('2024-03-31 01:30', 'auto', 'Europe/London')).toBe('2024-03-31T01:30:00.000Z');
    expect(read('2024-10-27 01:30', 'auto', 'Europe/London')).toBe('2024-10-27T00:30:00.000Z');
  });

  it('finds local times again, in any zone', () => {
    const zones = fc.constantFrom(
      'Europe/London',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/St_Johns',
      'Pacific/Apia',
    );
    const minutes = fc.integer({ min: 0, max: 60 * 24 * 366 * 60 });
    fc.assert(
      fc.property(zones, minutes, (zone, minute) => {
        const utcMs = Date.UTC(1971, 0, 1) + minute * 60_000;
        const local = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
        const text = local.format(utcMs);
        const found = Date.parse(read(text, 'auto', zone)!);
        // The same local time; of a repeated one the first.
        expect([local.format(found), found <= utcMs]).toEqual([text, true]);
      }),
    );
  });

  it('refuses what there is not', () => {
    expect(() => read('', 'auto', 'Mars/Base')).toThrow(/time zone "Mars\/Base" is not known/);
    expect(() => read('', 'HH:mm')).toThrow(/name at least year, month and day/);
  });
});

describe('sending rows', () => {
  let server: Server;
  let url: string;
  const seen: { path: string; ids: unknown[] }[] = [];
  let answer: (entries: { messageId?: string; userId?: string }[]) => { status: number; body: object };

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as { batch: object[] } | object[];
        const entries = Array.isArray(body) ? body : body.batch;
        const { status, body: text } = answer(entries);
        if (status === 200) seen.push({ path: request.url!, ids: entries.map((entry) => (entry as { messageId?: string }).messageId) });
        response.writeHead(status, { 'retry-after': '0' }).end(JSON.stringify(text));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    seen.length = 0;
    answer = (entries) => ({ status: 200, body: { accepted: entries.length, rejected: 0, dropped: 0, errors: [] } });
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function* rows(count: number): AsyncIterable<Row | BadRow> {
    for (let row = 1; row <= count; row++) {
      if (row === 7) yield { row, line: row + 1, bad: { code: 'FILE_INVALID', reason: 'short' } };
      else yield { row, line: row + 1, value: { event: 'e', userId: `u${row % 5}` } };
    }
  }
  const send = (options: Partial<ImportOptions> = {}) =>
    importRows({
      rows: rows(100),
      as: 'events',
      toEntry: mapping(''),
      idPrefix: 'f',
      url,
      writeKey: 'k',
      batchRows: 10,
      concurrency: 3,
      ...options,
    });

  it('answers for every row, tells the bad ones by line, and keeps each user in order', async () => {
    answer = (entries) => {
      const errors = entries.flatMap(({ messageId }, index) =>
        messageId === 'f:50' ? [{ index, code: 'EVENT_INVALID', reason: 'why' }] : [],
      );
      return { status: 200, body: { accepted: entries.length - errors.length, rejected: errors.length, errors } };
    };
    const summary = await send();
    expect(summary).toMatchObject({
      rows: 100,
      accepted: 98,
      rejected: 1,
      unreadable: 1,
      nextRow: 101,
      byCode: { FILE_INVALID: 1, EVENT_INVALID: 1 },
    });
    expect(summary.firstBad).toEqual([
      { row: 7, line: 8, code: 'FILE_INVALID', reason: 'short' },
      { row: 50, line: 51, code: 'EVENT_INVALID', reason: 'why' },
    ]);
    const order = seen.flatMap(({ ids }) => ids.map((id) => Number(String(id).slice(2))));
    expect(order).toHaveLength(99);
    for (let user = 0; user < 5; user++) {
      const own = order.filter((row) => row % 5 === user);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  });

  it('goes on at a row, with the ids that a whole import would give', async () => {
    expect(await send({ fromRow: 96, limit: 3 })).toMatchObject({ rows: 3, accepted: 3, nextRow: 99 });
    expect(seen.flatMap(({ ids }) => ids).sort()).toEqual(['f:96', 'f:97', 'f:98']);
  });

  it('repeats what is refused for now, and says where to go on when it is refused for good', async () => {
    let calls = 0;
    const usual = answer;
    answer = (entries) => (++calls === 2 ? { status: 503, body: {} } : usual(entries));
    expect(await send()).toMatchObject({ accepted: 99, retried: 1 });
    answer = (entries) => (entries.some(({ messageId }) => messageId === 'f:65') ? { status: 401, body: {} } : usual(entries));
    const error = await send().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ImportEnded);
    const { progress, cause } = error as ImportEnded & { cause: unknown };
    expect([progress.nextRow, cause]).toMatchObject([61, { code: 'WRITE_KEY_UNKNOWN' }]);
  });

  it('sends items and posts to their paths, and nothing in a dry run', async () => {
    await send({ as: 'items', toEntry: mapping('item_id=userId', { as: 'items' }) });
    await send({ as: 'posts', toEntry: mapping('post_id=userId', { as: 'posts' }) });
    expect(new Set(seen.map(({ path }) => path))).toEqual(new Set(['/v1/catalog/items', '/v1/social/posts']));
    seen.length = 0;
    expect(await send({ dryRun: true })).toMatchObject({ rows: 100, accepted: 0, sample: { messageId: 'f:1' } });
    expect(seen).toEqual([]);
  });
});

it('knows a format by the name', () => {
  const names: [string, ImportFormat | undefined][] = [
    ['a.csv', 'csv'],
    ['a.b.TSV.gz', 'csv'],
    ['a.jsonl.br', 'ndjson'],
    ['a.parquet', 'parquet'],
    ['a.gz', undefined],
    ['csv', undefined],
  ];
  for (const [name, format] of names) expect([name, formatOf(name)]).toEqual([name, format]);
});
