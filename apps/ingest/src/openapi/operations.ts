import { DEBUG_OPERATIONS } from './debug-operations';
import { ref, type SchemaName } from './schemas';

/** A body that the server answers as told; the specs send each one. */
export interface Example {
  readonly value: unknown;
  /** @default 200 */
  readonly status?: number;
  /** Of its entries. @default 0 */
  readonly rejected?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly required?: boolean;
  readonly example?: string;
}

/** One method of one path. */
export interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: 'events' | 'catalogue' | 'posts' | 'privacy' | 'debug' | 'operations';
  /** What the key must be allowed; null when the route needs no key. */
  readonly scope: string | null;
  readonly parameters?: readonly Parameter[];
  /** By content type. */
  readonly body?: Readonly<Record<string, { readonly schema: object; readonly examples: Readonly<Record<string, Example>> }>>;
  /** Of a 200 answer. */
  readonly answer: { readonly type: string; readonly schema?: SchemaName };
  /** Answers beside 200 and those of every route. */
  readonly errors?: Readonly<Record<number, SchemaName>>;
}

const JSON_TYPE = 'application/json';
const RECEIPT = { type: JSON_TYPE, schema: 'Receipt' } as const;
const time = '2023-11-05T12:00:00Z';
const track = {
  type: 'track',
  event: 'Product Viewed',
  userId: 'u1',
  messageId: 'm-1',
  timestamp: time,
  properties: { product_id: 'sku1' },
};
const CALLS = {
  track: [
    't',
    'records what somebody did',
    { event: 'Product Viewed', userId: 'u1', timestamp: time, properties: { product_id: 'sku1', price: 9.99 } },
  ],
  identify: ['i', 'says who somebody is', { userId: 'u1', traits: { plan: 'pro' } }],
  page: ['p', 'records a page view', { anonymousId: 'a1', name: 'Home', context: { page: { url: 'https://shop.example/' } } }],
  screen: ['s', 'records a view of an app', { anonymousId: 'a1', name: 'Basket' }],
  group: ['g', 'puts somebody in a group', { userId: 'u1', groupId: 'g1' }],
  alias: ['a', 'gives somebody another id', { userId: 'u1', previousId: 'a1' }],
} as const;

const callOperations: Operation[] = Object.entries(CALLS).flatMap(([call, [short, summary, value]]) =>
  [call, short].map((name): Operation => ({
    method: 'post',
    path: `/v1/${name}`,
    summary: `${call}: ${summary}`,
    tag: 'events',
    scope: 'events',
    body: {
      [JSON_TYPE]: {
        schema: ref('Call'),
        examples: { [call]: { value }, nobody: { value: { event: 'e' }, rejected: 1 }, malformed: { value: '{"event":', status: 400 } },
      },
    },
    answer: RECEIPT,
  })),
);

const batchBody = {
  [JSON_TYPE]: {
    schema: ref('Batch'),
    examples: {
      two: { value: { batch: [track, { ...track, type: 'page', messageId: 'm-2' }], sentAt: time } },
      oneBad: { value: { batch: [track, { type: 'track', event: 'of nobody' }] }, rejected: 1 },
      none: { value: { events: [] }, status: 400 },
    },
  },
};
const batchOperations: Operation[] = ['/v1/batch', '/v1/b', '/beacon/v1/batch'].map((path) => ({
  method: 'post',
  path,
  summary: 'up to 5,000 events, each judged alone',
  tag: 'events',
  scope: 'events',
  body: batchBody,
  answer: RECEIPT,
}));

