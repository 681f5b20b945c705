import { AppError } from '@tradewind/contracts';
import { eventually, uniqueName } from '@tradewind/testing';
import { describeGroups } from './contract/groups.contract';
import { describePublish, describeTopics } from './contract/publish.contract';
import { describeReaders } from './contract/readers.contract';
import { describeCommits, describeDelivery } from './contract/subscribe.contract';
import { createCollector, createTopic, numbered, valuesOf, type OpenedEventLog, type OpenEventLog } from './contract/support.contract';

export type { OpenEventLog, OpenedEventLog } from './contract/support.contract';

/** The one suite that every EventLog passes: an implementation that behaves differently is a bug. */
export function describeEventLog(name: string, open: OpenEventLog): void {
  describe(`${name}: event log contract`, () => {
    let opened: OpenedEventLog;
    const current = () => opened.log;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    describeTopics(current);
    describePublish(current);
    describeDelivery(current);
    describeCommits(current);
    describeGroups(current);
    describeReaders(current);
    describeLifecycle(open);
  });
}

function describeLifecycle(open: OpenEventLog): void {
  describe('lifecycle', () => {
    it('close() stops what is open, and may be called again', async () => {
      const { log, close } = await open();
      const topic = await createTopic(log);
      const collector = createCollector();
      const subscription = await log.subscribe({ groupId: uniqueName('group'), topics: [topic], ...collector });
      const following = await log.follow({ topic, onRecords: () => undefined });
      await log.close();
      await Promise.all([subscription.finished, following.finished]);
      await log.close();
      await expect(log.publish(numbered(topic, 1))).rejects.toBeInstanceOf(AppError);
      await close();
    });

    it('keeps records, topics and commits over a restart', async () => {
      const opened = await open();
      if (opened.reopen === undefined) return opened.close();
      const topic = await createTopic(opened.log);
      const groupId = uniqueName('group');
      const [before, after] = [createCollector(), createCollector()];
      const first = await opened.log.subscribe({ groupId, topics: [topic], ...before });
      await opened.log.publish(numbered(topic, 30, 'first'));
      await eventually(() => expect(before.records()).toHaveLength(30));
      await first.stop();
      const second = numbered(topic, 30, 'second');
      await opened.log.publish(second);

      const log = await opened.reopen();
      await log.subscribe({ groupId, topics: [topic], ...after });
      await eventually(() => expect(after.values().sort()).toEqual(valuesOf(second).sort()));
      expect((await log.watermarks(topic)).reduce((sum, { high }) => sum + high, 0)).toBe(60);
      await opened.close();
    });
  });
}
