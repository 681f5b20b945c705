import { itemTextScorer, vectoriseTexts } from './item-text';
import { sequencesFrom } from './sequences';

const texts = ['RED CANDLE', 'blue candles', 'red lantern', 'garden spade', '', 'spade for the garden'];

describe('item texts', () => {
  it('are vectors of length 1 over words that several items have', () => {
    const { offsets, weights, termCount } = vectoriseTexts(texts, { stem: 0 });
    expect(termCount).toBe(3); // red, garden, spade
    for (const item of [0, 2, 3]) expect(Math.hypot(...weights.subarray(offsets[item]!, offsets[item + 1]!))).toBeCloseTo(1, 5);
    expect(offsets[5]! - offsets[4]!).toBe(0);
  });

  it('find what is like the history, also by the beginning of a word, and say nothing of items without text', async () => {
    const scorer = itemTextScorer(vectoriseTexts(texts));
    const scores = new Float32Array(12);
    await scorer.score(sequencesFrom([[0], [3]], 6), Int32Array.of(0, 1), scores);
    expect(scores[1]).toBeGreaterThan(0);
    expect(scores[2]).toBeGreaterThan(0);
    expect([scores[3], scores[4]]).toEqual([0, 0]);
    expect(scores[6 + 5]).toBeCloseTo(scores[6 + 3]!, 5);
    expect(scores[6 + 0]).toBe(0);
  });
});
