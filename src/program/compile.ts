import { topological } from '../tensor/derivative.js'
import type { TensorOf } from '../tensor/primitives.js'
import type { Shape } from '../tensor/shape.js'
import type { Tensor } from '../tensor/tensor.js'
import { type DeviceName, devices } from './devices.js'
import type { DrawSpec } from './draws.js'
import { flops } from './flops.js'
import { hideShapes } from './hidden-shapes.js'
import { inPieces } from './in-pieces.js'
import { overwriting } from './in-place.js'
import { Emitter, type Precision, type Products } from './lowering/emitter.js'
import { loweringsFor } from './lowering/index.js'
import type { LoweringTable } from './lowering/types.js'
import { type ElementType, writeModel } from './onnx/model.js'
import { end, endNode } from './outputs.js'
import { simplify } from './simplify.js'
import { splits } from './splits.js'

/** What a program shall compute. */
export interface Computation {
  readonly outputs: Readonly<Record<string, Tensor>>
  /** What variables hold afterwards */
  readonly updates?: ReadonlyMap<Tensor, Tensor>
  /** The name of every variable that occurs */
  readonly names?: ReadonlyMap<Tensor, string>
  readonly draws?: readonly DrawSpec[]
}

export interface Target {
  readonly device: DeviceName
  readonly precision: Precision
  /** Channels that lie together in the device's own convolutions, as its host finds out; none unless told */
  readonly block?: number
  /** Of layers that may be computed in fewer bits; fp32 unless told */
  readonly products?: Products
  /**
   * Gives memory back after each run, for large programs that take turns; otherwise a program keeps what it needed once, and
   * runs a little faster
   */
  readonly givesBack?: boolean
}

export interface Port {
  readonly name: string
  readonly type: ElementType
  readonly shape: Shape
}

export interface StatePort extends Port {
  readonly updated: boolean
  /** Whether the next value may be written over the present one */
  readonly inPlace: boolean
}

/** An ONNX model and how to run it: plain data, so that it can be sent to a worker thread. */
export interface Program {
  readonly model: Uint8Array
  readonly precision: Precision
  readonly givesBack: boolean
  /** What the caller gives at each run */
  readonly inputs: readonly Port[]
  readonly draws: readonly DrawSpec[]
  readonly state: readonly StatePort[]
  readonly outputs: readonly Port[]
  readonly nodes: number
  /** Floating-point operations of its convolutions and matrix products in one run */
  readonly flops: number
}

/** The name of the output that holds a variable's next value. */
export const nextName = (name: string) => `next ${name}`

/** Writes a computation as one ONNX program for a device. */
export function compile(computation: Computation, target: Target): Program {
  const { names = new Map<Tensor, string>(), updates = new Map<Tensor, Tensor>(), draws = [] } = computation
  const results = [
    ...Object.entries(computation.outputs).map(([name, tensor]) => ({ name, tensor })),
    ...[...updates].map(([variable, tensor]) => ({ name: nextName(nameOf(variable, names)), tensor })),
  ]
  const roots = simplify(
    results.map(({ tensor }) => tensor),
    target.precision === 'float64',
  )
  const reached = topological(roots)
  const e = new Emitter(target.precision, undefined, target.block, target.products)
  const lowered = lower(reached, e, loweringsFor(target.device), names)

  const port = (name: string, t: Tensor): Port => ({ name, type: e.typeOf(t.dtype), shape: t.shape })
  const given = reached.filter(t => t.op === 'input').map(t => port((t as TensorOf<'input'>).attributes.name, t))
  const drawn = new Set(draws.map(({ name }) => name))
  const variables = reached.filter(t => t.op === 'variable')
  const untouched = [...updates.keys()].filter(variable => !variables.includes(variable))
  const states = [...variables, ...untouched]
  const outputs = results.map(({ name, tensor }, i) => {
    const ref = lowered(roots[i] ?? tensor)
    if (!e.rename(ref, name))
      e.nodes.push({ operator: 'Identity', domain: '', inputs: [e.nameOf(ref)], outputs: [name], attributes: {} })
    return port(name, tensor)
  })
  const read = variables.map(t => port(nameOf(t, names), t))
  wantDistinct([...given, ...read, ...outputs])
  const wanted = outputs.map(({ name }) => name)
  const device = devices[target.device]
  const shapes = new Map(reached.filter(t => t.dtype === 'float').map(t => [e.nameOf(lowered(t)), t.shape]))
  const ints = (values: readonly number[]) => e.ints(values)
  const written = e.finished(wanted)
  const whole = device.splits ? splits(written, e.initializers, shapes, ints) : written
  const cuts = device.inParts && target.precision === 'float32'
  const { initializers } = e
  const nodes = cuts ? inPieces({ nodes: whole, initializers, shapes, outputs: new Set(wanted), ints }) : whole
  const mayOverwrite = overwriting(
    nodes,
    initializers.map(({ name }) => name),
  )
  const state = states.map((t): StatePort => {
    const [name, updated] = [nameOf(t, names), updates.has(t)]
    return { ...port(name, t), updated, inPlace: updated && mayOverwrite(name, nextName(name)) }
  })
  const { givesBack = false } = target
  const ended = !device.holdsVariables
  const hides = device.hidesShapes && !givesBack && nodes.some(({ operator }) => operator === 'Conv')
  const graph = hides ? hideShapes(nodes, initializers) : { nodes, initializers, inputs: [] }
  const { model } = writeModel({
    nodes: ended ? [...graph.nodes, endNode] : graph.nodes,
    initializers: graph.initializers,
    inputs: [...given, ...read, ...graph.inputs],
    outputs: ended ? [end, ...outputs] : outputs,
  })
  return {
    model,
    precision: target.precision,
    givesBack,
    inputs: given.filter(({ name }) => !drawn.has(name)),
    draws: draws.filter(({ name }) => given.some(g => g.name === name)),
    state,
    outputs: outputs.slice(0, Object.keys(computation.outputs).length),
    nodes: nodes.length,
    flops: flops(reached),
  }
}

/** Names of ONNX values for every tensor. */
export function lower(
  reached: readonly Tensor[],
  e: Emitter,
  table: LoweringTable,
  names: ReadonlyMap<Tensor, string>,
) {
  const written = new Map<Tensor, string>()
  const look = (t: Tensor): string => {
    const name = written.get(t)
    if (name === undefined) throw new Error(`${t.op} was used before it was written`)
    return name
  }
  for (const t of reached) {
    if (t.op === 'input') written.set(t, (t as TensorOf<'input'>).attributes.name)
    else if (t.op === 'variable') written.set(t, nameOf(t, names))
    else written.set(t, table[t.op](e, t.inputs.map(look) as never, t as never))
  }
  return look
}

function wantDistinct(ports: readonly Port[]): void {
  const seen = new Set<string>()
  for (const { name } of ports) {
    if (seen.has(name)) throw new Error(`two inputs, variables or outputs of the program are called ${name}`)
    seen.add(name)
  }
}

function nameOf(t: Tensor, names: ReadonlyMap<Tensor, string>): string {
  const name = names.get(t)
  if (name === undefined) throw new Error(`a variable of shape [${t.shape}] has no name: put it into a module`)
  return name
}
