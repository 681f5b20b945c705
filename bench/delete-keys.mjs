// Removes what a benchmark left in Redis: node bench/delete-keys.mjs REDIS_URL PREFIX   (keys that start with PREFIX; PREFIX has no pattern in it)
import { Redis } from 'ioredis';

const [url, prefix] = process.argv.slice(2);
if (!url || !/^[\w.:-]+$/.test(prefix ?? '')) throw new Error('usage: node bench/delete-keys.mjs REDIS_URL PREFIX');
const redis = new Redis(url);
for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 })) if (keys.length > 0) await redis.unlink(keys);
await redis.quit();
