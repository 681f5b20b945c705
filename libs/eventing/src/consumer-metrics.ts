import { AppError } from '@tradewind/contracts';
import type { Gauge, Metrics } from '@tradewind/observability';
import type { ProcessorObserver } from './batch-processor';
import type { PartitionProgress, Subscription } from './event-log';

export interface ConsumerMetrics {
  /** Counts what a group's processor does. */
  observer(group: string): ProcessorObserver;
  /** Reports the lag of a subscription at each scrape; the function it gives ends that. */
  track(subscription: Subscription): () => void;
}

type PartitionLabel = 'group' | 'topic' | 'partition';

/** Throughput, batch time, retries, dead letters and lag (in records and in seconds) of every group. */
export function createConsumerMetrics(metrics: Metrics): ConsumerMetrics {
  const name = (rest: string) => `tradewind_consumer_${rest}`;
  const records = metrics.counter({ name: name('records_total'), help: 'Records handled', labels: ['group', 'topic'] });
  const seconds = metrics.histogram({
    name: name('batch_seconds'),
    help: 'Time from a batch to its persisted state',
    labels: ['group', 'topic'],
  });
  const retries = metrics.counter({
    name: name('retries_total'),
    help: 'Steps repeated after a retryable error',
    labels: ['group', 'topic', 'code'],
  });
  const letters = metrics.counter({ name: name('dead_letters_total'), help: 'Records set aside', labels: ['group', 'topic', 'code'] });
  const tracked = new Set<Subscription>();
  const lag = (suffix: string, help: string, value: (progress: PartitionProgress) => number) =>
    metrics.gauge<PartitionLabel>({
      name: name(suffix),
      help,
      labels: ['group', 'topic', 'partition'],
      collect: createCollector(tracked, value),
    });
  lag('lag_records', 'Records not handled yet', (progress) => progress.lagRecords);
  lag('lag_seconds', 'Age of the oldest record not handled yet', (progress) => progress.lagSeconds);
  return {
    observer: (group) => ({
      handled: ({ topic, records: count, durationMs }) => {
        records.add(count, { group, topic });
        seconds.observe(durationMs / 1000, { group, topic });
      },
      retried: ({ topic, error }) => retries.add(1, { group, topic, code: error instanceof AppError ? error.code : 'UNKNOWN' }),
      deadLettered: ({ topic, letters: found }) => found.forEach(({ code }) => letters.add(1, { group, topic, code })),
    }),
    track: (subscription) => {
      tracked.add(subscription);
      return () => void tracked.delete(subscription);
    },
  };
}

/** Sets the series of the partitions held now and drops those of partitions that were lost. */
function createCollector(tracked: ReadonlySet<Subscription>, value: (progress: PartitionProgress) => number) {
  let last = new Map<string, Record<PartitionLabel, string | number>>();
  return (gauge: Gauge<PartitionLabel>) => {
    const held = new Map<string, Record<PartitionLabel, string | number>>();
    for (const subscription of tracked) {
      for (const progress of subscription.progress()) {
        const labels = { group: subscription.groupId, topic: progress.topic, partition: progress.partition };
        held.set(`${labels.group}/${labels.topic}/${labels.partition}`, labels);
        gauge.set(value(progress), labels);
      }
    }
    for (const [key, labels] of last) if (!held.has(key)) gauge.remove(labels);
    last = held;
  };
}
