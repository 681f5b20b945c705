import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRandom } from '@tradewind/learning';
import { useTempDir } from '@tradewind/testing';
import { evaluateLifetime } from './evaluate-lifetime';
import { evaluatePropensity } from './evaluate-propensity';
import { evaluateUplift } from './evaluate-uplift';
import { cellsOf, readTextTable, toFeatureTable } from './mixed-table';

const directory = useTempDir();
const file = async (name: string, text: string | Buffer): Promise<string> => {
  const path = join(directory(), name);
  await writeFile(path, text);
  return path;
};
const output = { note: () => undefined };

describe('evaluate propensity', () => {
  it('finds what there is to find, says how sure it is, and the graph and the explanations agree with it', async () => {
    const random = createRandom(1);
    const lines = Array.from({ length: 1500 }, () => {
      const [age, channel] = [20 + random.integer(50), ['web', 'shop', ''][random.integer(3)]!];
      const odds = (age > 45 ? 1.5 : -1.5) + (channel === 'shop' ? 1 : 0);
      return `${age};${channel};${random.uniform() < 1 / (1 + Math.exp(-odds)) ? 'yes' : 'no'}`;
    });
    const data = await file('people.csv.gz', gzipSync(['age;channel;bought', ...lines].join('\n')));
    const options = { data, target: 'bought', positive: 'yes', drop: [], folds: 3, seed: 1, reference: false, output };
    const report = await evaluatePropensity(options);
    expect(report).toMatchObject({ rows: 1500, columns: 2, folds: 3 });
    expect(report.models.boosted.auc).toBeGreaterThan(0.75);
    expect(report.models.boosted.calibrationError).toBeLessThan(0.06);
    expect(report.features[0]!.name).toBe('age');
    expect(report.explanationError).toBeLessThan(1e-9);
    expect(report.onnxDifference).toBeLessThan(1e-6);
    await expect(evaluatePropensity({ ...options, positive: 'maybe' })).rejects.toThrow('0 of 1500 rows have bought = maybe');
    await expect(evaluatePropensity({ ...options, drop: ['size'] })).rejects.toThrow('has no column size');
  });
});

describe('evaluate lifetime', () => {
  const random = createRandom(2);
  const lines = Array.from({ length: 700 }, (_, customer) => {
    const orders: string[] = [];
    const gap = 5 + 60 * random.uniform();
    for (let day = 90 * random.uniform(); day < 360; day -= gap * Math.log(1 - random.uniform())) {
      orders.push(
        `c${customer},${new Date(Date.UTC(2024, 0, 1) + day * 86_400_000).toISOString()},${(5 + 20 * random.uniform()).toFixed(2)}`,
      );
      if (random.uniform() < 0.2) break;
    }
    return orders;
  }).flat();

  it('holds the shipped model and BG/NBD to days that neither has seen', async () => {
    const orders = await file('orders.csv', ['who,at,paid', ...lines].join('\n'));
    const options = { orders, until: '2024-10-01', horizonDays: 60, customer: 'who', date: 'at', amount: 'paid', seed: 1 };
    const report = await evaluateLifetime(options);
    expect(report.customers).toBe(700);
    expect(report.gammaGamma).not.toBeNull();
    expect(report.models!.shipped.auc).toBeGreaterThan(0.75);
    expect(report.models!.recency.predictedOrders).toBeNull();
    expect(report.shipped!.learnedHorizonDays).toBe(60);
    const later = await evaluateLifetime({ ...options, until: '2026-01-01' });
    expect([later.heldOut, later.models, later.shipped]).toEqual([null, null, null]);
  });

  it('says where the fault lies', async () => {
    const options = { until: '2024-10-01', horizonDays: 60, customer: 'who', date: 'at', amount: 'paid', seed: 1 };
    const bad = await file('bad.csv', 'who,at,paid\nc,2024-01-01,4\nc,soon,4\n');
    await expect(evaluateLifetime({ ...options, orders: bad })).rejects.toThrow('line 3: at is "soon", no date');
    const late = await file('late.csv', 'who,at,paid\nc,2025-01-01,4\n');
    await expect(evaluateLifetime({ ...options, orders: late })).rejects.toThrow('no order before 2024-10-01');
  });
});

describe('evaluate uplift', () => {
  it('reports every treatment and outcome', async () => {
    const random = createRandom(3);
    const lines = Array.from({ length: 6000 }, () => {
      const [x, arm] = [random.uniform(), ['none', 'mail', 'call'][random.integer(3)]!];
      const visit = Number(random.uniform() < 0.2 + (arm === 'mail' && x > 0.5 ? 0.3 : 0));
      return `${x},${arm},${visit}`;
    });
    const data = await file('experiment.csv', ['x,arm,visit', ...lines].join('\n'));
    const options = { data, treatment: 'arm', control: 'none', outcomes: ['visit'], drop: [], seed: 1, resamples: 100, output };
    const { comparisons } = await evaluateUplift(options);
    expect(comparisons.map(({ treatment }) => treatment)).toEqual(['call', 'mail']);
    expect(comparisons[1]!.uplift.qini.low).toBeGreaterThan(0);
    await expect(evaluateUplift({ ...options, control: 'nothing' })).rejects.toThrow('it has');
    await expect(evaluateUplift({ ...options, outcomes: ['x'] })).rejects.toThrow('x must be 0 or 1');
  });
});

describe('readTextTable', () => {
  it('tells numbers, categories and gaps apart, whatever stands between them', async () => {
    const table = await readTextTable(await file('mixed.csv', '"a";"b";"c"\n1;"x, y";\n;z;4.5\n'));
    expect(cellsOf(table, 'b')).toEqual(['x, y', 'z']);
    const { columns } = toFeatureTable(table, ['c']).table;
    expect(columns.map(({ name, values, categories }) => [name, [...values], categories])).toEqual([
      ['a', [1, NaN], undefined],
      ['b', [0, 1], ['x, y', 'z']],
    ]);
    await expect(readTextTable(await file('empty.csv', ''))).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });
});
