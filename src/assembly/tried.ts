import { type Kind, kinds } from '../channels/channel.js'
import type { Shown, StepResult } from '../methods/method.js'
import { trace } from '../program/trace.js'
import { topological } from '../tensor/derivative.js'
import { showShape } from '../tensor/shape.js'
import { Tensor } from '../tensor/tensor.js'
import type { Assembly } from './assemble.js'
import { isRecord, shown, within } from './learner.js'
import { represent, sampleOf, seenChannels, stepOf } from './programs.js'

/** Samples of the batch that a method is tried on: more than one, so that a forgotten axis is seen */
const TRIED = 3

/**
 * Tries all that a method does with a batch, without computing anything: what is wrong with a method of one's own is told
 * before it is trained.
 * @throws LacunaError that says which method, which part of it, and what was expected
 */
export function checkAssembly(assembly: Assembly): void {
  const { method, learner, channels } = assembly
  const sample = () => sampleOf(channels, TRIED)
  within(method, 'training', () =>
    trace({ training: true }, draw => wantStep(assembly, stepOf(learner, sample(), draw))),
  )
  within(method, 'represent', () =>
    trace({ training: false }, () => wantVectors(represent(assembly, sampleOf(seenChannels(assembly), TRIED)))),
  )
  within(method, 'show', () => trace({ training: false }, draw => wantColumns(learner.show(sample(), draw))))
}

function wantStep({ names }: Assembly, given: StepResult): void {
  if (!isRecord(given)) throw new Error(`{ loss, chance } is expected, got ${shown(given)}`)
  const { loss, chance, metrics = {}, weight } = given
  const scalars = { loss, ...metrics, ...(weight !== undefined && { weight }) }
  for (const [name, value] of Object.entries(scalars)) {
    if (!((value as unknown) instanceof Tensor))
      throw new Error(`${name}: a tensor of one number is expected, got ${shown(value)}`)
    if (value.rank > 0)
      throw new Error(
        `${name}: a tensor of one number is expected, got one of ${showShape(value.shape)}; take its mean()`,
      )
  }
  if (!Number.isFinite(chance))
    throw new Error(`chance: the loss of a network that knows nothing is expected, a number, got ${shown(chance)}`)
  const variables = topological([loss]).filter(({ op }) => op === 'variable')
  const unnamed = variables.find(t => !names.has(t))
  if (unnamed !== undefined)
    throw new Error(
      `a variable of ${showShape(unnamed.shape)} is neither in kept nor in heads; put the module that it is of into heads`,
    )
  if (variables.length === 0) throw new Error('loss: it does not hang on any variable: there is nothing to train')
}

function wantVectors(vectors: unknown): void {
  if (!(vectors instanceof Tensor)) throw new Error(`a tensor [N, width] is expected, got ${shown(vectors)}`)
  if (vectors.rank !== 2 || vectors.size(0) !== TRIED)
    throw new Error(`[N, width] is expected, got ${showShape(vectors.shape)} for N = ${TRIED}`)
}

/** Axes of a column of each kind, the samples among them. */
const ranks: Readonly<Record<Kind, number>> = { image: 4, audio: 2, video: 5, text: 2, vector: 2 }

function wantColumns(columns: readonly Shown[]): void {
  if (!Array.isArray(columns) || columns.length === 0)
    throw new Error(`a list of { title, kind, values } is expected, got ${shown(columns)}`)
  for (const { title, kind, values } of columns as readonly Shown[]) {
    if (!kinds.includes(kind)) throw new Error(`${title}: kind is one of ${kinds.join(', ')}, not ${shown(kind)}`)
    if (!((values as unknown) instanceof Tensor))
      throw new Error(`${title}: values: a tensor is expected, got ${shown(values)}`)
    if (values.rank !== ranks[kind] || values.size(0) !== TRIED)
      throw new Error(
        `${title}: ${kind} has ${ranks[kind]} axes, the first of the ${TRIED} samples; got ${showShape(values.shape)}`,
      )
    const colours = kind === 'image' ? values.size(1) : kind === 'video' ? values.size(2) : 1
    if (colours !== 1 && colours !== 3)
      throw new Error(`${title}: 1 or 3 channels are expected, got ${colours} in ${showShape(values.shape)}`)
  }
}
