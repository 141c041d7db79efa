import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ort from 'onnxruntime-node'
import { canBlock, fromBlocked, toBlocked } from '#lacuna/program/lowering/blocked.js'
import type { Convolution } from '#lacuna/program/lowering/cost.js'
import { Emitter } from '#lacuna/program/lowering/emitter.js'
import { type Form, forms } from '#lacuna/program/lowering/forms.js'
import { writeModel } from '#lacuna/program/onnx/model.js'
import type { TensorOf } from '#lacuna/tensor/primitives.js'
import { sizeOf } from '#lacuna/tensor/shape.js'
import { kernelEvents } from './ort-profile.js'
import { median } from './statistics.js'

export interface FormTimesOptions {
  readonly block: number
  readonly threads: number
  readonly runs: number
}

/** Milliseconds of each form that can serve, by name; all take turns, so that what slows the machine slows all. */
export async function formTimes(t: TensorOf<Convolution>, { block, threads, runs }: FormTimesOptions) {
  const directory = mkdtempSync(join(tmpdir(), 'lacuna-forms-'))
  try {
    const sessions = new Map<string, ort.InferenceSession>()
    for (const [name, form] of Object.entries(forms[t.op]) as [string, Form<Convolution>][]) {
      const model = modelOf(form, t, block)
      if (model === undefined) continue
      const options = {
        intraOpNumThreads: threads,
        enableMemPattern: false,
        enableProfiling: true,
        profileFilePrefix: join(directory, name),
        logSeverityLevel: 3 as const,
      }
      sessions.set(name, await ort.InferenceSession.create(model, options))
    }
    const feeds = Object.fromEntries(
      t.inputs.map(({ shape }, i) => [
        `x${i}`,
        new ort.Tensor('float32', Float32Array.from({ length: sizeOf(shape) }, Math.random), shape),
      ]),
    )
    for (let run = 0; run <= runs; run++) for (const session of sessions.values()) await session.run(feeds)
    const times = new Map<string, number>()
    for (const [name, session] of sessions) {
      session.endProfiling()
      await session.release()
      times.set(name, median(perRun(directory, name, runs + 1).slice(1)))
    }
    return times
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/**
 * A program of that form alone, with operands and results in the layout that they have in a training step; copied in and
 * reduced by operators that no form has, since buffers of Node's are slower than those of ONNX Runtime.
 */
function modelOf(form: Form<Convolution>, t: TensorOf<Convolution>, block: number): Uint8Array | undefined {
  const e = new Emitter('float32', undefined, block, 'int8')
  const names = t.inputs.map(({ shape }, i) => {
    const copied = e.one('Neg', [`x${i}`])
    const isWeight = i === 1 && t.op !== 'convWeight'
    return canBlock(e, shape) && !isWeight ? fromBlocked(e, copied, shape[1] ?? 1) : copied
  })
  const result = form(e, names as [string, string], t)
  if (result === undefined) return undefined
  const last = canBlock(e, t.shape) && t.op !== 'convWeight' ? toBlocked(e, result) : result
  const reduced = e.one('ReduceMax', [last], { keepdims: 0 })
  const port = (name: string, shape: readonly number[]) => ({ name, type: 'float32' as const, shape })
  const inputs = t.inputs.map(({ shape }, i) => port(`x${i}`, shape))
  const { nodes, initializers } = { nodes: e.finished([reduced]), initializers: e.initializers }
  return writeModel({ nodes, initializers, inputs, outputs: [port(reduced, [])] }).model
}

/** Milliseconds of each run, by ONNX Runtime's profile. */
function perRun(folder: string, name: string, runs: number): number[] {
  const file = readdirSync(folder).find(other => other.startsWith(`${name}_`)) ?? ''
  const kernels = kernelEvents(join(folder, file))
  const each = kernels.length / runs
  return Array.from({ length: runs }, (_, run) =>
    kernels
      .slice(run * each, (run + 1) * each)
      .filter(({ args }) => args.op_name !== 'Neg' && args.op_name !== 'ReduceMax')
      .reduce((sum, { dur }) => sum + dur / 1000, 0),
  )
}
