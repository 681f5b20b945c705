import { connect } from 'node:net';

/**
 * Connects to 127.0.0.1, sends `request` and resolves with the first bytes that come back; null when nothing listens, nothing
 * comes within two seconds, or the connection closes first.
 */
export function askPort(port: number, request: Buffer): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const done = (answer: Buffer | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2000, () => done(null));
    socket.once('connect', () => socket.write(request));
    socket.once('data', done);
    socket.once('error', () => done(null));
    socket.once('close', () => done(null));
  });
}

/** A Metadata request, version 1, that names no topic. @see https://kafka.apache.org/protocol#The_Messages_Metadata */
export function kafkaMetadataRequest(): Buffer {
  const body = Buffer.alloc(18);
  body.writeInt32BE(14, 0); // bytes that follow
  body.writeInt16BE(3, 4); // Metadata
  body.writeInt16BE(1, 6);
  body.writeInt32BE(1, 8); // correlation id
  body.writeInt16BE(-1, 12); // no client id
  body.writeInt32BE(0, 14); // topics
  return body;
}

/** Brokers that a Metadata answer lists: one that is still fenced is not among them. */
export function brokersIn(answer: Buffer | null): number {
  return answer !== null && answer.length >= 12 ? answer.readInt32BE(8) : 0;
}

/** Asks to log in. @see https://www.postgresql.org/docs/15/protocol-message-formats.html (StartupMessage) */
export function postgresStartupRequest(user: string, database: string): Buffer {
  const text = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + text.length, 0);
  head.writeInt32BE(196_608, 4); // protocol 3.0
  return Buffer.concat([head, text]);
}
