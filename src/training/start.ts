import { join } from 'node:path'
import type { RunConfig } from '../assembly/config.js'
import type { Assembly } from '../assembly/programs.js'
import { LacunaError } from '../errors.js'
import { isThere } from '../files.js'
import { readSafetensors } from '../formats/index.js'
import { type Learner, mainEncoder } from '../methods/method.js'
import { variablesOf } from '../nn/module.js'
import { matchWeights } from '../nn/weights.js'
import { earlierValues } from './earlier.js'

type Weights = ReadonlyMap<string, Float32Array>

/**
 * What a run starts from beside random numbers: heads that are encoders of earlier runs, and the weights of its own encoder, of
 * a file of torchvision, timm or transformers, an export, another run, or its checkpoint.
 * @returns values by their names in the run; none where the configuration names no file
 * @throws LacunaError when a file is none of these, or of another encoder
 */
export const startWeights = ({ learner }: Assembly, config: RunConfig): Weights =>
  new Map([...earlierValues(learner), ...encoderWeights(learner, config)])

function encoderWeights(learner: Learner, { weights, encoder }: RunConfig): Weights {
  if (weights === undefined) return new Map()
  const { tensors, metadata } = read(fileOf(weights))
  const [own, kept] = mainEncoder(learner)
  const wanted = new Map([...variablesOf(kept)].map(([name, { shape }]) => [name, shape]))
  const prefix = metadata.format === 'lacuna' && metadata.step !== undefined ? `${own}.` : ''
  try {
    return new Map([...matchWeights(wanted, tensors, { prefix })].map(([name, values]) => [`${own}.${name}`, values]))
  } catch (error) {
    if (!(error instanceof LacunaError)) throw error
    throw new LacunaError(
      `--weights ${weights}: do not fit --encoder ${encoder}: ${error.message}; choose the --encoder and the --size that they are of`,
    )
  }
}

/** The file that a folder stands for: the encoder of an export, or the checkpoint of a run. */
function fileOf(path: string): string {
  // of a process that was killed between two renames the one before alone is there
  const checkpoints = ['state', 'previous'].map(name => join(path, 'checkpoint', `${name}.safetensors`))
  const [checkpoint] = checkpoints.filter(isThere)
  if (checkpoint !== undefined) return checkpoint
  const exported = join(path, 'encoder.safetensors')
  return isThere(exported) ? exported : path
}

function read(path: string): ReturnType<typeof readSafetensors> {
  try {
    return readSafetensors(path)
  } catch (error) {
    if (!(error instanceof LacunaError)) throw error
    throw new LacunaError(
      `--weights ${error.message}; what fits is safetensors of torchvision, timm or transformers, a run, or an export of \`lacuna export\``,
    )
  }
}
