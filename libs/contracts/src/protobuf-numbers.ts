import protobuf from 'protobufjs/minimal';

// Our int64 fields are epoch milliseconds and minor currency units, both below 2^53: plain numbers are exact and much faster
// than Long objects. Must run before the generated code is loaded.
protobuf.util.Long = undefined as unknown as typeof protobuf.util.Long;
protobuf.configure();
