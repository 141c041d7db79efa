import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { getTextEncoding } from '@bufbuild/protobuf/wire'
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.js'

export type ElementType = 'float32' | 'float64' | 'int64' | 'bool' | 'uint8'

/** A floating-point attribute; plain numbers are integers. */
export class Float {
  constructor(readonly value: number) {}
}
export type Attribute = number | Float | string | readonly number[] | LoopBody

export interface ValueInfo {
  readonly name: string
  /** int16 is what a model may be given, which casts it: nothing else is in it */
  readonly type: ElementType | 'int16'
  /** A string is a free dimension, such as the number of pictures */
  readonly shape: readonly (number | string)[]
  /** A sequence of such tensors */
  readonly sequence?: boolean
}
export interface Initializer {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}
export interface Node {
  readonly operator: string
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}
export interface Graph {
  readonly nodes: readonly Node[]
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly initializers: readonly Initializer[]
}
/** What a loop does at each of its steps; it may read what the graph around it has. */
export type LoopBody = Omit<Graph, 'initializers'>
export interface WrittenModel {
  readonly model: Uint8Array
  /** The large initializers, in a file of its own beside the model, when all in one would pass protobuf's 2 GB */
  readonly external?: { readonly file: string; readonly parts: readonly Uint8Array[] }
}

const EXTERNAL_ABOVE = 2 ** 30
const SMALL = 1024
const IR_VERSION = 10n
const OPSETS: Readonly<Record<string, bigint>> = { '': 21n, 'com.microsoft': 1n, 'com.microsoft.nchwc': 1n }

export interface WriteOptions {
  /** Name of the file for what does not fit */
  readonly externalFile?: string
  /** Bytes of initializers up to which they all stand inside */
  readonly externalAbove?: number
  /** What others may want to know of the model */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * One ONNX model as protobuf bytes (https://onnx.ai/onnx/repo-docs/IR.html).
 * Above 1 GB of initializers (or `externalAbove` bytes) the large ones go to external data named `externalFile`. Only the
 * sets of operators that occur are declared: strict readers refuse those that they do not know.
 */
export function writeModel(graph: Graph, options: WriteOptions = {}): WrittenModel {
  const { externalFile = 'model.data', externalAbove = EXTERNAL_ABOVE, metadata = {} } = options
  const used = new Set(['', ...graph.nodes.map(({ domain }) => domain)])
  const total = graph.initializers.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const parts: Uint8Array[] = []
  let offset = 0
  const initializer = graph.initializers.map(value => {
    const tensor = { name: value.name, dims: value.shape.map(BigInt), dataType: elementTypes[value.type] }
    if (total <= externalAbove || value.bytes.length < SMALL)
      return create(TensorProtoSchema, { ...tensor, rawData: value.bytes })
    const place = { location: externalFile, offset: `${offset}`, length: `${value.bytes.length}` }
    parts.push(value.bytes)
    offset += value.bytes.length
    return create(TensorProtoSchema, {
      ...tensor,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries(place).map(([key, value]) => ({ key, value })),
    })
  })
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: 'lacuna',
    opsetImport: [...used].sort().map(domain => ({ domain, version: OPSETS[domain] ?? 1n })),
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: graphProto(graph, initializer),
  })
  return {
    model: toBinary(ModelProtoSchema, model),
    ...(parts.length > 0 && { external: { file: externalFile, parts } }),
  }
}

const elementTypes: { readonly [T in ElementType]: TensorProto_DataType } = {
  float32: TensorProto_DataType.FLOAT,
  float64: TensorProto_DataType.DOUBLE,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
  uint8: TensorProto_DataType.UINT8,
}

/** With those that values have at the edges of a graph, or inside between two casts */
const allTypes = { ...elementTypes, int8: TensorProto_DataType.INT8, int16: TensorProto_DataType.INT16 }

export const elementType = (type: keyof typeof allTypes): number => allTypes[type]

const graphProto = (
  { nodes, inputs, outputs }: LoopBody,
  initializer: MessageInitShape<typeof TensorProtoSchema>[] = [],
): GraphProto =>
  create(GraphProtoSchema, {
    name: 'lacuna',
    node: nodes.map(nodeProto),
    initializer,
    input: inputs.map(valueInfo),
    output: outputs.map(valueInfo),
  })

function nodeProto(node: Node): NodeProto {
  return create(NodeProtoSchema, {
    opType: node.operator,
    domain: node.domain,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, value]) => attributeProto(name, value)),
  })
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  const { FLOAT, STRING, INTS, INT, GRAPH } = AttributeProto_AttributeType
  if (value instanceof Float) return create(AttributeProtoSchema, { name, type: FLOAT, f: value.value })
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: STRING, s: getTextEncoding().encodeUtf8(value) })
  if (typeof value === 'number') return create(AttributeProtoSchema, { name, type: INT, i: BigInt(value) })
  if ('nodes' in value) return create(AttributeProtoSchema, { name, type: GRAPH, g: graphProto(value) })
  return create(AttributeProtoSchema, { name, type: INTS, ints: value.map(BigInt) })
}

function valueInfo({ name, type, shape, sequence }: ValueInfo): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map(size =>
    typeof size === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(size) } }
      : { value: { case: 'dimParam' as const, value: size } },
  )
  const tensor = { value: { case: 'tensorType' as const, value: { elemType: elementType(type), shape: { dim } } } }
  const listed = { value: { case: 'sequenceType' as const, value: { elemType: tensor } } }
  return create(ValueInfoProtoSchema, { name, type: sequence ? listed : tensor })
}
