import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromBinary } from '@bufbuild/protobuf'
import ort from 'onnxruntime-node'
import { afterEach } from 'vitest'
import { compile, type Program } from '../program/compile.js'
import type { DeviceName } from '../program/devices.js'
import { uniforms } from '../program/draws.js'
import type { Precision, Products } from '../program/lowering/emitter.js'
import { type GraphProto, ModelProtoSchema } from '../program/onnx/generated/onnx_pb.js'
import { trace } from '../program/trace.js'
import { derivative } from '../tensor/derivative.js'
import { type Shape, sizeOf } from '../tensor/shape.js'
import { constant, input, type Tensor } from '../tensor/tensor.js'
import type { Engine } from './engine.js'
import { openEngine } from './node/engine.js'
import type { EngineOptions } from './options.js'

/** Numbers with a shape: what tests give and get. */
export interface Given {
  readonly shape: Shape
  readonly values: readonly number[]
}

export const array = (shape: Shape, values: ArrayLike<number>): Given => ({ shape, values: Array.from(values) })

/** Reproducible numbers in [low, high). */
export function randomArray(shape: Shape, { seed = 1, low = -1, high = 1 } = {}): Given {
  const next = uniforms(seed, 0, `array ${shape}`)
  return array(
    shape,
    Array.from({ length: sizeOf(shape) }, () => low + (high - low) * next()),
  )
}

export interface RunOptions {
  readonly precision?: Precision
  readonly device?: DeviceName
  /** Channels that lie together in blocked layout; none unless told */
  readonly block?: number
  /** Of layers that may be computed in fewer bits; fp32 unless told */
  readonly products?: Products
  /** 1 unless told */
  readonly threads?: number
}

/** Computes what a function of tensors gives for the given numbers; in float64 unless told. */
export async function evaluate(
  build: (...inputs: Tensor[]) => Readonly<Record<string, Tensor>>,
  given: readonly Given[],
  { precision = 'float64', device = 'cpu', block = 0, products = 'fp32', threads = 1 }: RunOptions = {},
): Promise<Record<string, number[]>> {
  const inputs = given.map(({ shape }, i) => input(`input.${i}`, shape))
  const { result, trace: traced } = trace({ training: true }, () => build(...inputs))
  const outputs = Object.fromEntries(
    Object.entries(result).map(([name, t]) => [name, t.dtype === 'bool' ? t.cast('int') : t]),
  )
  const engine = openEngine({ device, precision, threads })
  try {
    await engine.load('test', compile({ outputs, draws: traced.draws }, { device, precision, block, products }))
    const feeds = Object.fromEntries(given.map(({ values }, i) => [`input.${i}`, values]))
    const results = await engine.run('test', feeds)
    return Object.fromEntries(Object.entries(results).map(([name, values]) => [name, Array.from(values, Number)]))
  } finally {
    await engine.close()
  }
}

