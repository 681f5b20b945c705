/** JSON Schemas (2020-12) that the operations refer to. Bodies are described as clients send them; what is judged is told event by event. */
export const SCHEMAS = {
  Id: { type: ['string', 'number'], description: 'Text of at most 255 characters, or a number that a double holds exactly' },
  Time: {
    type: ['string', 'number'],
    description: 'ISO 8601, UTC without an offset, or epoch milliseconds',
    examples: ['2024-05-01T12:00:00Z'],
  },
  Call: {
    type: 'object',
    description: "A call of Segment's specification. Any other member is allowed and ignored.",
    properties: {
      type: {
        enum: ['track', 'identify', 'page', 'screen', 'group', 'alias'],
        description: 'Needed in a batch; a path of its own says it',
      },
      userId: { $ref: '#/components/schemas/Id', description: 'userId or anonymousId is needed' },
      anonymousId: { $ref: '#/components/schemas/Id' },
      previousId: { $ref: '#/components/schemas/Id', description: 'alias: the id that userId replaces' },
      groupId: { $ref: '#/components/schemas/Id', description: 'group: needed' },
      event: { type: 'string', maxLength: 255, description: 'track: needed, what happened' },
      name: { type: 'string', description: 'page and screen: which one' },
      messageId: { type: 'string', maxLength: 100, description: 'Repeats of it within a day are one event' },
      timestamp: { $ref: '#/components/schemas/Time' },
      originalTimestamp: { $ref: '#/components/schemas/Time' },
      sentAt: { $ref: '#/components/schemas/Time', description: "The client's clock when it sent; corrects its skew" },
      properties: { type: ['object', 'null'], description: "E-commerce fields of Segment's v2 names become typed" },
      traits: { type: ['object', 'null'] },
      context: { type: ['object', 'null'], description: 'consent, ip, userAgent, page, campaign, …' },
      writeKey: { type: 'string', description: 'Where the client can send no Authorization' },
    },
  },
  Batch: {
    type: 'object',
    required: ['batch'],
    properties: {
      batch: { type: 'array', maxItems: 5000, items: { $ref: '#/components/schemas/Call' } },
      sentAt: { $ref: '#/components/schemas/Time' },
      writeKey: { type: 'string' },
    },
  },
  Item: {
    type: 'object',
    required: ['item_id'],
    description: 'A catalogue item. Members without a field of their own are kept as attributes.',
    properties: {
      item_id: { $ref: '#/components/schemas/Id', description: 'Also itemId, product_id, productId, sku, id' },
      title: { type: 'string', description: 'Also name' },
      description: { type: 'string' },
      category: { type: 'string' },
      price: { type: ['number', 'string'], description: "Of the currency's main unit, e.g. 9.99" },
      currency: { type: 'string', pattern: '^[A-Za-z]{3}$', description: 'ISO 4217' },
      updated_at: { $ref: '#/components/schemas/Time' },
    },
  },
  SuppressionRequest: {
    type: 'object',
    required: ['regulation', 'subjects'],
    properties: {
      regulation: { enum: ['SUPPRESS_ONLY', 'UNSUPPRESS', 'SUPPRESS_WITH_DELETE', 'DELETE_ONLY'] },
      subjects: {
        type: 'array',
        minItems: 1,
        maxItems: 5000,
        items: { $ref: '#/components/schemas/Id' },
        description: 'userIds and anonymousIds as the clients send them',
      },
    },
  },
  SuppressionReceipt: {
    type: 'object',
    required: ['success', 'requestId', 'subjects', 'ids'],
    properties: {
      success: { const: true },
      requestId: { type: 'string', format: 'uuid' },
      subjects: { type: 'integer', description: 'As many as were asked for' },
      ids: { type: 'integer', description: 'Put on record: those, and the ids linked to them' },
    },
  },
  Post: {
    type: 'object',
    required: ['post_id', 'brand', 'text'],
    description: 'A social post or a review. Other members are kept as they came.',
    properties: {
      post_id: { $ref: '#/components/schemas/Id', description: 'Also id' },
      brand: { type: 'string', maxLength: 100, description: 'For which it was collected' },
      network: { type: 'string', maxLength: 100, description: 'x, mastodon, reviews, …' },
      author: {
        type: ['object', 'string'],
        properties: { id: { $ref: '#/components/schemas/Id' }, name: { type: 'string' }, followers: { type: 'integer', minimum: 0 } },
      },
      text: { type: 'string' },
      language: { type: 'string', description: 'BCP 47' },
      url: { type: 'string' },
      published_at: { $ref: '#/components/schemas/Time', description: 'Also created_at' },
      likes: { type: 'integer', minimum: 0 },
      shares: { type: 'integer', minimum: 0 },
      replies: { type: 'integer', minimum: 0 },
      in_reply_to: { $ref: '#/components/schemas/Id' },
      location: { type: 'string' },
      rating: { type: 'number', description: 'Stars from 1 to 5' },
      item_id: { $ref: '#/components/schemas/Id', description: 'What a review is about' },
    },
  },
  CloudEvent: {
    type: 'object',
    required: ['id', 'source', 'type', 'specversion'],
    description:
      'A CloudEvent whose type ends in track, identify, page, screen, group or alias. data is the call, or its properties (traits for identify and group); id, time and subject stand in for messageId, timestamp and userId.',
    properties: {
      specversion: { const: '1.0' },
      id: { type: 'string', minLength: 1, description: 'Unique per write key: repeats are one event' },
      source: { type: 'string', minLength: 1 },
      type: { type: 'string', minLength: 1, examples: ['com.segment.track', 'io.tradewind.clickstream.page.v1'] },
      time: { type: 'string', format: 'date-time' },
      subject: { type: 'string' },
      eventname: { type: 'string', description: 'Extension: the name of a track call whose data is its properties' },
      data: { type: 'object' },
      data_base64: { type: 'string' },
    },
  },
  Receipt: {
    type: 'object',
    required: ['success', 'accepted', 'rejected', 'dropped', 'errors'],
    description: 'accepted + rejected + dropped is the number of entries of the request',
    properties: {
      success: { type: 'boolean' },
      accepted: { type: 'integer', description: 'On the log, by this request or by an earlier one with the same messageId' },
      rejected: { type: 'integer', description: 'Kept with their bytes on clickstream.rejected.v1' },
      dropped: { type: 'integer', description: 'Taken and not published: consent, suppression, bots, internal traffic' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['index', 'code', 'reason'],
          properties: { index: { type: 'integer', minimum: 0 }, code: { type: 'string' }, reason: { type: 'string' } },
        },
      },
    },
  },
  Error: {
    type: 'object',
    required: ['success', 'error'],
    properties: {
      success: { const: false },
      error: {
        type: 'object',
        required: ['code', 'message'],
        properties: { code: { type: 'string', examples: ['WRITE_KEY_UNKNOWN'] }, message: { type: 'string' } },
      },
    },
  },
  Success: { type: 'object', required: ['success'], properties: { success: { const: true } } },
  DebugCounts: {
    type: 'object',
    required: ['sourceId', 'since', 'total', 'good', 'bad', 'badBy', 'dropped', 'droppedBy'],
    properties: {
      sourceId: { type: 'string' },
      since: { type: 'string', format: 'date-time' },
      total: { type: 'integer' },
      good: { type: 'integer' },
      bad: { type: 'integer' },
      badBy: { type: 'object', additionalProperties: { type: 'integer' } },
      dropped: { type: 'integer' },
      droppedBy: { type: 'object', additionalProperties: { type: 'integer' } },
    },
  },
  DebugGood: {
    type: 'array',
    maxItems: 50,
    items: {
      type: 'object',
      required: ['kind', 'type', 'name', 'messageId', 'receivedAt', 'message', 'violations'],
      properties: {
        kind: { enum: ['event', 'item', 'post'] },
        type: { type: 'string' },
        name: { type: 'string' },
        messageId: { type: 'string' },
        receivedAt: { type: 'string' },
        message: { type: 'object', description: 'As it went on the log' },
        violations: {
          type: 'array',
          items: { type: 'object', properties: { field: { type: 'string' }, description: { type: 'string' } } },
        },
      },
    },
  },
  DebugBad: {
    type: 'array',
    maxItems: 50,
    items: {
      type: 'object',
      required: ['receivedAt', 'messageId', 'code', 'reason', 'field', 'bytes', 'original'],
      properties: {
        receivedAt: { type: 'string', format: 'date-time' },
        messageId: { type: 'string' },
        code: { type: 'string' },
        reason: { type: 'string' },
        field: { type: ['string', 'null'], description: 'The field that the reason names' },
        bytes: { type: 'integer' },
        original: { type: 'string', description: 'The first 2 KiB as they came' },
      },
    },
  },
  MicroCounts: {
    type: 'object',
    required: ['total', 'good', 'bad'],
    properties: { total: { type: 'integer' }, good: { type: 'integer' }, bad: { type: 'integer' } },
  },
  ClientSettings: { type: 'object', required: ['integrations'], properties: { integrations: { type: 'object' } } },
  Health: {
    type: 'object',
    required: ['status', 'checks'],
    properties: { status: { enum: ['ok', 'failing'] }, checks: { type: 'object', additionalProperties: { type: 'string' } } },
  },
} as const;

export type SchemaName = keyof typeof SCHEMAS;

export function ref(name: SchemaName): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}
