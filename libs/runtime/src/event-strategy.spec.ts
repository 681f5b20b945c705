import { Controller, Module } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, deadLetterTopic } from '@tradewind/contracts';
import { openEmbeddedEventLog, type Batch, type BatchResult } from '@tradewind/eventing';
import { eventually, useTempDir } from '@tradewind/testing';
import { z } from 'zod';
import { createFakePlatform } from '../test/fakes';
import { runServices } from './run-services';
import { defineService } from './service-definition';

const TOPIC = { ...TOPICS.events, partitions: 1 };
const seen: string[] = [];

@Controller()
class ConsumerController {
  @EventPattern(TOPIC.name, { group: 'consumer' })
  async onBatch(@Payload() batch: Batch): Promise<BatchResult> {
    const texts = batch.records.map(({ value }) => String(value));
    if (texts.includes('bug')) throw new TypeError('a bug of the handler');
    seen.push(...texts);
    return { outputs: [], deadLetters: [] };
  }
}

@Module({ controllers: [ConsumerController] })
class ConsumerModule {}

const consumer = defineService({ name: 'consumer', settings: z.object({}), createModule: () => ({ module: ConsumerModule }) });

describe('runServices with the event log strategy', () => {
  const dir = useTempDir();
  let close = async (): Promise<void> => undefined;
  beforeEach(() => (seen.length = 0));
  afterEach(() => close());
  const start = async (onFailure: (error: unknown) => void) => {
    const log = await openEmbeddedEventLog({ dataDir: dir() });
    await log.ensureTopics([TOPIC, deadLetterTopic(TOPIC)]);
    const platform = { ...createFakePlatform(), log, now: Date.now, close: () => log.close() };
    const running = await runServices([consumer], { env: { PORT: '0' }, platform, onFailure });
    close = () => running.close();
    const publish = (...texts: string[]) => log.publish(texts.map((text) => ({ topic: TOPIC.name, key: 'k', value: Buffer.from(text) })));
    return { url: running.url, log, publish };
  };

  it('feeds handlers, reports lag and liveness, and commits before it ends', async () => {
    const { url, publish } = await start(() => undefined);
    await publish('one');
    await eventually(() => expect(seen).toEqual(['one']));
    expect(await (await fetch(`${url}/livez`)).json()).toEqual({ status: 'ok', checks: { consumers: 'ok' } });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('tradewind_consumer_lag_records{group="consumer"');
    await close();

    const again = await openEmbeddedEventLog({ dataDir: dir() });
    expect(await again.committed('consumer', TOPIC.name)).toEqual(new Map([[0, 1]]));
    await again.close();
  });

  it('sets a record aside that a handler cannot take, and goes on', async () => {
    const { url, log, publish } = await start(() => undefined);
    await publish('bug', 'two');
    await eventually(() => expect(seen).toContain('two'));
    await eventually(async () => expect(await log.committed('consumer', TOPIC.name)).toEqual(new Map([[0, 2]])));
    expect((await log.watermarks(deadLetterTopic(TOPIC).name)).map(({ high }) => high)).toEqual([1]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  it('tells of a handler that takes nothing any more, is not alive, and commits nothing of the batch', async () => {
    const failures: unknown[] = [];
    const { url, log, publish } = await start((error) => failures.push(error));
    await publish(...Array.from({ length: 20 }, () => 'bug'));
    await eventually(() => expect(failures).toEqual([new TypeError('a bug of the handler')]));
    expect((await fetch(`${url}/livez`)).status).toBe(503);
    expect(await log.committed('consumer', TOPIC.name)).toEqual(new Map());
  });
});
