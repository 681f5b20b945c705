/**
 * The part of the ONNX protobuf that a writer needs, as plain records and their bytes.
 * Field numbers: github.com/onnx/onnx, onnx/onnx.proto3 (messages ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto,
 * ValueInfoProto, TypeProto, TensorShapeProto, OperatorSetIdProto). Written by hand because the one package that carries them
 * (onnx-proto) is unmaintained and pins protobufjs 6.
 */
import protobuf from 'protobufjs/minimal';

type Writer = protobuf.Writer;

/** TensorProto.DataType. */
const DATA_TYPES = { float32: 1, int32: 6, int64: 7, string: 8, bool: 9, float16: 10, float64: 11 } as const;

export type OnnxDtype = keyof typeof DATA_TYPES;

/** A number is fixed, a name is a free dimension. */
export type OnnxShape = readonly (number | string)[];

/** Row-major values stored in the file. `float16` data are IEEE 754 binary16 bit patterns, `bool` is one byte a value. */
export type OnnxTensor = { readonly shape: readonly number[] } & (
  | { readonly dtype: 'float32'; readonly data: Float32Array }
  | { readonly dtype: 'float64'; readonly data: Float64Array }
  | { readonly dtype: 'float16'; readonly data: Uint16Array }
  | { readonly dtype: 'int64'; readonly data: BigInt64Array }
  | { readonly dtype: 'int32'; readonly data: Int32Array }
  | { readonly dtype: 'bool'; readonly data: Uint8Array }
);

export interface ValueInfo {
  readonly name: string;
  readonly dtype: OnnxDtype;
  readonly shape: OnnxShape;
}

/** One attribute; the key says its ONNX type, which a bare JavaScript number cannot (`1` is an int or a float). */
export type AttributeValue =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly string: string }
  | { readonly strings: readonly string[] }
  | { readonly tensor: OnnxTensor }
  | { readonly graph: GraphRecord };

export interface NodeRecord {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  /** An empty name is an omitted optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly (readonly [name: string, value: AttributeValue])[];
}

export interface GraphRecord {
  readonly name: string;
  /** In an order where every value is made before it is used. */
  readonly nodes: readonly NodeRecord[];
  readonly constants: readonly (readonly [name: string, tensor: OnnxTensor])[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

export interface ModelRecord {
  readonly irVersion: number;
  readonly producer: string;
  /** Operator set version by domain; the standard domain is the empty name. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly graph: GraphRecord;
}

/** Bytes of a ModelProto. Raw tensor data are little-endian, as are all platforms that ONNX Runtime for Node runs on. */
export function encodeModel(model: ModelRecord): Uint8Array {
  const writer = protobuf.Writer.create();
  int64(writer, 1, model.irVersion);
  text(writer, 2, model.producer);
  message(writer, 7, () => writeGraph(writer, model.graph));
  for (const [domain, version] of Object.entries(model.opsets)) {
    message(writer, 8, () => {
      text(writer, 1, domain);
      int64(writer, 2, version);
    });
  }
  return writer.finish();
}

function writeGraph(writer: Writer, graph: GraphRecord): void {
  for (const node of graph.nodes) message(writer, 1, () => writeNode(writer, node));
  text(writer, 2, graph.name);
  for (const [name, tensor] of graph.constants) message(writer, 5, () => writeTensor(writer, tensor, name));
  for (const input of graph.inputs) message(writer, 11, () => writeValueInfo(writer, input));
  for (const output of graph.outputs) message(writer, 12, () => writeValueInfo(writer, output));
}

function writeNode(writer: Writer, node: NodeRecord): void {
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 3, node.name);
  text(writer, 4, node.opType);
  for (const [name, value] of node.attributes) message(writer, 5, () => writeAttribute(writer, name, value));
  text(writer, 7, node.domain);
}

function writeAttribute(writer: Writer, name: string, value: AttributeValue): void {
  text(writer, 1, name);
  const type = (code: number): void => void writer.uint32(tag(20, VARINT)).int32(code);
  if ('float' in value) {
    writer.uint32(tag(2, FIXED32)).float(value.float);
    type(1);
  } else if ('int' in value) {
    int64(writer, 3, value.int);
    type(2);
  } else if ('string' in value) {
    text(writer, 4, value.string);
    type(3);
  } else if ('tensor' in value) {
    message(writer, 5, () => writeTensor(writer, value.tensor));
    type(4);
  } else if ('graph' in value) {
    message(writer, 6, () => writeGraph(writer, value.graph));
    type(5);
  } else if ('floats' in value) {
    message(writer, 7, () => value.floats.forEach((number) => writer.float(number)));
    type(6);
  } else if ('ints' in value) {
    message(writer, 8, () => value.ints.forEach((number) => writer.int64(number)));
    type(7);
  } else {
    for (const string of value.strings) text(writer, 9, string);
    type(8);
  }
}

function writeTensor(writer: Writer, tensor: OnnxTensor, name = ''): void {
  message(writer, 1, () => tensor.shape.forEach((size) => writer.int64(size)));
  writer.uint32(tag(2, VARINT)).int32(DATA_TYPES[tensor.dtype]);
  text(writer, 8, name);
  const { data } = tensor;
  writer.uint32(tag(9, BYTES)).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** ValueInfoProto { name = 1, type = 2: TypeProto { tensor_type = 1: { elem_type = 1, shape = 2: { dim = 1 } } } }. */
function writeValueInfo(writer: Writer, value: ValueInfo): void {
  text(writer, 1, value.name);
  message(writer, 2, () =>
    message(writer, 1, () => {
      writer.uint32(tag(1, VARINT)).int32(DATA_TYPES[value.dtype]);
      message(writer, 2, () => value.shape.forEach((size) => message(writer, 1, () => writeDimension(writer, size))));
    }),
  );
}

function writeDimension(writer: Writer, size: number | string): void {
  if (typeof size === 'number') int64(writer, 1, size);
  else text(writer, 2, size);
}

// Wire types: protobuf.dev/programming-guides/encoding.
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

function tag(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

function int64(writer: Writer, field: number, value: number): void {
  writer.uint32(tag(field, VARINT)).int64(value);
}

function text(writer: Writer, field: number, value: string): void {
  writer.uint32(tag(field, BYTES)).string(value);
}

function message(writer: Writer, field: number, body: () => void): void {
  writer.uint32(tag(field, BYTES)).fork();
  body();
  writer.ldelim();
}
