import type { InferenceSession, Tensor } from 'onnxruntime-common'
import { nextName, type Port, type Program } from '../program/compile.js'
import { type DrawKey, drawFeeds, drawType } from '../program/draws.js'
import { runSession } from '../program/outputs.js'
import type { Values } from '../program/values.js'
import { sameShape, showShape, sizeOf } from '../tensor/shape.js'
import { inOurWords } from './failures.js'
import type { Runtime } from './host.js'
import { memoryOf } from './memory.js'
import type { EngineOptions } from './options.js'
import type { Feeds, Runner } from './runner.js'
import { openSession } from './session.js'
import type { VariableStorage } from './storage.js'
import { tensorOf, zeros } from './tensors.js'

interface Variable extends Port {
  readonly storage: VariableStorage
}

/** Programs loaded on one device, and the variables they share. Its runs block the thread: see `Host.start`. */
export class Engine implements Runner {
  private readonly sessions = new Map<string, { program: Program; session: InferenceSession }>()
  private readonly variables = new Map<string, Variable>()
  private readonly memory
  private seconds = 0

  constructor(
    readonly options: EngineOptions,
    private readonly runtime: Runtime,
  ) {
    this.memory = memoryOf(runtime, options)
  }

  get busy(): number {
    return this.seconds
  }

  load(key: string, program: Program): Promise<void> {
    return this.guarded(async () => {
      await this.release(key)
      const updated = program.state.filter(port => port.updated).map(({ name }) => nextName(name))
      const session = await openSession(this.runtime, program.model, this.options, {
        precision: program.precision,
        givesBack: program.givesBack,
        onDevice: this.memory.onDevice ? updated : [],
      })
      this.sessions.set(key, { program, session })
      for (const port of program.state) {
        const before = this.variables.get(port.name)
        if (before === undefined) this.variables.set(port.name, { ...port, storage: await this.memory.make(port) })
        else if (!sameShape(before.shape, port.shape))
          throw new Error(`variable ${port.name}: [${port.shape}] in ${key}, but [${before.shape}] in another program`)
      }
      this.dropUnused()
    })
  }

  async unload(key: string): Promise<void> {
    this.dropUnused(key)
    await this.release(key)
  }

  private async release(key: string): Promise<void> {
    await this.sessions.get(key)?.session.release()
    this.sessions.delete(key)
  }

  /** @param leaving a program that is about to go; before its session, which may take the device along */
  private dropUnused(leaving?: string): void {
    const staying = [...this.sessions].filter(([key]) => key !== leaving)
    const used = new Set(staying.flatMap(([, { program }]) => program.state.map(({ name }) => name)))
    for (const [name, { storage }] of this.variables) {
      if (used.has(name)) continue
      storage.dispose()
      this.variables.delete(name)
    }
  }

  run(key: string, feeds: Feeds = {}, drawKey: DrawKey = { seed: 0, step: 0 }): Promise<Record<string, Values>> {
    return this.guarded(async () => {
      const loaded = this.sessions.get(key)
      if (loaded === undefined) throw new Error(`no program ${key} is loaded`)
      const { program, session } = loaded
      const { ort } = this.runtime
      const given: Record<string, Tensor> = {}
      const undrawn = program.draws.filter(({ name }) => feeds[name] === undefined)
      const values = { ...feeds, ...drawFeeds(undrawn, program.precision, drawKey) }
      const draws = program.draws.map(spec => ({ ...spec, type: drawType(spec, program.precision) }))
      for (const port of [...program.inputs, ...draws]) given[port.name] = tensorOf(ort, port, values[port.name])
      const wanted: Record<string, Tensor | null> = {}
      for (const port of program.outputs) wanted[port.name] = this.memory.onDevice ? null : zeros(ort, port)
      const read = new Set(session.inputNames)
      for (const { name, updated, inPlace } of program.state) {
        const { storage } = this.variable(name)
        if (read.has(name)) given[name] = storage.now
        if (updated) wanted[nextName(name)] = storage.next(inPlace)
      }
      const start = performance.now()
      const results = await runSession(session, given, wanted)
      this.seconds += (performance.now() - start) / 1000
      const result = (name: string): Tensor => {
        const tensor = results[name]
        if (!tensor) throw new Error(`${key} gave no ${name}`)
        return tensor
      }
      for (const { name, updated } of program.state)
        if (updated) this.variable(name).storage.advance(result(nextName(name)))
      return Object.fromEntries(program.outputs.map(({ name }) => [name, result(name).data as Values]))
    })
  }

  read(names: readonly string[] = [...this.variables.keys()]): Promise<Map<string, Values>> {
    return this.guarded(async () => {
      const found = new Map<string, Values>()
      for (const name of names) found.set(name, await this.variable(name).storage.read())
      return found
    })
  }

  write(values: Iterable<readonly [string, ArrayLike<number>]>): Promise<void> {
    return this.guarded(async () => {
      for (const [name, data] of values) {
        const { shape, storage } = this.variable(name)
        if (data.length !== sizeOf(shape))
          throw new Error(
            `variable ${name}: ${sizeOf(shape)} values expected for ${showShape(shape)}, got ${data.length}`,
          )
        await storage.write(data)
      }
    })
  }

  async close(): Promise<void> {
    for (const { storage } of this.variables.values()) storage.dispose() // before the last session, which takes the device along
    this.variables.clear()
    await this.memory.close()
    for (const key of [...this.sessions.keys()]) await this.release(key)
  }

  /** Does something that takes memory or ONNX Runtime; what goes wrong there is told in our words. */
  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw inOurWords(error, this.options.device)
    }
  }

  private variable(name: string): Variable {
    const variable = this.variables.get(name)
    if (variable === undefined) throw new Error(`no variable ${name} in the loaded programs`)
    return variable
  }
}
