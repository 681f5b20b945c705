import type { Operation, Parameter } from './operations';
import type { SchemaName } from './schemas';

const FILTER: readonly Parameter[] = [
  { name: 'name', in: 'query', description: 'Part of an event name or an error code', example: 'e' },
  { name: 'id', in: 'query', description: 'A userId, anonymousId or messageId', example: 'u1' },
  { name: 'limit', in: 'query', description: 'At most this many, up to 50', example: '10' },
];

function debug(method: 'get' | 'post', path: string, summary: string, schema: SchemaName, parameters?: readonly Parameter[]): Operation {
  return {
    method,
    path,
    summary,
    tag: 'debug',
    scope: 'debug',
    answer: { type: 'application/json', schema },
    ...(parameters && { parameters }),
  };
}

function open(path: string, summary: string, answer: Operation['answer'], errors?: Operation['errors']): Operation {
  return { method: 'get', path, summary, tag: 'operations', scope: null, answer, ...(errors && { errors }) };
}

const REFRESH: Parameter = { name: 'refresh', in: 'query', description: 'Seconds; 0 for never', example: '0' };

/** What became of events, and the routes of every service. */
export const DEBUG_OPERATIONS: readonly Operation[] = [
  {
    ...debug('get', '/v1/debug', 'the last good and bad events, for people', 'DebugCounts', [...FILTER, REFRESH]),
    answer: { type: 'text/html' },
  },
  debug('get', '/v1/debug/events', "counts of the key's source on this replica", 'DebugCounts'),
  debug('get', '/v1/debug/good', 'the last good entries, newest first', 'DebugGood', FILTER),
  debug('get', '/v1/debug/bad', 'the last bad entries and why, newest first', 'DebugBad', FILTER),
  debug('post', '/v1/debug/reset', 'forgets all of them', 'DebugCounts'),
  debug('get', '/micro/all', "counts, as Snowplow Micro's", 'MicroCounts'),
  debug('get', '/micro/good', 'as /v1/debug/good', 'DebugGood', FILTER),
  debug('get', '/micro/bad', 'as /v1/debug/bad', 'DebugBad', FILTER),
  debug('get', '/micro/reset', 'forgets all of them', 'MicroCounts'),
  debug('post', '/micro/reset', 'forgets all of them', 'MicroCounts'),
  open('/openapi.json', 'this document', { type: 'application/json' }),
  open('/livez', 'does the process make progress', { type: 'application/json', schema: 'Health' }, { 503: 'Health' }),
  open('/readyz', 'can it take requests', { type: 'application/json', schema: 'Health' }, { 503: 'Health' }),
  open('/metrics', 'metrics for Prometheus', { type: 'text/plain' }),
];
