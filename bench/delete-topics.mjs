// Removes what a benchmark left on a broker: node bench/delete-topics.mjs BROKERS PREFIX   (topics and groups that start with PREFIX)
import { Kafka, logLevel } from 'kafkajs';

const [brokers, prefix] = process.argv.slice(2);
if (!brokers || !prefix) throw new Error('usage: node bench/delete-topics.mjs BROKERS PREFIX');
const admin = new Kafka({ brokers: brokers.split(','), clientId: 'tradewind-bench', logLevel: logLevel.NOTHING }).admin();
await admin.connect();
const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix));
if (topics.length > 0) await admin.deleteTopics({ topics });
const groups = (await admin.listGroups()).groups.map(({ groupId }) => groupId).filter((name) => name.includes(prefix));
if (groups.length > 0) await admin.deleteGroups(groups);
await admin.disconnect();
