import type { DueTime, DueTimes, SettledTime } from './due-times';

/** Limits: gone with the process. A binary heap per queue; entries that were overtaken stay in it until they come up. */
export class MemoryDueTimes implements DueTimes {
  readonly isDurable = false;
  private readonly queues = new Map<string, Queue>();

  async schedule(queue: string, times: readonly DueTime[]): Promise<void> {
    const { at, heap } = this.queue(queue);
    for (const time of times) {
      if ((at.get(time.key) ?? Infinity) <= time.atMs) continue;
      at.set(time.key, time.atMs);
      push(heap, time);
    }
  }

  async due(queue: string, untilMs: number, limit: number): Promise<DueTime[]> {
    const { at, heap } = this.queue(queue);
    const found: DueTime[] = [];
    while (found.length < limit && heap.length > 0 && heap[0]!.atMs <= untilMs) {
      const time = pop(heap);
      const isCurrent = at.get(time.key) === time.atMs && found.at(-1)?.key !== time.key;
      if (isCurrent) found.push(time);
    }
    for (const time of found) push(heap, time);
    return found;
  }

  async settle(queue: string, settled: readonly SettledTime[]): Promise<void> {
    const { at, heap } = this.queue(queue);
    for (const { key, seenMs, nextMs } of settled) {
      if (at.get(key) !== seenMs) continue;
      if (nextMs === null) at.delete(key);
      else {
        at.set(key, nextMs);
        push(heap, { key, atMs: nextMs });
      }
    }
  }

  private queue(name: string): Queue {
    const known = this.queues.get(name);
    if (known !== undefined) return known;
    const made: Queue = { at: new Map(), heap: [] };
    this.queues.set(name, made);
    return made;
  }
}

interface Queue {
  /** The truth. */
  readonly at: Map<string, number>;
  /** By time; an entry counts while `at` says the same. */
  readonly heap: DueTime[];
}

function isBefore(a: DueTime, b: DueTime): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.key < b.key);
}

function push(heap: DueTime[], time: DueTime): void {
  let at = heap.length;
  heap.push(time);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(time, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = time;
}

/** The heap must not be empty. */
function pop(heap: DueTime[]): DueTime {
  const first = heap[0]!;
  const last = heap.pop()!;
  if (heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
    if (!isBefore(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
}
