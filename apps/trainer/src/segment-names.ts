/** What a marketer calls customers whose value is below or above the average customer's. */
const PHRASES: Readonly<Record<string, readonly [below: string, above: string]>> = {
  recency_days: ['recent', 'long silent'],
  orders_count: ['few orders', 'frequent'],
  monetary_minor: ['low spend', 'high spend'],
  average_order_minor: ['small baskets', 'large baskets'],
  refund_ratio: ['few returns', 'many returns'],
};
/** Standard deviations from the average that are worth a word, and that are worth a strong one. */
const NOTABLE = 0.5;
const STRONG = 1.5;
/** Words of a name, unless another cluster has the same. */
const WORDS = 2;

/**
 * A different plain-language name for each cluster, from the features that deviate most from the average customer, e.g. `Very frequent, high
 * spend`. @param centroids [clusters][columns] in standard deviations from the average @param taken names that are not given again
 */
export function nameSegments(centroids: readonly ArrayLike<number>[], columns: readonly string[], taken: Iterable<string> = []): string[] {
  const used = new Set(taken);
  return centroids.map((centroid) => {
    const phrases = phrasesOf(centroid, columns);
    const name = firstFree(phrases, used);
    used.add(name);
    return name;
  });
}

/** The strongest first. */
function phrasesOf(centroid: ArrayLike<number>, columns: readonly string[]): string[] {
  return columns
    .map((column, at) => ({ column, z: centroid[at]! }))
    .filter(({ z }) => Math.abs(z) >= NOTABLE)
    .sort((a, b) => Math.abs(b.z) - Math.abs(a.z))
    .map(({ column, z }) => {
      const [below, above] = PHRASES[column] ?? [`low ${column}`, `high ${column}`];
      return `${Math.abs(z) >= STRONG ? 'very ' : ''}${z < 0 ? below : above}`;
    });
}

/** With as many words as it takes; two clusters that say the same are numbered. */
function firstFree(phrases: readonly string[], used: ReadonlySet<string>): string {
  const words = phrases.length === 0 ? ['average'] : phrases;
  for (let count = Math.min(WORDS, words.length); count <= words.length; count++) {
    const name = capitalised(words.slice(0, count).join(', '));
    if (!used.has(name)) return name;
  }
  const base = capitalised(words.slice(0, WORDS).join(', '));
  for (let number = 2; ; number++) if (!used.has(`${base} ${number}`)) return `${base} ${number}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
