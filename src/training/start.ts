import { dirname, join } from 'node:path'
import type { Assembly } from '../assembly/assemble.js'
import type { RunConfig } from '../assembly/config.js'
import { LacunaError } from '../errors.js'
import { isFolder, isThere } from '../files.js'
import { readSafetensors, type StoredTensor } from '../formats/index.js'
import { type Learner, mainEncoder } from '../methods/method.js'
import { clipNames, fromOpenClip, weightFiles } from '../nn/clip-names.js'
import { type AnyModule, variablesOf } from '../nn/module.js'
import { parameterCount } from '../nn/parameters.js'
import { matchWeights } from '../nn/weights.js'
import { isRun } from '../runs/config.js'
import { openRun } from '../runs/run.js'
import { sameShape } from '../tensor/shape.js'
import { earlierValues } from './earlier.js'

type Weights = ReadonlyMap<string, Float32Array>

/**
 * What a run starts from beside random numbers: heads that are encoders of earlier runs, and the weights of its own encoder, of
 * a file of torchvision, timm, transformers or open_clip or a folder with one, an export, another run, or its checkpoint. Where it
 * keeps an encoder of text too, and is given the tokenizer that this was trained with, that begins so as well.
 * @returns values by their names in the run; none where the configuration names no file
 * @throws LacunaError when it is none of these, or of another encoder; when an encoder is frozen and no file is named
 */
export const startWeights = ({ learner }: Assembly, config: RunConfig): Weights =>
  new Map([...earlierValues(learner), ...encoderWeights(learner, config)])

function encoderWeights(learner: Learner, { weights, encoder, tokenizer }: RunConfig): Weights {
  const [own, kept] = mainEncoder(learner)
  if (weights === undefined) {
    if (parameterCount(kept) === 0 && variablesOf(kept).size > 0)
      throw new LacunaError(
        'the encoder is frozen, and nothing says what it begins as; type --weights runs/first for that of an earlier run, or a file',
        2,
      )
    return new Map()
  }
  const file = fileOf(weights)
  const stored = read(file)
  const prefix = prefixOf(own, kept.reads, stored, file)
  try {
    const main = matchWeights(shapesOf(kept), stored.tensors, { prefix })
    const others = tokenizer === undefined ? [] : othersIn(learner, own, stored.tensors)
    return new Map([...[...main].map(([name, values]) => [`${own}.${name}`, values] as const), ...others])
  } catch (error) {
    if (!(error instanceof LacunaError)) throw error
    throw new LacunaError(
      `--weights ${weights}: do not fit --encoder ${encoder}: ${error.message}; choose the --encoder${kept.reads === 'image' ? ' and the --size' : ''} that they are of`,
    )
  }
}

const shapesOf = (part: AnyModule) => new Map([...variablesOf(part)].map(([name, { shape }]) => [name, shape]))

interface Stored {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly metadata: Readonly<Record<string, string>>
}

/** What stands before the names of the encoder: in a checkpoint its name in that run, in Hugging Face's CLIPModel its side. */
function prefixOf(own: string, reads: string, { tensors, metadata }: Stored, file: string): string {
  const begins = (prefix: string) => [...tensors.keys()].some(name => name.startsWith(prefix))
  if (metadata.format === 'lacuna' && metadata.step !== undefined) {
    const run = dirname(dirname(file))
    if (begins(`${own}.`) || !isRun(run)) return `${own}.`
    return `${mainEncoder(openRun(run).assembly().learner)[0]}.`
  }
  const side = reads === 'text' ? 'text_model.' : 'vision_model.'
  return begins(side) ? side : ''
}

/** Further encoders and the heads that belong to them, each where all of it is in the file. */
function othersIn({ kept, heads = {} }: Learner, own: string, tensors: Stored['tensors']) {
  const parts = Object.entries<AnyModule>({ ...kept, ...heads }).filter(([name]) => name !== own)
  if (Object.keys(kept).length === 1) return []
  return parts.flatMap(([part, module]) => {
    const found = [...variablesOf(module)].map(([name, { shape }]) => {
      const full = `${part}.${name}`
      const there = [full, clipNames(full)].flatMap(name => tensors.get(name) ?? [])
      const fitting = there.find(t => t.dtype === 'float32' && sameShape(t.shape, shape))
      return fitting && ([full, Float32Array.from(fitting.data, Number)] as const)
    })
    return found.every(each => each !== undefined) ? found : []
  })
}

/** The file that a folder stands for: the checkpoint of a run, the encoder of an export, or what Hugging Face's libraries keep. */
function fileOf(path: string): string {
  // of a process that was killed between two renames the one before alone is there
  const checkpoints = ['state', 'previous'].map(name => join('checkpoint', `${name}.safetensors`))
  const names = [...checkpoints, 'encoder.safetensors', ...Object.values(weightFiles)]
  const file = names.map(name => join(path, name)).find(isThere)
  if (file === undefined && isFolder(path))
    throw new LacunaError(`--weights ${path}: is a folder without weights; ${fitting}`)
  return file ?? path
}

const fitting = `what fits is safetensors of torchvision, timm, transformers or open_clip, a folder with ${weightFiles.transformers}, a run, or an export of \`lacuna export\``

function read(path: string): Stored {
  try {
    const { tensors, metadata } = readSafetensors(path)
    return { tensors: fromOpenClip(tensors), metadata }
  } catch (error) {
    if (!(error instanceof LacunaError)) throw error
    throw new LacunaError(`--weights ${error.message}; ${fitting}`)
  }
}
