import ort from 'onnxruntime-node'
import { sameShape, sizeOf } from '../tensor/shape.js'
import { nextName, type Port, type Program } from './compile.js'
import { drawValues } from './draws.js'
import type { Precision } from './emitter.js'
import type { Device } from './lowering.js'

export type Values = Float32Array | Float64Array | Uint8Array | BigInt64Array
export type Feeds = Readonly<Record<string, ArrayLike<number> | Values>>

/** The position that keys the random draws and the schedules of one run. */
export interface Moment {
  readonly seed: number
  readonly step: number
}

export interface EngineOptions {
  readonly device: Device
  readonly precision: Precision
  /** Threads of one operator; 0 lets ONNX Runtime choose one per physical core */
  readonly threads: number
}

export interface LoadOptions {
  /**
   * Gives memory back after each run, for large programs that take turns; otherwise a program keeps what it needed once, and
   * runs a little faster.
   */
  readonly givesBack?: boolean
}

/** Something that runs programs on shared variables: an engine in this thread, or one in a worker. */
export interface Runner {
  readonly options: EngineOptions
  /** Loads a program under a key; its variables are zeros unless another program has brought them already. */
  load(key: string, program: Program, options?: LoadOptions): Promise<void>
  unload(key: string): Promise<void>
  /** Runs a loaded program once; variables that it updates hold their new values afterwards. */
  run(key: string, feeds?: Feeds, moment?: Moment): Promise<Record<string, Values>>
  /** A copy of the variables named, or of all */
  read(names?: readonly string[]): Promise<Map<string, Values>>
  write(values: ReadonlyMap<string, ArrayLike<number>>): Promise<void>
  close(): Promise<void>
}

/** Two buffers a variable: a step reads one and writes the other, so nothing is allocated and nothing overwritten early. */
interface Cell {
  now: ort.Tensor
  next: ort.Tensor
}

/** Programs loaded on one device, and the variables they share. Its runs block the thread: see `startRunner`. */
export class Engine implements Runner {
  private readonly sessions = new Map<string, { program: Program; session: ort.InferenceSession }>()
  private readonly cells = new Map<string, Cell>()

  constructor(readonly options: EngineOptions) {}

  async load(key: string, program: Program, { givesBack = false }: LoadOptions = {}): Promise<void> {
    await this.unload(key)
    const session = await ort.InferenceSession.create(program.model, {
      executionProviders: this.options.device === 'cpu' ? ['cpu'] : [this.options.device, 'cpu'],
      intraOpNumThreads: this.options.threads,
      // fused scale factors are float32 attributes, which costs float64 its precision
      graphOptimizationLevel: program.precision === 'float64' ? 'basic' : 'all',
      enableCpuMemArena: !givesBack,
      enableMemPattern: !givesBack,
      logSeverityLevel: 3,
    })
    this.sessions.set(key, { program, session })
    for (const port of program.state) {
      const before = this.cells.get(port.name)
      if (before === undefined) this.cells.set(port.name, { now: empty(port), next: empty(port) })
      else if (!sameShape(before.now.dims, port.shape))
        throw new Error(`variable ${port.name}: [${port.shape}] in ${key}, but [${before.now.dims}] in another program`)
    }
  }

  async unload(key: string): Promise<void> {
    await this.sessions.get(key)?.session.release()
    this.sessions.delete(key)
  }

  async run(key: string, feeds: Feeds = {}, moment: Moment = { seed: 0, step: 0 }): Promise<Record<string, Values>> {
    const loaded = this.sessions.get(key)
    if (loaded === undefined) throw new Error(`no program ${key} is loaded`)
    const { program, session } = loaded
    const given: Record<string, ort.Tensor> = {}
    for (const port of program.inputs) given[port.name] = tensorOf(port, feeds[port.name])
    for (const spec of program.draws) {
      const port: Port = { ...spec, type: spec.dtype === 'int' ? 'int64' : program.precision }
      given[spec.name] = tensorOf(port, drawValues(spec, moment.seed, moment.step))
    }
    const wanted: Record<string, ort.Tensor | null> = {}
    for (const port of program.outputs) wanted[port.name] = null
    const read = new Set(session.inputNames)
    for (const { name, updated } of program.state) {
      const cell = this.cell(name)
      if (read.has(name)) given[name] = cell.now
      if (updated) wanted[nextName(name)] = cell.next
    }
    const results = await session.run(given, wanted)
    for (const { name, updated } of program.state) {
      if (!updated) continue
      const cell = this.cell(name)
      ;[cell.now, cell.next] = [cell.next, cell.now]
    }
    return Object.fromEntries(program.outputs.map(({ name }) => [name, results[name]?.data as Values]))
  }

  async read(names: readonly string[] = [...this.cells.keys()]): Promise<Map<string, Values>> {
    return new Map(names.map(name => [name, (this.cell(name).now.data as Values).slice() as Values]))
  }

  async write(values: ReadonlyMap<string, ArrayLike<number>>): Promise<void> {
    for (const [name, data] of values) {
      const { now } = this.cell(name)
      if (data.length !== now.size)
        throw new Error(`variable ${name}: ${now.size} values expected for [${now.dims}], got ${data.length}`)
      ;(now.data as Float32Array).set(data)
    }
  }

  async close(): Promise<void> {
    for (const key of [...this.sessions.keys()]) await this.unload(key)
    this.cells.clear()
  }

  private cell(name: string): Cell {
    const cell = this.cells.get(name)
    if (cell === undefined) throw new Error(`no variable ${name} in the loaded programs`)
    return cell
  }
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  uint8: Uint8Array,
}

const empty = (port: Port): ort.Tensor => makeTensor(port, new arrays[port.type](sizeOf(port.shape)))

function tensorOf(port: Port, data: ArrayLike<number> | Values | undefined): ort.Tensor {
  const expected = sizeOf(port.shape)
  if (data === undefined || data.length !== expected)
    throw new Error(
      `input ${port.name}: ${expected} values expected for [${port.shape}], got ${data?.length ?? 'none'}`,
    )
  if (data instanceof arrays[port.type]) return makeTensor(port, data)
  const numbers = data as ArrayLike<number>
  return makeTensor(
    port,
    port.type === 'int64' ? BigInt64Array.from(numbers, x => BigInt(x)) : arrays[port.type].from(numbers),
  )
}

const makeTensor = ({ type, shape }: Port, data: Values): ort.Tensor =>
  new ort.Tensor(type, data as Float32Array, shape) as unknown as ort.Tensor
