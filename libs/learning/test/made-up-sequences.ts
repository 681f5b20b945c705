import { createRandom } from '../src/random';
import { sequencesFrom, type Sequences } from '../src/recommend/sequences';

/**
 * Walks on a ring of items with jumps: what comes next mostly follows from the last item, and some items are more popular. The same for a
 * seed.
 */
export function madeUpSequences(count: number, itemCount: number, seed: number): Sequences {
  const random = createRandom(seed);
  const popular = (): number => Math.floor(itemCount * random.uniform() ** 2);
  const lists = Array.from({ length: count }, () => {
    let item = popular();
    return Array.from({ length: 2 + random.integer(8) }, () => {
      const chance = random.uniform();
      item = chance < 0.6 ? (item + 1) % itemCount : chance < 0.8 ? (item + 3) % itemCount : popular();
      return item;
    });
  });
  return sequencesFrom(lists, itemCount);
}
