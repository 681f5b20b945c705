import { EVENT, REJECTED_EVENT, TOPICS, type Event } from '@tradewind/contracts';
import { CloudEvent, HTTP, type Headers as CloudEventHeaders } from 'cloudevents';
import fc from 'fast-check';
import { startCollector, type TestCollector } from '../../test/start-collector';
import { Fault } from '../fault';
import { contentMode } from './read-request';
import { toEvent } from './to-event';

const KEY = 'ce-key';
const BASIC = `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`;
const TIME = '2023-11-05T10:00:00.000Z';
const attributes = { id: 'e-1', source: '/shop/web', type: 'com.segment.track', time: TIME, subject: 'u1' };
const json = { ...attributes, specversion: '1.0', data: { event: 'Signed Up', properties: { plan: 'pro' } } };
let collector: TestCollector;

beforeAll(async () => {
  collector = await startCollector({ sourceId: 'bus', writeKey: KEY });
});
beforeEach(() => collector.reset());
afterAll(() => collector.close());

async function send(body: string, headers: Record<string, string>) {
  const response = await fetch(`${collector.url}/v1/cloudevents`, { method: 'POST', body, headers: { authorization: BASIC, ...headers } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const events = (): Event[] =>
  collector.published.filter(({ topic }) => topic === TOPICS.events.name).map(({ value }) => EVENT.decode(value));
const structured = (event: unknown) => send(JSON.stringify(event), { 'content-type': 'application/cloudevents+json; charset=utf-8' });

describe('POST /v1/cloudevents', () => {
  const message = (event: CloudEvent<unknown>, mode: 'binary' | 'structured') => {
    const { headers, body } = HTTP[mode](event);
    return send(body as string, toPlain(headers));
  };
  const toPlain = (headers: CloudEventHeaders) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

  it.each(['binary', 'structured'] as const)("takes the CNCF SDK's %s mode", async (mode) => {
    const sent = new CloudEvent({ ...attributes, data: json.data });
    expect(await message(sent, mode)).toMatchObject({ status: 200, body: { success: true, accepted: 1 } });
    const [event] = events();
    expect(event).toMatchObject({ messageId: 'e-1', userId: 'u1', name: 'Signed Up', occurredAtMs: Date.parse(TIME) });
    expect(JSON.parse(Buffer.from(event!.payloadJson).toString())).toEqual({ properties: { plan: 'pro' } });
  });

  it('decodes percent-encoded headers and takes a key from the address', async () => {
    const headers = { 'ce-id': '1', 'ce-source': '/a', 'ce-type': 'x.page.v1', 'ce-specversion': '1.0', 'ce-subject': 'J%C3%B6rg%20A' };
    const response = await fetch(`${collector.url}/v1/cloudevents?writeKey=${KEY}`, { method: 'POST', body: '{}', headers });
    expect([response.status, events()[0]!.userId]).toEqual([200, 'Jörg A']);
  });

  it('answers for each event of a batch', async () => {
    const batch = [
      json,
      { ...json, id: '' },
      { ...json, id: 'e-3', subject: undefined },
      { ...json, id: 'e-4', type: 'com.example.order' },
      7,
    ];
    const answer = await send(JSON.stringify(batch), { 'content-type': 'application/cloudevents-batch+json' });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        success: true,
        accepted: 1,
        rejected: 4,
        errors: [
          { index: 1, code: 'EVENT_INVALID', reason: 'the CloudEvents attribute id is missing or no text' },
          { index: 2, code: 'IDENTITY_MISSING' },
          { index: 3, code: 'EVENT_TYPE_UNKNOWN' },
          { index: 4, code: 'EVENT_INVALID' },
        ],
      },
    });
    const kept = collector.published.filter(({ topic }) => topic === TOPICS.rejected.name).map(({ value }) => REJECTED_EVENT.decode(value));
    // As a call where it is one, so that it can be mended and sent like any other; else as it came.
    expect(JSON.parse(Buffer.from(kept[1]!.original).toString())).toMatchObject({ type: 'track', messageId: 'e-3' });
    expect(JSON.parse(Buffer.from(kept[2]!.original).toString())).toMatchObject({ specversion: '1.0', id: 'e-4' });
  });

  it('answers 400 to a lone event that it refuses, and keeps it', async () => {
    expect(await structured({ ...json, subject: undefined })).toMatchObject({
      status: 400,
      body: { success: false, rejected: 1, errors: [{ code: 'IDENTITY_MISSING' }] },
    });
    expect(collector.published.map(({ topic }) => topic)).toEqual([TOPICS.rejected.name]);
  });

  it.each([
    ['no CloudEvent at all', '{}', { 'content-type': 'application/json' }, 400, 'EVENT_INVALID'],
    ['a format that is not JSON', 'x', { 'content-type': 'application/cloudevents+avro' }, 415, 'ENCODING_UNSUPPORTED'],
    ['a structured event that is no JSON', '{', { 'content-type': 'application/cloudevents+json' }, 400, 'JSON_MALFORMED'],
    ['a batch that is none', '{}', { 'content-type': 'application/cloudevents-batch+json' }, 400, 'EVENT_INVALID'],
    ['binary data that is no JSON', '<a/>', { 'ce-id': '1', 'ce-specversion': '1.0', 'content-type': 'text/xml' }, 400, 'JSON_MALFORMED'],
    ['a wrong key', '{}', { authorization: 'Basic bm86', 'content-type': 'application/cloudevents+json' }, 401, 'WRITE_KEY_UNKNOWN'],
  ])('refuses %s and publishes nothing', async (_name, body, headers, status, code) => {
    expect(await send(body, headers as Record<string, string>)).toMatchObject({ status, body: { success: false, error: { code } } });
    expect(collector.published).toEqual([]);
  });
});

