import { Validator } from '@seriousme/openapi-schema-validator';
import { SILENT_LOGGER, createMetrics } from '@tradewind/observability';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import fastify from 'fastify';
import { startCollector, type TestCollector } from '../../test/start-collector';
import { createDebugView } from '../debug/debug-view';
import { createInFlight } from '../in-flight';
import { registerRoutes, type RouteDeps } from '../routes';
import { SCOPES } from '../write-keys';
import { openApiDocument } from './document';
import { OPERATIONS, type Operation } from './operations';

const KEY = 'openapi-key';
/** Of every service; libs/runtime adds them. */
const OF_THE_RUNTIME = ['get /livez', 'get /readyz', 'get /metrics'];

interface Document {
  readonly components: object;
  readonly paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, { schema: object }> }> }>>;
}
const document = openApiDocument() as Document;
let collector: TestCollector;

beforeAll(async () => {
  collector = await startCollector({ sourceId: 'shop', writeKey: KEY, scopes: SCOPES });
});
beforeEach(() => collector.reset());
afterAll(() => collector.close());

describe('openapi.json', () => {
  it('is served and is valid OpenAPI 3.1', async () => {
    const served = (await (await fetch(`${collector.url}/openapi.json`)).json()) as Record<string, unknown>;
    expect(served).toEqual(JSON.parse(JSON.stringify(document)));
    const result = await new Validator().validate(served);
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  it('has every route, and no other', () => {
    const server = fastify();
    const routes = new Set(OF_THE_RUNTIME);
    server.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) {
        if (each !== 'OPTIONS' && each !== 'HEAD') routes.add(`${each.toLowerCase()} ${url.replace(/:(\w+)/g, '{$1}')}`);
      }
    });
    const deps: Partial<RouteDeps> = {
      debug: createDebugView(() => 0),
      inFlight: createInFlight(1),
      metrics: createMetrics({ service: 'test', processMetrics: false }),
      logger: SILENT_LOGGER,
    };
    registerRoutes(server, deps as RouteDeps);
    const documented = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(documented).size).toBe(documented.length);
    expect([...documented].sort()).toEqual([...routes].sort());
  });
});

describe('the examples of the document', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema({ $id: 'doc', components: document.components });

  it.each(OPERATIONS.flatMap(requestsOf))(
    '%s is answered with %i, as documented',
    async (_name, status, { operation, type, body, rejected }) => {
      const response = await fetch(collector.url + addressOf(operation), {
        method: operation.method.toUpperCase(),
        headers: headersOf(operation, type),
        ...(body !== undefined && { body }),
      });
      const text = await response.text();
      expect([response.status, text.slice(0, 300)]).toEqual([status, expect.anything()]);
      const answer = document.paths[operation.path]![operation.method]!.responses[status]!;
      const [answerType] = response.headers.get('content-type')!.split(';') as [string];
      const schema = answer.content[answerType]?.schema;
      expect([answerType, schema]).toEqual([answerType, expect.anything()]);
      if (answerType !== 'application/json') return;
      const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"doc#/components')) as object);
      const receipt = JSON.parse(text) as { rejected?: number };
      expect([validate(receipt), validate.errors]).toEqual([true, null]);
      expect(receipt.rejected ?? 0).toBe(rejected);
    },
  );

  it('of routes that need a key are refused without one, and without its scope', async () => {
    const other = await startCollector({ sourceId: 'shop', writeKey: 'privacy-only', scopes: ['privacy'] });
    const wrong: string[] = [];
    for (const operation of OPERATIONS.filter(({ scope }) => scope !== null && scope !== 'privacy')) {
      const [[, , { type, body }]] = requestsOf(operation) as [Request];
      for (const [authorization, status] of [
        ['', 401],
        [basic('privacy-only'), 403],
      ] as const) {
        const headers = { ...headersOf(operation, type), authorization };
        const { method, path } = operation;
        const response = await fetch(other.url + addressOf(operation), { method, headers, ...(body !== undefined && { body }) });
        if (response.status !== status) wrong.push(`${method} ${path} ${response.status}, not ${status}`);
      }
    }
    await other.close();
    expect(wrong).toEqual([]);
  });
});

interface Sent {
  readonly operation: Operation;
  readonly type: string | undefined;
  readonly body: string | undefined;
  readonly rejected: number;
}
type Request = [name: string, status: number, request: Sent];

function requestsOf(operation: Operation): Request[] {
  const { method, path, body } = operation;
  if (!body) return [[`${method} ${path}`, 200, { operation, type: undefined, body: undefined, rejected: 0 }]];
  return Object.entries(body).flatMap(([type, { examples }]) =>
    Object.entries(examples).map(([name, { value, status = 200, rejected = 0 }]): Request => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return [`${method} ${path}, ${name}`, status, { operation, type, body: text, rejected }];
    }),
  );
}

function addressOf({ path, parameters = [] }: Operation): string {
  const given = (place: string) => parameters.filter((parameter) => parameter.in === place);
  let address = path.replace('{writeKey}', KEY);
  for (const { name, example } of given('path')) address = address.replace(`{${name}}`, encodeURIComponent(example ?? ''));
  const query = new URLSearchParams(
    Object.fromEntries(given('query').flatMap(({ name, example }) => (example === undefined ? [] : [[name, example]]))),
  );
  return query.size > 0 ? `${address}?${query.toString()}` : address;
}

function headersOf({ parameters = [] }: Operation, type: string | undefined): Record<string, string> {
  const own = parameters.flatMap(({ in: place, name, example }) => (place === 'header' && example !== undefined ? [[name, example]] : []));
  return {
    authorization: basic(KEY),
    ...(type !== undefined && { 'content-type': type }),
    ...(Object.fromEntries(own) as Record<string, string>),
  };
}

function basic(key: string): string {
  return `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
}
