import type { Sequences } from '@tradewind/learning';

const remembered = new Map<string, { readonly train: Sequences; readonly key: string; readonly value: unknown }>();

/** What `make` gives, or gave the last time for this training data and key; kinds (the key's first word) are kept one each: searches change what is cheap more often than what is dear. */
export async function remember<T>(train: Sequences, key: string, make: () => Promise<T>): Promise<T> {
  const kind = key.split(' ')[0]!;
  const known = remembered.get(kind);
  if (known?.train === train && known.key === key) return known.value as T;
  remembered.delete(kind);
  const value = await make();
  remembered.set(kind, { train, key, value });
  return value;
}

/** Forgets what was kept between fits. */
export function forgetFits(): void {
  remembered.clear();
}
