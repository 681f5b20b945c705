import { AppError } from '@tradewind/contracts';
import { sequencesFrom, type Sequences } from '@tradewind/learning';
import { readLines } from '../../replay/read-lines';

/** Item names as numbers, over all files of a run. */
export type ItemNumbers = Map<string, number>;

/** Lines of `item item …`, one a session, oldest session first: lists of item numbers. @throws FILE_INVALID */
export async function readSessionLines(path: string, items: ItemNumbers): Promise<number[][]> {
  const lists: number[][] = [];
  for await (const lines of readLines(path).slices()) {
    for (const line of lines)
      if (line.trim() !== '')
        lists.push(
          line
            .trim()
            .split(/\s+/)
            .map((name) => numberOf(items, name)),
        );
  }
  if (lists.length === 0) throw new AppError('FILE_INVALID', `${path} has no session`);
  return lists;
}

/** Lines of `prefix items TAB next item`. @throws FILE_INVALID naming the line */
export async function readTestCases(path: string, items: ItemNumbers): Promise<{ readonly prefixes: number[][]; readonly next: number[] }> {
  const [prefixes, next]: [number[][], number[]] = [[], []];
  let line = 0;
  for await (const lines of readLines(path).slices()) {
    for (const text of lines) {
      line++;
      if (text.trim() === '') continue;
      const [prefix, target, ...rest] = text.split('\t');
      if (target === undefined || rest.length > 0 || target.trim() === '')
        throw new AppError('FILE_INVALID', `${path}, line ${line}: a case is the items of the session, a tab and the next item`);
      prefixes.push(prefix!.trim().split(/\s+/).map((name) => numberOf(items, name))); // prettier-ignore
      next.push(numberOf(items, target.trim()));
    }
  }
  if (next.length === 0) throw new AppError('FILE_INVALID', `${path} has no case`);
  return { prefixes, next };
}

/** Lines of `user item item …`; users without items are kept out. @throws FILE_INVALID */
export async function readUserLines(path: string, items: ItemNumbers): Promise<Map<string, number[]>> {
  const users = new Map<string, number[]>();
  for await (const lines of readLines(path).slices()) {
    for (const line of lines) {
      const [user, ...own] = line.trim().split(/\s+/);
      if (user === undefined || user === '' || own.length === 0) continue;
      const known = users.get(user) ?? [];
      for (const name of own) known.push(numberOf(items, name));
      users.set(user, known);
    }
  }
  if (users.size === 0) throw new AppError('FILE_INVALID', `${path} has no line with a user and items`);
  return users;
}

/** Sequences over all items seen in a run. */
export function asSequences(lists: readonly (readonly number[])[], items: ItemNumbers): Sequences {
  return sequencesFrom(lists, items.size);
}

function numberOf(known: ItemNumbers, name: string): number {
  const number = known.get(name);
  if (number !== undefined) return number;
  known.set(name, known.size);
  return known.size - 1;
}