/** What ONNX Runtime makes of a program: its nodes in the order of execution, after all its optimisations. */
export async function optimisedGraph({ model }: Pick<Program, 'model'>): Promise<GraphProto> {
  const folder = mkdtempSync(join(tmpdir(), 'lacuna-optimised-'))
  const optimizedModelFilePath = join(folder, 'model.onnx')
  try {
    const options = { optimizedModelFilePath, graphOptimizationLevel: 'all', logSeverityLevel: 3 } as const
    await (await ort.InferenceSession.create(model, options)).release()
    const { graph } = fromBinary(ModelProtoSchema, readFileSync(optimizedModelFilePath))
    if (graph === undefined) throw new Error('the optimised model has no graph')
    return graph
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * Opens a device for the length of a test file, so that what it has compiled stays; tells why where it cannot.
 * Without a GPU, WebGPU runs on the software driver of Debian's `chromium`:
 * `VK_DRIVER_FILES=/usr/lib/chromium/vk_swiftshader_icd.json LD_LIBRARY_PATH=/usr/lib/chromium npx vitest run`.
 */
export async function openDevice(device: DeviceName): Promise<{ problem?: string; close(): Promise<void> }> {
  const engine = openEngine({ device, precision: 'float32', threads: 1 })
  const close = () => engine.close()
  try {
    await engine.load('open', compile({ outputs: { y: input('x', [1]).exp() } }, { device, precision: 'float32' }))
    return { close }
  } catch (error) {
    return { problem: `(skipped: ${error instanceof Error ? error.message.split(': ').at(-1)?.trim() : error})`, close }
  }
}

/** The value and the gradients of a scalar function. */
export async function valueAndGradients(
  build: (...inputs: Tensor[]) => Tensor,
  given: readonly Given[],
  options?: RunOptions,
) {
  const results = await evaluate(
    (...inputs) => {
      const loss = build(...inputs)
      return { loss, ...Object.fromEntries(derivative(loss, inputs).map((g, i) => [`gradient.${i}`, g])) }
    },
    given,
    options,
  )
  return { value: results.loss?.[0] ?? Number.NaN, gradients: given.map((_, i) => results[`gradient.${i}`] ?? []) }
}

/**
 * The largest relative difference between the gradients of a function and central differences in float64.
 * The function's result is weighted by fixed random numbers, so that every element counts on its own.
 * All perturbed copies are computed by one program.
 */
export async function gradientError(
  build: (...inputs: Tensor[]) => Tensor,
  given: readonly Given[],
  step = 1e-5,
): Promise<number> {
  const scalar = (...inputs: Tensor[]) => {
    const y = build(...inputs)
    return y.mul(constant(randomArray(y.shape, { seed: 7, low: 0.5, high: 1.5 }).values, y.shape)).sum()
  }
  const inputs = given.map(({ shape }, i) => input(`input.${i}`, shape))
  const loss = scalar(...inputs)
  const outputs = { loss, ...Object.fromEntries(derivative(loss, inputs).map((g, i) => [`gradient.${i}`, g])) }
  const engine = openEngine({ device: 'cpu', precision: 'float64', threads: 1 })
  try {
    await engine.load('test', compile({ outputs }, { device: 'cpu', precision: 'float64' }))
    const at = async (changed: readonly Given[]) =>
      engine.run('test', Object.fromEntries(changed.map(({ values }, i) => [`input.${i}`, values])))
    const exact = await at(given)
    let worst = 0
    for (const [i, { shape, values }] of given.entries()) {
      for (const [j, value] of values.entries()) {
        const moved = async (by: number) => {
          const changed = given.map((other, k) => (k === i ? array(shape, values.with(j, value + by)) : other))
          return Number((await at(changed)).loss?.[0])
        }
        const numeric = ((await moved(step)) - (await moved(-step))) / (2 * step)
        const analytic = Number(exact[`gradient.${i}`]?.[j])
        const error = Math.abs(numeric - analytic) / Math.max(1, Math.abs(numeric), Math.abs(analytic))
        worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error)
      }
    }
    return worst
  } finally {
    await engine.close()
  }
}

/** The largest difference, relative to the largest number expected; infinite where one is NaN or counts differ. */
export function relativeError(actual: readonly number[] | undefined, expected: readonly number[]): number {
  if (actual?.length !== expected.length) return Number.POSITIVE_INFINITY
  const differences = expected.map((value, i) => (actual[i] === value ? 0 : Math.abs(Number(actual[i]) - value)))
  const error = maxAbs(differences) / (maxAbs(expected) || 1)
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error
}

/** The size of the difference over the size of what is right, each the root of the sum of squares; infinite where one is longer. */
export function distance(found: ArrayLike<number> | undefined, right: ArrayLike<number>): number {
  if (found?.length !== right.length) return Number.POSITIVE_INFINITY
  const size = (of: (i: number) => number) =>
    Math.sqrt(Array.from(right, (_, i) => of(i) ** 2).reduce((sum, square) => sum + square, 0))
  return size(i => Number(found[i]) - Number(right[i])) / size(i => Number(right[i]))
}

export const maxAbs = (values: readonly number[]): number => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0)

/** Makes engines that are closed after each test. */
export function enginesFor(target: Pick<EngineOptions, 'device' | 'precision'>): () => Engine {
  const engines: Engine[] = []
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close()
  })
  return () => {
    const engine = openEngine({ ...target, threads: 1 })
    engines.push(engine)
    return engine
  }
}
