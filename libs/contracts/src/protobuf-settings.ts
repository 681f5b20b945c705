import protobuf from 'protobufjs/minimal';

// Our int64 fields are epoch milliseconds and minor currency units, both below 2^53: plain numbers are exact and much faster
// than Long objects. Must run before the generated code is loaded.
protobuf.util.Long = undefined as unknown as typeof protobuf.util.Long;
protobuf.configure();

// protobufjs writes a lone surrogate (half an emoji, cut off by a client) of a text below 40 characters as bytes that its own reader refuses; in longer
// texts it becomes U+FFFD, and so it does here. A record that decodes nowhere would be a dead letter of every consumer.
const { utf8 } = protobuf.util;
const write = utf8.write;
utf8.write = (text, buffer, offset) => write((text as string & { toWellFormed(): string }).toWellFormed(), buffer, offset);
