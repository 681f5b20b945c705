import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRandom } from '@tradewind/learning';
import { useTempDir } from '@tradewind/testing';
import { evaluateSegmentation } from './evaluate-segmentation';
import { readFeatures, readLabels } from './feature-table';

const directory = useTempDir();
const file = async (name: string, text: string | Buffer): Promise<string> => {
  const path = join(directory(), name);
  await writeFile(path, text);
  return path;
};

describe('evaluate segmentation', () => {
  it('finds groups that are there, at any scale of the columns, and says so under the keys of DESIGN §6', async () => {
    const random = createRandom(3);
    const groups = Array.from({ length: 600 }, (_, i) => i % 3);
    const lines = groups.map((group) => `c${group},${1000 * group + 50 * random.normal()},${group === 1 ? 9 : 0 + random.normal()}`);
    const features = await file('features.csv.gz', gzipSync(['id,spend,visits', ...lines].join('\n')));
    const labels = await file('labels.csv', ['group', ...groups.map((group) => `group ${group}`)].join('\n'));
    const notes: string[] = [];
    const report = await evaluateSegmentation({
      features,
      labels,
      scaling: 'standard',
      seed: 1,
      reference: false,
      output: { note: (text) => notes.push(text) },
    });
    expect(report).toMatchObject({ k: 3, rows: 600, columns: ['spend', 'visits'], ari: 1, onnxAgreement: 1 });
    expect(report.silhouette).toBeGreaterThan(0.7);
    expect(report.labelStability).toBeGreaterThan(0.99);
    expect(notes).toEqual(['columns that hold no numbers are left out: id']);
  });
});

describe('readFeatures', () => {
  it('takes files without a header', async () => {
    const { matrix, columns } = await readFeatures(await file('plain.csv', '1,2\n3,4.5\n'));
    expect([columns, matrix.rows, [...matrix.data]]).toEqual([['column_1', 'column_2'], 2, [1, 2, 3, 4.5]]);
  });

  it.each([
    ['an empty cell', 'a,b\n1,2\n,3\n', 'line 3: a is empty'],
    ['a word', 'a,b\n1,2\n4,x\n', 'line 3: b is "x", no number'],
    ['nothing', '', 'is empty'],
    ['a header alone', 'a,b\n', 'has a header and no rows'],
    ['a line too short', 'a,b\n1,2\n3\n', 'cannot read'],
  ])('says where the fault lies: %s', async (_, text, message) => {
    const path = await file('broken.csv', text);
    await expect(readFeatures(path)).rejects.toMatchObject({ code: 'FILE_INVALID', message: expect.stringContaining(message) as string });
  });
});

describe('readLabels', () => {
  it('counts them', async () => {
    const path = await file('labels.txt', 'x\ny\nx\n');
    expect([...(await readLabels(path, 3))]).toEqual([0, 1, 0]);
    await expect(readLabels(path, 5)).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });
});
