import { runServices } from '@tradewind/runtime';
import { eventually } from '@tradewind/testing';
import { aShop } from '../test/a-shop';
import { clustersAt, makeLive } from '../test/hand-made-models';
import { announced, put, usePlatforms } from '../test/use-platforms';
import { trainer } from './app.module';
import { learn, type Learner } from './learn';
import { TrainingSchedule, train } from './trainer';

const here: Learner = async (task, onProgress) => learn(task, onProgress);
const aPlatform = usePlatforms();

describe('the training schedule', () => {
  it('trains at the threshold, not again without growth, and again with it', async () => {
    const platform = await aPlatform();
    const looks = jest.spyOn(platform.log, 'watermarks');
    const tasks: string[] = [];
    let broken = true;
    const learner: Learner = async (task) => {
      tasks.push(task.kind);
      if (broken) throw new Error('the learner is broken');
      return learn(task);
    };
    const schedule = new TrainingSchedule({ platform, learner, firstAfterEvents: 500, growthPercent: 50, checkIntervalMs: 10 });
    const [before, after] = [aShop(), aShop({ fromDay: 100, seed: 2 })];
    const severalLooks = async () => {
      const since = looks.mock.calls.length;
      await eventually(() => expect(looks.mock.calls.length).toBeGreaterThan(since + 3));
    };
    schedule.start();
    try {
      await put(platform, before.slice(0, 499));
      await severalLooks();
      expect(tasks).toEqual([]);

      await put(platform, before.slice(499));
      await eventually(() => expect(tasks.length).toBeGreaterThan(1)); // a training that failed is tried again
      broken = false;
      await eventually(async () => expect(await announced(platform)).toHaveLength(2), { timeoutMs: 20_000 });
      const trained = tasks.length;
      await severalLooks();
      expect(tasks).toHaveLength(trained);

      await put(platform, after.slice(0, Math.ceil(before.length / 2)));
      await eventually(() => expect(tasks).toHaveLength(trained + 2), { timeoutMs: 20_000 });
    } finally {
      await schedule.stop();
    }
  });

  it('goes on after a restart where the live release was trained', async () => {
    const platform = await aPlatform();
    await put(platform, aShop());
    await train(platform, here);
    const looks = jest.spyOn(platform.log, 'watermarks');
    const learner: Learner = () => Promise.reject(new Error('nothing is due'));
    const errors = jest.spyOn(platform.logger, 'error');
    const schedule = new TrainingSchedule({ platform, learner, firstAfterEvents: 1, growthPercent: 50, checkIntervalMs: 10 });
    schedule.start();
    await eventually(() => expect(looks.mock.calls.length).toBeGreaterThan(3));
    await schedule.stop();
    expect(errors).not.toHaveBeenCalled();
  });
});

describe('a release that was stored but not announced', () => {
  it('is announced when the schedule begins, and only then', async () => {
    const platform = await aPlatform();
    const { log } = platform;
    const silent = { ...platform, log: { publish: async () => [] } };
    const version = await makeLive(silent, clustersAt(1, 2)); // as when the process dies in between
    const schedule = new TrainingSchedule({ platform, learner: here, firstAfterEvents: 1, growthPercent: 50, checkIntervalMs: 10 });
    const looks = jest.spyOn(log, 'watermarks');
    schedule.start();
    await eventually(() => expect(looks.mock.calls.length).toBeGreaterThan(3));
    await schedule.stop();
    expect((await announced(platform)).map((release) => release.version)).toEqual([version]);

    const next = new TrainingSchedule({ platform, learner: here, firstAfterEvents: 1, growthPercent: 50, checkIntervalMs: 10 });
    const before = looks.mock.calls.length;
    next.start();
    await eventually(() => expect(looks.mock.calls.length).toBeGreaterThan(before + 3));
    await next.stop();
    expect(await announced(platform)).toHaveLength(1);
  });
});

describe('POST /v1/train', () => {
  it('trains what it is asked to and answers with the reports', async () => {
    const platform = await aPlatform();
    await put(platform, aShop());
    const running = await runServices([trainer], { platform, env: { PORT: '0', TRAINER_CHECK_INTERVAL_MS: '86400000' } });
    try {
      const post = async (query: string) => {
        const answer = await fetch(`${running.url}/v1/train${query}`, { method: 'POST' });
        return { status: answer.status, body: (await answer.json()) as unknown };
      };
      expect(await post('?what=weather')).toMatchObject({ status: 400, body: { error: { code: 'EVENT_INVALID' } } });
      expect(await post('?what=recommender')).toMatchObject({ status: 201, body: [{ model: 'item-ranker', promoted: true }] });
      expect(await post('')).toMatchObject({
        status: 201,
        body: [{ model: 'customer-clusters' }, { model: 'item-ranker' }, { model: 'customer-predictions' }],
      });
    } finally {
      await running.close();
    }
  });
});
