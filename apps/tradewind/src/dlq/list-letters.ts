import type { EventLog } from '@tradewind/eventing';
import { LETTER_TOPICS, readLetters } from './letters';

/** What one topic holds. */
export interface LetterCounts {
  readonly topic: string;
  readonly letters: number;
  readonly byCode: Readonly<Record<string, number>>;
  readonly byService: Readonly<Record<string, number>>;
  /** First failures, ISO 8601 UTC. */
  readonly oldest: string;
  readonly newest: string;
}

/** Counts of every topic that holds letters, most first. Reads them all: dead letters are few, or something is very wrong. */
export async function listLetters(log: Pick<EventLog, 'read'>): Promise<LetterCounts[]> {
  const counts: LetterCounts[] = [];
  for (const topic of LETTER_TOPICS) {
    const counted = await countLetters(log, topic);
    if (counted.letters > 0) counts.push(counted);
  }
  return counts.sort((a, b) => b.letters - a.letters);
}

async function countLetters(log: Pick<EventLog, 'read'>, topic: string): Promise<LetterCounts> {
  const [byCode, byService]: Record<string, number>[] = [{}, {}];
  let [letters, oldest, newest] = [0, '', ''];
  for await (const slice of readLetters(log, topic)) {
    for (const { code, service, firstFailureAt } of slice) {
      letters++;
      count(byCode!, code);
      count(byService!, service || 'unknown');
      if (oldest === '' || firstFailureAt < oldest) oldest = firstFailureAt;
      if (firstFailureAt > newest) newest = firstFailureAt;
    }
  }
  return { topic, letters, byCode: byCode!, byService: byService!, oldest, newest };
}

/** Adds one to a tally. */
export function count(tally: Record<string, number>, name: string): void {
  tally[name] = (tally[name] ?? 0) + 1;
}
