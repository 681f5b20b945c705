// The floor of `tradewind bench stream`: a bare kafkajs consumer with the settings of libs/eventing that only commits. Forked by the
// command; `node bench/floor-stream.mjs '{"brokers":…}'` does nothing by itself.
import { Kafka, logLevel } from 'kafkajs';

const run = JSON.parse(process.argv[2]);
const MIB = 1024 * 1024;
const kafka = new Kafka({ brokers: run.brokers, clientId: 'tradewind-floor', logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({
  groupId: run.prefix + run.groupId,
  allowAutoTopicCreation: false,
  sessionTimeout: 15_000,
  heartbeatInterval: 1_000,
  maxWaitTimeInMs: 250,
  maxBytes: 10 * MIB,
  maxBytesPerPartition: MIB,
});
let [startedMs, endedMs, events, cpu, cpuSeconds] = [0, 0, 0, null, 0];
const latenciesMs = [];
let end;
const done = new Promise((resolve) => (end = resolve));
const tell = (message) => new Promise((resolve) => process.send(message, resolve));
process.on('message', () => end());
process.on('disconnect', () => process.exit(1));

await consumer.connect();
await consumer.subscribe({ topics: [run.prefix + run.topic], fromBeginning: true });
consumer.on(consumer.events.GROUP_JOIN, () => void tell({ ready: true }));
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  partitionsConsumedConcurrently: 4,
  async eachBatch({ batch, resolveOffset, commitOffsetsIfNecessary }) {
    if (startedMs === 0) {
      startedMs = performance.now();
      cpu = process.cpuUsage();
      setTimeout(end, run.seconds * 1000).unref();
    }
    const { topic, partition, messages } = batch;
    const offset = batch.lastOffset();
    await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: String(Number(offset) + 1) }] }] });
    resolveOffset(offset);
    if (events >= run.events) return;
    events += messages.length;
    endedMs = performance.now();
    const { user, system } = process.cpuUsage(cpu);
    cpuSeconds = (user + system) / 1e6;
    if (run.latenciesAfterMs !== null && endedMs - startedMs > run.latenciesAfterMs) {
      for (const { timestamp } of messages) latenciesMs.push(Date.now() - Number(timestamp));
    }
    if (events >= run.events) end();
  },
});
await done;
await tell({
  result: { events, elapsedMs: Math.max(1, endedMs - startedMs), cpuSeconds, rssMb: process.memoryUsage().rss / MIB, latenciesMs },
});
await consumer.disconnect().catch((error) => console.error(error.message));
process.exit(0);
