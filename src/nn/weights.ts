import { LacunaError } from '../errors.js'
import type { StoredTensor } from '../formats/stored-tensor.js'
import { type Shape, sameShape, showShape } from '../tensor/shape.js'

export interface MatchOptions {
  /** What stands before every name in the file ('encoder.'); tensors without it are left out */
  readonly prefix?: string
}

/** The heads and a counter, which the files of torchvision, timm and transformers have and encoders do not. */
const unused =
  /^(fc|head)\.|(^|\.)(num_batches_tracked|position_ids)$|^(quantizer|project_q|project_hid|lm_head|projector|classifier)\./

/** What a name in a file is called in the encoder: transformers' models stand in a larger one, and norms of weights had other names. */
const elsewhere: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^(wav2vec2|hubert)\./, ''],
  [/\.weight_g$/, '.parametrizations.weight.original0'],
  [/\.weight_v$/, '.parametrizations.weight.original1'],
]

/**
 * Takes the variables of a model out of a weights file; a file of torchvision, timm or transformers fits as it is (of open_clip: `fromOpenClip`).
 * @param wanted names and shapes of all variables, as `variablesOf` gives them
 * @throws LacunaError when tensors are missing, have another shape or type, or are left over: the file is of another model
 */
export function matchWeights(
  wanted: ReadonlyMap<string, Shape>,
  stored: ReadonlyMap<string, StoredTensor>,
  { prefix = '' }: MatchOptions = {},
): Map<string, Float32Array> {
  const found = new Map<string, StoredTensor>()
  for (const [name, t] of stored)
    if (name.startsWith(prefix)) found.set(calledHere(name.slice(prefix.length), wanted), t)
  const missing = [...wanted.keys()].filter(name => !found.has(name))
  const misfits = [...wanted].flatMap(([name, shape]) => misfit(name, shape, found.get(name)))
  const left = [...found.keys()].filter(name => !wanted.has(name) && !unused.test(name))
  const problems = [summary('missing', missing), summary('different', misfits), summary('left over', left)].flat()
  if (problems.length > 0) throw new LacunaError(`the weights are of another model: ${problems.join('; ')}`)
  return new Map([...wanted.keys()].map(name => [name, Float32Array.from(found.get(name)?.data ?? [], Number)]))
}

/** The name itself where the encoder has it. */
function calledHere(name: string, wanted: ReadonlyMap<string, Shape>): string {
  if (wanted.has(name)) return name
  return elsewhere.reduce((here, [pattern, by]) => here.replace(pattern, by), name)
}

function misfit(name: string, shape: Shape, t: StoredTensor | undefined): string[] {
  if (t === undefined) return []
  if (t.dtype !== 'float32' && t.dtype !== 'float64') return [`${name} is ${t.dtype} where float32 is wanted`]
  return sameShape(shape, t.shape) ? [] : [`${name} is ${showShape(t.shape)} where ${showShape(shape)} is wanted`]
}

/** The first three and how many in all */
function summary(kind: string, names: readonly string[]): string[] {
  if (names.length === 0) return []
  const shown = names.slice(0, 3).join(', ')
  return [names.length > 3 ? `${names.length} ${kind}: ${shown}, …` : `${names.length} ${kind}: ${shown}`]
}
