// The floor of `tradewind bench ingest`: bare Fastify and a bare kafkajs producer (acks=all, idempotent). One JSON.parse, one record per
// event (key: the user, value: its JSON), an answer once the broker has acknowledged. With lingerMs null each request is a send of its
// own, else requests share sends, one in flight. Compressed bodies are inflated, nothing more. Forked by the command.
import { gunzipSync } from 'node:zlib';
import { Kafka, logLevel } from 'kafkajs';
import Fastify from 'fastify';

const run = JSON.parse(process.argv[2]);
const topic = run.prefix + run.topic;
const producer = new Kafka({ brokers: run.brokers.split(','), clientId: 'tradewind-floor', logLevel: logLevel.NOTHING }).producer({
  idempotent: true,
  allowAutoTopicCreation: false,
  ...(run.lingerMs !== null && { maxInFlightRequests: 1 }),
});
let finish;
const finished = new Promise((resolve) => (finish = resolve));
process.on('message', () => finish());
process.on('disconnect', () => process.exit(1));
const tell = (message) => new Promise((resolve) => process.send(message, resolve));

let queue = [];
let flushing = false;
function coalesced(messages) {
  return new Promise((resolve, reject) => {
    queue.push({ messages, resolve, reject });
    if (!flushing) void flush();
  });
}
async function flush() {
  flushing = true;
  await new Promise((resolve) => setTimeout(resolve, run.lingerMs));
  while (queue.length > 0) {
    const taken = queue;
    queue = [];
    try {
      await producer.send({ topic, acks: -1, messages: taken.flatMap(({ messages }) => messages) });
      for (const { resolve } of taken) resolve();
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
  }
  flushing = false;
}
const publish = run.lingerMs === null ? (messages) => producer.send({ topic, acks: -1, messages }) : coalesced;

await producer.connect();
const app = Fastify({ bodyLimit: 4 * 1024 * 1024 });
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
const bodyOf = (request) => (request.headers['content-encoding'] === 'gzip' ? gunzipSync(request.body) : request.body);
app.post('/v1/track', async (request) => {
  const body = bodyOf(request);
  const event = JSON.parse(body.toString());
  await publish([{ key: event.userId ?? event.anonymousId, value: body }]);
  return { success: true };
});
app.post('/v1/batch', async (request) => {
  const { batch } = JSON.parse(bodyOf(request).toString());
  await publish(batch.map((event) => ({ key: event.userId ?? event.anonymousId, value: JSON.stringify(event) })));
  return { success: true };
});
const url = await app.listen({ port: 0, host: '127.0.0.1' });
const cpu = process.cpuUsage();
await tell({ ready: { url } });
await finished;
const { user, system } = process.cpuUsage(cpu);
await tell({
  result: {
    rssMb: process.memoryUsage().rss / 1024 ** 2,
    maxRssMb: process.resourceUsage().maxRSS / 1024,
    cpuSeconds: (user + system) / 1e6,
  },
});
await app.close();
await producer.disconnect();
process.exit(0);
