import { OPERATIONS, type Example, type Operation, type Parameter } from './operations';
import { SCHEMAS, ref, type SchemaName } from './schemas';

const DESCRIPTION = `Takes events, catalogue items and posts over HTTP and puts them on the log. 200 means that the log has acknowledged them.

The write key comes as Basic authorization with the key as the name and no password, as \`?writeKey=\`, or as \`writeKey\` in a JSON body. Bodies are read as JSON whatever
their content type, plain or gzip, deflate or br, up to 4 MiB before and after inflating; an event may have 32 KiB. Every path of the SDKs answers OPTIONS with the headers that a browser asks for.

Retry 429 and 503 after Retry-After, and other 5xx; do not retry other 4xx.`;

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'Nothing was taken: the body is not what it should be',
  401: 'No write key, or an unknown one',
  403: 'The key lacks the scope',
  413: 'Over 4 MiB or over 5,000 entries',
  415: 'A coding or an event format that is not supported',
};
const BUSY: Readonly<Record<number, string>> = {
  429: 'Too much at once: send it again after Retry-After',
  503: 'The log or the database is away: send it again',
};

/** The OpenAPI 3.1 document of the collector: every route but OPTIONS, with bodies that the specs send. */
export function openApiDocument(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS) (paths[operation.path] ??= {})[operation.method] = describe(operation);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tradewind collector',
      version: '1',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: ['events', 'catalogue', 'posts', 'privacy', 'debug', 'operations'].map((name) => ({ name })),
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic', description: 'The write key as the name, no password' },
        writeKey: { type: 'apiKey', in: 'query', name: 'writeKey' },
      },
    },
  };
}

function describe(operation: Operation): object {
  const { method, path, summary, description, tag, scope, parameters = [], body } = operation;
  return {
    operationId: `${method}${path.replace(/\/$/, '/slash').replace(/[^A-Za-z0-9]+(.)?/g, (_all, next: string | undefined) => next?.toUpperCase() ?? '')}`,
    summary,
    ...(description !== undefined && { description }),
    tags: [tag],
    security: scope === null ? [] : [{ basic: [] }, { writeKey: [] }],
    ...(scope !== null && { 'x-scope': scope }),
    ...(parameters.length > 0 && { parameters: parameters.map(describeParameter) }),
    ...(body && { requestBody: { required: true, content: describeBody(body) } }),
    responses: responsesOf(operation),
  };
}

function describeParameter({ required = false, ...parameter }: Parameter): object {
  return { ...parameter, required, schema: { type: 'string' } };
}

function describeBody(body: NonNullable<Operation['body']>): object {
  return mapValues(body, ({ schema, examples }) => ({ schema, examples: mapValues(examples, describeExample) }));
}

function describeExample({ value, status = 200, rejected = 0 }: Example): object {
  const summary = `answered with ${status}${rejected > 0 ? `, ${rejected} rejected` : ''}`;
  return { value, summary, 'x-status': status, 'x-rejected': rejected };
}

function mapValues<T>(values: Readonly<Record<string, T>>, map: (value: T) => object): object {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

function responsesOf({ answer, scope, body, errors = {} }: Operation): object {
  const { type, schema } = answer;
  const refusals = scope === null ? {} : body ? { ...REFUSALS, ...BUSY } : { 401: REFUSALS[401], 403: REFUSALS[403], ...BUSY };
  return {
    200: { description: 'Done', content: { [type]: { schema: schema ? ref(schema) : {} } } },
    ...Object.fromEntries(Object.entries(refusals).map(([status, description]) => [status, failure(Number(status), String(description))])),
    ...Object.fromEntries(Object.entries(errors).map(([status, name]) => [status, { description: 'Not so', content: jsonOf(name) }])),
  };
}

function failure(status: number, description: string): object {
  const waits = status in BUSY;
  const retryAfter = { 'Retry-After': { description: 'Whole seconds', schema: { type: 'integer' } } };
  // A lone CloudEvent that is refused is answered with its receipt.
  const schema = status === 400 ? { anyOf: [ref('Error'), ref('Receipt')] } : ref('Error');
  return { description, ...(waits && { headers: retryAfter }), content: { 'application/json': { schema } } };
}

function jsonOf(name: SchemaName): object {
  return { 'application/json': { schema: ref(name) } };
}
