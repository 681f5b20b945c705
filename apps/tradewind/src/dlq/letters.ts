import { AppError, REJECTED_EVENT, TOPICS, type LogPosition } from '@tradewind/contracts';
import { readDeadLetter, type EventLog, type LogRecord } from '@tradewind/eventing';
import { DEAD_LETTER_TOPICS } from '@tradewind/runtime';
import { UsageError } from '../command';

/** Every topic that keeps what could not be taken. */
export const LETTER_TOPICS: readonly string[] = [TOPICS.rejected.name, ...DEAD_LETTER_TOPICS.map(({ name }) => name)];
export const REJECTED_TOPIC = TOPICS.rejected.name;

/** Code of a record on a dead-letter topic that nobody of us put there. */
export const FOREIGN = 'NO_DEAD_LETTER';

/** A record that could not be taken, with why. */
export interface Letter {
  readonly record: LogRecord;
  /** Where it failed; null when it never was on another topic. */
  readonly from: LogPosition | null;
  readonly code: string;
  readonly reason: string;
  readonly service: string;
  /** How often it was handled in vain; 0 when it was refused at the door. */
  readonly attempts: number;
  /** ISO 8601 UTC. */
  readonly firstFailureAt: string;
}

/** The dead-letter topic that a person means: by its own name or by that of its source. @throws UsageError */
export function letterTopic(name: string): string {
  const found = LETTER_TOPICS.find((topic) => topic === name) ?? LETTER_TOPICS.find((topic) => topic === `${name}.dlq`);
  if (found === undefined) throw new UsageError('<topic>', name, `keeps no dead letters; choose one of ${LETTER_TOPICS.join(', ')}`);
  return found;
}

/** Letters of a topic, in log order per partition. */
export async function* readLetters(log: Pick<EventLog, 'read'>, topic: string): AsyncGenerator<readonly Letter[]> {
  const toLetter = topic === REJECTED_TOPIC ? rejectedLetter : deadLetter;
  for await (const records of log.read(topic)) yield records.map(toLetter);
}

function deadLetter(record: LogRecord): Letter {
  const info = readDeadLetter(record);
  if (info === null) return without(record, FOREIGN, 'the record tells no origin');
  const { topic, partition, offset, code, reason, service, attempts, firstFailureAt } = info;
  return { record, from: { topic, partition, offset }, code, reason, service, attempts, firstFailureAt };
}

function rejectedLetter(record: LogRecord): Letter {
  try {
    const { code, reason, receivedAtMs } = REJECTED_EVENT.decode(record.value);
    return { ...without(record, code, reason), firstFailureAt: new Date(receivedAtMs).toISOString(), service: 'ingest' };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return without(record, error.code, error.message);
  }
}

function without(record: LogRecord, code: string, reason: string): Letter {
  return { record, code, reason, from: null, service: '', attempts: 0, firstFailureAt: new Date(record.timestampMs).toISOString() };
}