describe('the call in a CloudEvent', () => {
  it.each([
    [
      'properties alone',
      { type: 'io.tradewind.clickstream.track', data: { plan: 'pro' }, eventname: 'Signed Up' },
      { type: 'track', event: 'Signed Up', properties: { plan: 'pro' } },
    ],
    [
      'traits alone',
      { type: 'com.segment.identify.v2', data: { email: 'a@b.example' } },
      { type: 'identify', traits: { email: 'a@b.example' } },
    ],
    [
      'a call with its own words',
      { type: 'com.segment.track', data: { type: 'page', messageId: 'm', anonymousId: 'a', timestamp: '2020-01-01' } },
      { type: 'page', messageId: 'm', anonymousId: 'a', timestamp: '2020-01-01' },
    ],
    ['data in base64', { data: undefined, data_base64: Buffer.from('{"event":"e"}').toString('base64') }, { type: 'track', event: 'e' }],
  ])('is made of %s', (_name, change, expected) => {
    const call = toEvent({ ...json, ...change }) as Record<string, unknown>;
    expect(call).toMatchObject(expected);
    if (!('messageId' in expected)) expect(call).toMatchObject({ messageId: 'e-1', timestamp: TIME, userId: 'u1' });
    else expect(call['userId']).toBeUndefined();
  });

  it.each([
    ['version', { specversion: '0.3' }, /specversion "0.3"/],
    ['a time', { time: 'yesterday' }, /time must match format/],
    ['an extension', { Bad_Name: 'x' }, /invalid extension name/],
    ['data', { data: [1] }, /data must be a JSON object/],
    ['base64', { data: undefined, data_base64: '####' }, /data_base64/],
    ['source', { source: 5 }, /source is missing or no text/],
  ])('says what is wrong with %s', (_name, change, reason) => {
    const fault = toEvent({ ...json, ...change });
    expect(fault).toBeInstanceOf(Fault);
    expect((fault as Fault).reason).toMatch(reason);
  });

  it('decides about any JSON value without throwing', () => {
    const event = fc.record(
      Object.fromEntries([...Object.keys(json), 'data_base64', 'dataschema', 'x'].map((name) => [name, fc.jsonValue()])),
      {
        requiredKeys: [],
      },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          event,
          event.map((some) => ({ ...json, ...some })),
        ),
        (value) => {
          const call = toEvent(value);
          expect(call instanceof Fault || typeof JSON.stringify(call) === 'string').toBe(true);
        },
      ),
    );
  });

  it('tells the mode by the content type first', () => {
    expect(contentMode({ 'content-type': 'Application/CloudEvents+JSON', 'ce-id': '1' })).toBe('structured');
    expect(contentMode({ 'content-type': 'application/json', 'ce-specversion': '1.0' })).toBe('binary');
  });
});
