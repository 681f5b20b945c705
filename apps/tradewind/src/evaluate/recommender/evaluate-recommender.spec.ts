import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRandom } from '@tradewind/learning';
import { useTempDir } from '@tradewind/testing';
import { evaluateOffPolicy } from '../evaluate-off-policy';
import { evaluateRecommender, type RecommenderOptions } from './evaluate-recommender';
import { readInteractions } from './read-interactions';

const directory = useTempDir();
const file = async (name: string, text: string | Buffer): Promise<string> => {
  const path = join(directory(), name);
  await writeFile(path, text);
  return path;
};
const notes: string[] = [];
const output = { note: (text: string) => void notes.push(text), progress: () => ({ update: () => undefined, finish: () => undefined }) };
const options: Omit<RecommenderOptions, 'protocol'> = {
  columns: [],
  sessions: false,
  heldOut: 0.2,
  models: [],
  hybrid: true,
  search: false,
  seed: 1,
  resamples: 100,
  threads: 1,
  neural: false,
  reference: false,
  output,
};

/** Users who walk a ring of items, mostly to the next one, each at some place of it. */
function walks(users: number, items: number, length: number): number[][] {
  const random = createRandom(1);
  return Array.from({ length: users }, () => {
    let item = random.integer(items);
    return Array.from({ length }, () => (item = (item + (random.uniform() < 0.7 ? 1 : random.integer(items))) % items));
  });
}

/** Events ten minutes apart, histories that begin within `spreadSeconds`. */
function asRows(lists: readonly number[][], spreadSeconds: number): string[] {
  const random = createRandom(2);
  return lists.flatMap((list, user) => {
    const start = random.integer(spreadSeconds);
    return list.map((item, at) => `u${user},i${item},${1_600_000_000 + start + at * 600}`);
  });
}

