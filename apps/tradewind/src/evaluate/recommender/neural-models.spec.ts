import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureLists, PLAIN_PRODUCTS, rankCases, sequencesFrom } from '@tradewind/learning';
import { neuralFactories, type NeuralOptions } from './neural-models';
import { sessionProtocol } from './protocols';

const ITEMS = 12;
/** Sessions walk by five: 0, 5, 10, 3, … */
const walk = (first: number, length: number): number[] => Array.from({ length }, (_, at) => (first + 5 * at) % ITEMS);
const protocol = sessionProtocol(
  sequencesFrom(Array.from({ length: 200 }, (_, s) => walk(s, 2 + (s % 4))), ITEMS), // prettier-ignore
  { histories: sequencesFrom([walk(3, 2), walk(4, 1)], ITEMS), truth: sequencesFrom([[1], [9]], ITEMS), excludeHistory: false },
  { seed: 1, maxValidation: 50 },
);
const options = (more: Partial<NeuralOptions> = {}): NeuralOptions => ({
  metric: 'mrr20',
  threads: 1,
  onEpoch: () => undefined,
  neuralSettings: {
    network: { kind: 'selfAttention', width: 16, maxLength: 5 },
    batchSize: 32,
    learningRate: 0.02,
    warmUpSteps: 5,
    maxEpochs: 4,
  },
  ...more,
});
const tools = { seed: 1, products: PLAIN_PRODUCTS, onProgress: () => undefined };
const settingsOf = ({ defaults }: { defaults: object }): object => defaults;

describe('neuralFactories', () => {
  it('learn with the validation cases, then on all of the data for as many epochs', async () => {
    const epochs: number[] = [];
    const [factory] = neuralFactories(protocol, options({ onEpoch: (_, { epoch }) => void epochs.push(epoch) }));
    const { train, cases } = protocol.validation;
    const first = await factory!.fit(train, settingsOf(factory!), { ...tools, validation: cases });
    const until = epochs.length;
    const second = await factory!.fit(protocol.test.train, settingsOf(factory!), tools);
    expect(epochs.length - until).toBeLessThanOrEqual(until);
    const [list] = await rankCases(protocol.test.cases, [second]);
    expect(measureLists(protocol.test.cases, list!).metrics.mrr20).toBe(1);
    await factory!.release!(first);
    await factory!.release!(second);
  });

  it('resume a run that was kept', async () => {
    const runs = await mkdtemp(join(tmpdir(), 'tradewind-runs-'));
    const epochs: number[] = [];
    const fit = async (more: Partial<NeuralOptions>) => {
      const [factory] = neuralFactories(protocol, options({ runs, onEpoch: (_, { epoch }) => void epochs.push(epoch), ...more }));
      const scorer = await factory!.fit(protocol.validation.train, settingsOf(factory!), {
        ...tools,
        validation: protocol.validation.cases,
      });
      await factory!.release!(scorer);
    };
    await fit({ maxMinutes: 0 });
    await fit({});
    expect(epochs.slice(0, 3)).toEqual([1, 2, 3]);
    expect(await readdir(runs)).toHaveLength(1);
    await rm(runs, { recursive: true });
  });

  it('are left out where histories have no order', () => {
    const lists = { ...protocol, test: { ...protocol.test, cases: { ...protocol.test.cases, excludeHistory: true } } };
    expect(neuralFactories(lists, options())).toEqual([]);
  });
});