const query = (name: string, description: string, example?: string): Parameter => ({
  name,
  in: 'query',
  description,
  ...(example !== undefined && { example }),
});
const pixelOperations: Operation[] = (['track', 'page'] as const).flatMap((call) =>
  [`/pixel/v1/${call}`, `/v1/pixel/${call}`].map((path): Operation => ({
    method: 'get',
    path,
    summary: `a ${call} call by an image of 1×1`,
    description:
      'Names with dots nest: `properties.plan=pro`. The image comes with 200 once the log has the event, also when it went to the rejected ones.',
    tag: 'events',
    scope: 'events',
    parameters: [
      query('anonymousId', 'Or userId', 'a1'),
      query('userId', 'Or anonymousId'),
      call === 'track' ? query('event', 'What happened', 'Mail Opened') : query('name', 'Which page', 'Home'),
      query('properties.campaign', 'Any property, trait or context member by its path', 'spring'),
      query('data', 'The whole event as JSON in base64 or base64url, instead of or beside the others'),
    ],
    answer: { type: 'image/gif' },
  })),
);

const post = {
  post_id: 'p1',
  brand: 'Acme',
  network: 'mastodon',
  text: 'Great kettle',
  published_at: time,
  author: { name: 'Jo', followers: 12 },
  likes: 3,
};
const cloudEvent = {
  specversion: '1.0',
  id: 'ce-1',
  source: '/shop/web',
  type: 'com.segment.track',
  time,
  subject: 'u1',
  data: { event: 'Signed Up' },
};
const lines = (...values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');

const importOperations: Operation[] = ['/v1/import', '/v1/import/'].map((path) => ({
  method: 'post',
  path,
  summary: 'events one per line, an array, or a batch; what is wrong costs only itself',
  tag: 'events',
  scope: 'events',
  body: {
    [JSON_TYPE]: {
      schema: { oneOf: [ref('Batch'), { type: 'array', items: ref('Call') }, ref('Call')] },
      examples: {
        batch: { value: { batch: [track, { ...track, messageId: 'm-2' }] } },
        list: { value: [track] },
        none: { value: { batch: 1 }, status: 400 },
      },
    },
    'application/x-ndjson': {
      schema: { type: 'string', description: 'A Call per line' },
      examples: {
        lines: { value: lines(track, { ...track, messageId: 'm-3' }) },
        oneBad: { value: `${lines(track)}\n{]`, rejected: 1 },
        empty: { value: '\n', status: 400 },
      },
    },
  },
  answer: RECEIPT,
}));

/** Every route of the collector, in the order of the document. */
export const OPERATIONS: readonly Operation[] = [
  ...callOperations,
  ...batchOperations,
  ...importOperations,
  ...pixelOperations,
  {
    method: 'post',
    path: '/v1/cloudevents',
    summary: 'CloudEvents 1.0 in binary, structured or batched content mode',
    description:
      'Binary mode has the attributes as `ce-` headers and the data as the body. A lone event that is refused gets 400 with a receipt and is kept; of a batch each event is answered for in `errors`.',
    tag: 'events',
    scope: 'events',
    parameters: [
      { name: 'ce-id', in: 'header', description: 'Binary mode', example: 'ce-2' },
      { name: 'ce-source', in: 'header', description: 'Binary mode', example: '/shop/web' },
      { name: 'ce-type', in: 'header', description: 'Binary mode', example: 'com.segment.track' },
      { name: 'ce-specversion', in: 'header', description: 'Binary mode', example: '1.0' },
      { name: 'ce-subject', in: 'header', description: 'Binary mode', example: 'u1' },
    ],
    body: {
      'application/cloudevents+json': {
        schema: ref('CloudEvent'),
        examples: { structured: { value: cloudEvent }, withoutId: { value: { ...cloudEvent, id: undefined }, status: 400, rejected: 1 } },
      },
      'application/cloudevents-batch+json': {
        schema: { type: 'array', maxItems: 5000, items: ref('CloudEvent') },
        examples: { batched: { value: [cloudEvent, { ...cloudEvent, id: '' }], rejected: 1 }, none: { value: {}, status: 400 } },
      },
      [JSON_TYPE]: {
        schema: { type: 'object', description: 'Binary mode: the data' },
        examples: { binary: { value: { event: 'Signed Up' } } },
      },
      'application/cloudevents+avro': {
        schema: { type: 'string', description: 'Formats that are not JSON are refused' },
        examples: { avro: { value: 'x', status: 415 } },
      },
    },
    answer: RECEIPT,
  },
  {
    method: 'post',
    path: '/v1/catalog/items',
    summary: 'a catalogue item, or an array of up to 5,000',
    tag: 'catalogue',
    scope: 'catalog',
    body: {
      [JSON_TYPE]: {
        schema: { oneOf: [ref('Item'), { type: 'array', maxItems: 5000, items: ref('Item') }] },
        examples: {
          one: { value: { item_id: 'sku1', title: 'Kettle', price: 29.9, currency: 'GBP', updated_at: time } },
          many: { value: [{ item_id: 'sku1' }, { item_id: 'sku2', colour: 'red' }] },
          oneBad: { value: [{ title: 'no id' }], rejected: 1 },
        },
      },
    },
    answer: RECEIPT,
  },
  {
    method: 'delete',
    path: '/v1/catalog/items/{itemId}',
    summary: 'the item is gone',
    tag: 'catalogue',
    scope: 'catalog',
    parameters: [{ name: 'itemId', in: 'path', required: true, description: 'Which one', example: 'sku1' }],
    answer: { type: JSON_TYPE, schema: 'Success' },
  },
  {
    method: 'post',
    path: '/v1/social/posts',
    summary: 'a post, an array of up to 5,000, {"posts": […]} or a post per line',
    tag: 'posts',
    scope: 'posts',
    body: {
      [JSON_TYPE]: {
        schema: {
          oneOf: [
            ref('Post'),
            { type: 'array', items: ref('Post') },
            { type: 'object', required: ['posts'], properties: { posts: { type: 'array', items: ref('Post') } } },
          ],
        },
        examples: {
          one: { value: post },
          many: { value: { posts: [post, { text: 'no brand' }] }, rejected: 1 },
          none: { value: { posts: 1 }, status: 400 },
        },
      },
      'application/x-ndjson': {
        schema: { type: 'string', description: 'A Post per line' },
        examples: { lines: { value: lines(post, { ...post, post_id: 'p2' }) } },
      },
    },
    answer: RECEIPT,
  },
  {
    method: 'post',
    path: '/v1/privacy/suppressions',
    summary: 'who must no longer be collected, or again',
    description:
      'Every collector follows it within seconds. SUPPRESS_WITH_DELETE and DELETE_ONLY also ask the services to erase what they have. Ids linked to the subjects go with them.',
    tag: 'privacy',
    scope: 'privacy',
    body: {
      [JSON_TYPE]: {
        schema: ref('SuppressionRequest'),
        examples: {
          suppress: { value: { regulation: 'SUPPRESS_ONLY', subjects: ['somebody', 'their-device'] } },
          unsuppress: { value: { regulation: 'UNSUPPRESS', subjects: ['somebody'] } },
          unknown: { value: { regulation: 'FORGET', subjects: ['somebody'] }, status: 400 },
          nobody: { value: { regulation: 'SUPPRESS_ONLY', subjects: [] }, status: 400 },
        },
      },
    },
    answer: { type: JSON_TYPE, schema: 'SuppressionReceipt' },
  },
  {
    method: 'get',
    path: '/v1/projects/{writeKey}/settings',
    summary: 'what analytics.js asks for before it sends',
    tag: 'events',
    scope: null,
    parameters: [{ name: 'writeKey', in: 'path', required: true, description: 'A write key' }],
    answer: { type: JSON_TYPE, schema: 'ClientSettings' },
    errors: { 401: 'Error' },
  },
  {
    method: 'post',
    path: '/v1/m',
    summary: "the browser library's own counters: taken and dropped",
    tag: 'events',
    scope: null,
    body: { [JSON_TYPE]: { schema: { type: 'object' }, examples: { counters: { value: { series: [] } } } } },
    answer: { type: JSON_TYPE, schema: 'Success' },
  },
  ...DEBUG_OPERATIONS,
];
