import { LacunaError, messageOf } from '../errors.js'
import { type Learner, type Method, mainEncoder } from '../methods/method.js'
import { showShape } from '../tensor/shape.js'
import { Tensor } from '../tensor/tensor.js'

/** What a method has built, as far as can be seen without trying it. */
export function checkedLearner(method: Method, built: unknown): Learner {
  return within(method, 'build', () => {
    const {
      kept,
      heads = {},
      training,
      show,
    } = (typeof built === 'object' && built !== null ? built : {}) as Partial<Learner>
    if (built instanceof Promise) throw new Error('it is async; what takes time belongs into prepare')
    if (!isRecord(kept) || Object.keys(kept).length === 0)
      throw new Error(`{ kept: { encoder }, training, show } is expected, got ${shown(built)}`)
    const { name, encoder } = { name: mainEncoder({ kept })[0], encoder: mainEncoder({ kept })[1] as unknown }
    if (!isEncoder(encoder))
      throw new Error(`kept.${name}: an encoder is expected, as makeEncoder gives, got ${shown(encoder)}`)
    const twice = Object.keys(heads).find(head => head in kept)
    if (twice !== undefined) throw new Error(`${twice} is in kept and in heads; call one of them otherwise`)
    const { step, embed, compare } = (isRecord(training) ? training : {}) as Record<string, unknown>
    if (typeof step !== 'function' && !(typeof embed === 'function' && typeof compare === 'function'))
      throw new Error(`training: { step } or compared({ embed, compare }) is expected, got ${shown(training)}`)
    if (typeof show !== 'function') throw new Error(`show: a function is expected, got ${shown(show)}`)
    return built as Learner
  })
}

/** Runs a part of a method; what goes wrong there is told with its name. */
export function within<T>(method: Method, part: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof LacunaError) throw error
    const told = new LacunaError(`the method ${method.name}: ${part}: ${messageOf(error)}`)
    told.cause = error
    throw told
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !(value instanceof Promise)

const isEncoder = (value: unknown): boolean =>
  typeof value === 'function' && ['reads', 'width', 'features', 'layers', 'pool'].every(key => key in value)

/** What came instead of what was expected. */
export const shown = (value: unknown): string => {
  if (value instanceof Tensor) return `a tensor ${showShape(value.shape)}`
  if (value instanceof Promise) return 'a promise: it is async'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object' && value !== null) return `an object with ${Object.keys(value).join(', ') || 'nothing'}`
  if (typeof value === 'function') return 'a function'
  return value === undefined ? 'nothing' : typeof value === 'string' ? JSON.stringify(value) : String(value)
}
