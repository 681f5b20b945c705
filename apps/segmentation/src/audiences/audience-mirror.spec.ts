import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TOPICS, TRANSITION, TransitionKind, deadLetterTopic, userKey, type Event } from '@tradewind/contracts';
import { openEmbeddedEventLog, type EventLog } from '@tradewind/eventing';
import { MemoryStateStore, createFeatureStore } from '@tradewind/feature-store';
import { SILENT_LOGGER, createMetrics } from '@tradewind/observability';
import { anEvent, eventually, useTempDir } from '@tradewind/testing';
import { CUSTOMER } from '../features';
import { IDENTITY } from '../identity/identity-record';
import type { AudienceEvent } from './audience-event';
import { AudienceMirror } from './audience-mirror';

type Body = { readonly batch: readonly AudienceEvent[] };

/** Answers what `statusOf` says, and keeps what it took. */
class Receiver {
  readonly taken: AudienceEvent[] = [];
  readonly authorizations = new Set<string | undefined>();
  statusOf: (batch: readonly AudienceEvent[]) => number = () => 200;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { batch } = JSON.parse(Buffer.concat(parts).toString()) as Body;
    this.authorizations.add(request.headers.authorization);
    const status = this.statusOf(batch);
    if (status === 200) this.taken.push(...batch);
    response.writeHead(status).end();
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/batch`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe('the mirror of transitions as audience events', () => {
  const dir = useTempDir();
  const features = createFeatureStore({ store: new MemoryStateStore(), features: CUSTOMER, prefix: 's:' });
  let log: EventLog;
  let receiver: Receiver;
  let url: string;
  let mirror: AudienceMirror | null;

  beforeEach(async () => {
    log = await openEmbeddedEventLog({ dataDir: dir() });
    await log.ensureTopics([TOPICS.segmentTransitions, deadLetterTopic(TOPICS.segmentTransitions)]);
    receiver = new Receiver();
    url = await receiver.listen();
    mirror = null;
  });

  afterEach(async () => {
    await mirror?.stop();
    await receiver.close();
    await log.close();
  });

  function start(): void {
    const platform = { log, logger: SILENT_LOGGER, metrics: createMetrics({ service: 'test', processMetrics: false }), now: Date.now };
    mirror = new AudienceMirror({ platform, features, receiver: { url, writeKey: 'key' }, waitMs: 5 });
    mirror.start();
  }

  const publish = (...moves: readonly (readonly [user: string, segmentId: string, entered: boolean])[]) =>
    log.publish(
      moves.map(([user, segmentId, entered], i) => ({
        topic: TOPICS.segmentTransitions.name,
        key: userKey('shop', user),
        value: TRANSITION.encode({
          transitionId: `${user}-${segmentId}-${entered}-${i}`,
          userKey: userKey('shop', user),
          segmentId,
          kind: entered ? TransitionKind.TRANSITION_KIND_ENTERED : TransitionKind.TRANSITION_KIND_EXITED,
          occurredAtMs: Date.UTC(2024, 0, 1),
        }),
      })),
    );

  it('tells entries and exits in the shape of Engage, known and anonymous ids apart', async () => {
    const visitor: Event = anEvent({ userId: '', anonymousId: 'a1', userKey: 'shop:a1' });
    const state = CUSTOMER.create('shop:a1');
    state.of(IDENTITY).trail.add(0, visitor);
    await features.save([state]);
    await publish(['ann', 'First-Time Shopper', true], ['ann', 'First-Time Shopper', false], ['a1', 'vip', true]);
    start();
    await eventually(() => expect(receiver.taken).toHaveLength(3));
    const [entered, exited] = receiver.taken.filter(({ userId }) => userId === 'ann');
    expect(entered).toMatchObject({
      type: 'track',
      event: 'Audience Entered',
      messageId: 'ann-First-Time Shopper-true-0',
      timestamp: '2024-01-01T00:00:00.000Z',
      properties: { audience_key: 'first_time_shopper', first_time_shopper: true },
      context: { personas: { computation_class: 'audience', computation_key: 'first_time_shopper', namespace: 'spa_shop' } },
    });
    expect(entered!.context.personas.computation_id).toMatch(/^aud_[0-9a-f]{27}$/);
    expect(exited).toMatchObject({ event: 'Audience Exited', properties: { first_time_shopper: false } });
    expect(receiver.taken.find(({ anonymousId }) => anonymousId === 'a1')).not.toHaveProperty('userId');
    expect([...receiver.authorizations]).toEqual([`Basic ${Buffer.from('key:').toString('base64')}`]);
  });

  it('waits for a receiver that is away, and for mended credentials, and loses nothing', async () => {
    const answers = [500, 429, 401, 503];
    receiver.statusOf = () => answers.shift() ?? 200;
    await publish(['ann', 'vip', true], ['ann', 'vip', false], ['ann', 'vip', true]);
    start();
    await eventually(() => expect(receiver.taken.map(({ properties }) => properties['vip'])).toEqual([true, false, true]));
    await receiver.close();
    await publish(['ann', 'vip', false]);
    const port = Number(new URL(url).port);
    const taken: AudienceEvent[] = [];
    const again = createServer((request, response) => {
      request.on('data', (part: Buffer) => taken.push(...(JSON.parse(part.toString()) as Body).batch)).on('end', () => response.end());
    });
    await new Promise<void>((resolve) => again.listen(port, '127.0.0.1', resolve));
    await eventually(() => expect(taken).toHaveLength(1));
    await mirror?.stop();
    again.closeAllConnections();
    await new Promise((resolve) => again.close(resolve));
  });

  it('sets aside what the receiver refuses for good, and that alone', async () => {
    receiver.statusOf = (batch) => (batch.some(({ userId }) => userId === 'bad') ? 400 : 200);
    await publish(...['a', 'b', 'bad', 'c', 'd'].map((user) => [user, 'vip', true] as const));
    start();
    await eventually(() => expect(receiver.taken.map(({ userId }) => userId).sort()).toEqual(['a', 'b', 'c', 'd']));
    const letters = await eventually(async () => {
      const found: string[] = [];
      for await (const records of log.read(deadLetterTopic(TOPICS.segmentTransitions).name))
        found.push(...records.map(({ key }) => String(key)));
      expect(found).toHaveLength(1);
      return found;
    });
    expect(letters).toEqual(['shop:bad']);
  });
});