describe('evaluate recommender', () => {
  it.each(['leave-one-out', 'time', 'session'] as const)(
    '%s: order is found, the hybrid keeps up, figures have intervals',
    async (protocol) => {
      const interactions = await file(
        'walks.csv.gz',
        gzipSync(['user,item,timestamp', ...asRows(walks(150, 40, 9), protocol === 'time' ? 3_000 : 300_000)].join('\n')),
      );
      const report = await evaluateRecommender({ ...options, protocol, interactions, models: ['popularity', 'transitions', 'stan'] });
      const { popularity, transitions, hybrid } = report.models;
      expect(report.users).toBeGreaterThan(30);
      expect(report.items).toBe(40);
      for (const key of ['hr10', 'ndcg10', 'hr20', 'recall20', 'ndcg20', 'mrr20', 'coverage'] as const) {
        expect(hybrid![key]).toBeGreaterThan(0);
        expect(hybrid![key]).toBeLessThanOrEqual(1);
      }
      expect(transitions!.ndcg10).toBeGreaterThan(popularity!.ndcg10);
      expect(hybrid!.ndcg10).toBeGreaterThan(popularity!.ndcg10);
      const { low, high } = hybrid!.intervals.ndcg20!;
      expect(low).toBeLessThanOrEqual(hybrid!.ndcg20);
      expect(high).toBeGreaterThanOrEqual(hybrid!.ndcg20);
      expect(Object.keys(report.models)).toContain(report.best);
      expect(report.gain!.low).toBeLessThanOrEqual(report.gain!.value);
    },
  );

  it('strong generalisation: EASE is numpy’s where Python has it, and tastes beat popularity', async () => {
    const random = createRandom(3);
    const rows = Array.from({ length: 300 }, (_, user) => {
      const taste = random.integer(4);
      return Array.from(
        { length: 10 },
        () => `u${user},i${random.uniform() < 0.8 ? taste * 15 + random.integer(15) : random.integer(60)},1`,
      );
    }).flat();
    const interactions = await file('tastes.csv', ['user,item,timestamp', ...rows].join('\n'));
    const report = await evaluateRecommender({ ...options, protocol: 'strong-generalization', interactions, models: ['popularity', 'ease'], reference: true }); // prettier-ignore
    expect(report.models['ease']!.ndcg100).toBeGreaterThan(1.3 * report.models['popularity']!.ndcg100);
    if (report.reference === null) expect(notes.at(-1)).toContain('no reference');
    else {
      expect(report.models['ease']!.ndcg100).toBeCloseTo(report.reference.ndcg100, 3);
      expect(report.models['ease']!.truncatedRecall20).toBeCloseTo(report.reference.truncatedRecall20, 3);
    }
  });

  it('fixed: sessions with their cases, and lists of users', async () => {
    const sessions = walks(200, 30, 6);
    const train = await file('train.txt', sessions.slice(0, 150).map((list) => list.join(' ')).join('\n')); // prettier-ignore
    const cases = sessions.slice(150).flatMap((list) => list.slice(1).map((next, at) => `${list.slice(0, at + 1).join(' ')}\t${next}`));
    const test = await file('test.txt', [...cases, '1 2\t999'].join('\n'));
    const report = await evaluateRecommender({ ...options, protocol: 'fixed', sessions: true, train, test, models: ['popularity', 'vsknn', 'transitions'] }); // prettier-ignore
    expect(report.users).toBe(251);
    expect(report.models['transitions']!.hr20).toBeGreaterThan(report.models['popularity']!.hr20);
    expect(notes.join()).toContain('1 of 251 items asked for');
    const lists = await file('lists.txt', sessions.map((list, user) => `u${user} ${list.slice(0, 5).join(' ')}`).join('\n')); // prettier-ignore
    const asked = await file('asked.txt', sessions.map((list, user) => `u${user} ${list[5]}`).join('\n')); // prettier-ignore
    const fixed = await evaluateRecommender({ ...options, protocol: 'fixed', train: lists, test: asked, models: ['popularity', 'itemKnn'], hybrid: false }); // prettier-ignore
    expect(fixed.users).toBe(200);
    expect(fixed.gain).toBeNull();
    expect(fixed.models['itemKnn']!.hr20).toBeGreaterThan(fixed.models['popularity']!.hr20);
  });

  it('learns what kinds of events count, and ranks items without a past by their words', async () => {
    const random = createRandom(5);
    const rows = Array.from({ length: 120 }, (_, user) => {
      const taste = user % 2;
      return Array.from({ length: 12 }, (__, at) => {
        const isLike = random.uniform() < 0.5;
        const item = isLike ? 2 * random.integer(10) + taste : random.integer(20);
        const [day, name] = at < 11 ? [at, item] : [11.5, 20 + taste];
        return `u${user},i${name},${1e9 + day * 86_400},${isLike ? 'LIKE' : 'VIEW'},${name % 2 === 0 ? 'red lamp' : 'garden chair'} ${name}`;
      });
    }).flat();
    const interactions = await file('kinds.csv', ['user,item,timestamp,event,text', ...rows].join('\n'));
    const report = await evaluateRecommender({ ...options, protocol: 'time', interactions, models: ['ease', 'easeWeighted'], eventWeights: 'learn', hybrid: false, heldOut: 0.3 }); // prettier-ignore
    expect(report.eventWeights!.learned).toBeGreaterThanOrEqual(report.eventWeights!.alike!);
    expect(report.newItems!.items).toBe(2);
    expect(report.newItems!.ndcg20.content.value).toBeGreaterThan(report.newItems!.ndcg20.popularity.value);
  });

  it('names what is wrong', async () => {
    const empty = await file('empty.csv', 'user,item,timestamp\n');
    const other = await file('other.csv', 'a,b\n1,2\n');
    await expect(evaluateRecommender({ ...options, protocol: 'time' })).rejects.toThrow('--interactions');
    await expect(evaluateRecommender({ ...options, protocol: 'time', interactions: empty })).rejects.toMatchObject({
      code: 'FILE_INVALID',
    });
    await expect(evaluateRecommender({ ...options, protocol: 'time', interactions: other })).rejects.toThrow('no column user');
    await expect(evaluateRecommender({ ...options, protocol: 'fixed' })).rejects.toThrow('--train');
    await expect(evaluateRecommender({ ...options, protocol: 'time', beside: 'nothing' })).rejects.toThrow('--beside');
  });

  it('reads columns by name, by place, with tabs and dates, and counts what it leaves out', async () => {
    const tabs = await file('u.data', '1\t10\t5\t881250949\n1\t11\t2\t881250950\n2\t10\t4\t\n');
    const read = await readInteractions(tabs, { columns: ['user', 'item', 'rating', 'timestamp'], minRating: 3 });
    expect([read.items, read.skipped]).toEqual([['10'], { 'rating too low': 1, 'no time': 1 }]);
    const dates = await file('orders.csv', 'InvoiceDate,CustomerID,StockCode,Quantity,UnitPrice\n2010-12-01 08:26,7,85123A,6,2.5\n2010-12-01 08:27,7,POST,1,9\n2010-12-01 08:28,7,85123A,-6,2.5\n'); // prettier-ignore
    const orders = await readInteractions(dates, { columns: [], itemPattern: /^\d{5}/ });
    expect([...orders.log.timesMs]).toEqual([Date.UTC(2010, 11, 1, 8, 26)]);
    expect([[...orders.prices], orders.skipped]).toEqual([[2.5], { 'other items': 1, 'weight not above 0': 1 }]);
  });
});

describe('evaluate off-policy', () => {
  it('finds what another policy earns from the log of this one', async () => {
    const random = createRandom(8);
    const round = (chances: readonly number[]): string => {
      const draw = random.uniform();
      const action = draw < chances[0]! ? 0 : 1;
      return `${action},1,${Number(random.uniform() < [0.1, 0.3][action]!)},${chances[action]}`;
    };
    const write = (name: string, chances: readonly number[]) =>
      file(name, ['item_id,position,click,propensity_score', ...Array.from({ length: 1500 }, () => round(chances))].join('\n'));
    const [log, targetLog] = [await write('log.csv', [0.5, 0.5]), await write('target.csv', [0.1, 0.9])];
    const report = await evaluateOffPolicy({ log, targetLog, target: 'observed', action: 'item_id', position: 'position', reward: 'click', propensity: 'propensity_score', context: [], seed: 1, resamples: 200 }); // prettier-ignore
    expect(report.holds).toEqual({ ips: true, snips: true, dr: true });
    expect(report.logged.high).toBeLessThan(report.known.value);
    expect(report.effectiveRounds).toBeLessThan(1500);
  });
});
