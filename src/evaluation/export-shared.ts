import { join } from 'node:path'
import { host } from '#host'
import type { Assembly } from '../assembly/assemble.js'
import { sharedProgram } from '../assembly/programs.js'
import type { ChannelOf } from '../channels/channel.js'
import { targetFor } from '../engine/host.js'
import type { Feeds } from '../engine/runner.js'
import { LacunaError } from '../errors.js'
import { writeFileAtomic } from '../files.js'
import { type StoredTensor, writeSafetensors } from '../formats/index.js'
import { type ClipNaming, clipNames, toOpenClip, weightFiles } from '../nn/clip-names.js'
import { defaultDevice } from '../program/devices.js'
import { uniforms } from '../program/draws.js'
import { FREE_BATCH, writeStandalone } from '../program/standalone.js'
import { trace } from '../program/trace.js'
import { restore } from '../runs/checkpoint.js'
import type { OpenedRun } from '../runs/run.js'
import { readTokenizer } from '../runs/tokenizer.js'
import { topological } from '../tensor/derivative.js'
import { where } from '../tensor/elementwise.js'
import { constant, input, type Tensor } from '../tensor/tensor.js'
import { toStored } from '../views/picture.js'
import { clipFiles } from './clip-files.js'
import type { ExportedModel } from './exported-model.js'

/** The numbers of each variable of a run, and its name. */
type Stored = ReadonlyMap<Tensor, { readonly name: string; readonly data: Float32Array }>

/** One side of a space that channels share, as a model of its own. */
interface Side {
  readonly file: string
  /** What its output is called */
  readonly output: string
  readonly model: ExportedModel
  /** What it is checked with: the same samples as the model and as the run take them */
  readonly given: { readonly model: Feed; readonly run: Feeds }
}
interface Feed {
  readonly type: 'float32' | 'int64'
  readonly data: Float32Array | BigInt64Array
  readonly shape: readonly number[]
}

/** Samples that a model is checked with */
const CHECKED = 5

/**
 * Writes `image.onnx` and `text.onnx` of a run whose pictures and texts share a space, their weights by the names of Hugging Face's
 * CLIPModel or of open_clip, the tokenizer, and what Hugging Face's libraries want to know of them. Each model is run by ONNX Runtime
 * and compared.
 *
 * @param compare throws when vectors of the run and of a file differ
 * @returns names of the files; none of a run that has no such space
 * @throws LacunaError (wrong usage) when open_clip has nothing like an encoder of the run
 */
export async function writeShared(
  made: string,
  run: OpenedRun,
  stored: Stored,
  names: ClipNaming,
  compare: (expected: Float32Array, written: ArrayLike<number>) => unknown,
): Promise<string[]> {
  const assembly = run.assembly()
  const sides = sidesOf(assembly)
  const tokenizer = readTokenizer(run.directory, run.config)
  if (sides.length === 0) return []
  const weights = weightsOf(run, stored, names)
  const files: string[] = []
  for (const side of sides) {
    const used = new Set(topological(Object.values(side.model.outputs)))
    const { model, external } = writeStandalone({
      ...side.model,
      values: new Map([...stored].filter(([variable]) => used.has(variable))),
      externalFile: `${side.file}.data`,
    })
    if (external) writeFileAtomic(join(made, external.file), external.parts)
    writeFileAtomic(join(made, side.file), model)
    compare(await byRun(run, side), await byFile(join(made, side.file), side))
    files.push(side.file, ...(external ? [external.file] : []))
  }
  writeSafetensors(join(made, weightFiles[names]), weights, { format: 'pt' })
  files.push(weightFiles[names])
  for (const [name, content] of Object.entries(clipFiles(run, tokenizer))) {
    writeFileAtomic(join(made, name), `${JSON.stringify(content, undefined, 2)}\n`)
    files.push(name)
  }
  return files
}

function weightsOf({ config }: OpenedRun, stored: Stored, names: ClipNaming): Map<string, StoredTensor> {
  const weights = new Map(
    [...stored]
      .filter(([, { name }]) => !name.startsWith('optimiser.'))
      .map(([{ shape }, { name, data }]): [string, StoredTensor] => [
        clipNames(name),
        { dtype: 'float32', shape, data },
      ]),
  )
  if (names === 'transformers') return weights
  try {
    return toOpenClip(weights)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new LacunaError(
      `--names open_clip: has no encoder like ${config.encoder}, whose ${error.message} would be nothing there; only clip-vit has its names, so leave --names out`,
      2,
    )
  }
}

function sidesOf({ learner, channels }: Assembly): Side[] {
  const { image, text } = channels
  const { shared } = learner
  return [
    ...(image?.kind === 'image' && shared?.image ? [pictureSide(image, shared.image)] : []),
    ...(text?.kind === 'text' && shared?.text ? [textSide(text, shared.text)] : []),
  ]
}

type Embed = (sample: never) => Tensor

/** float32 [N, C, H, W] in [0, 1] in, as Hugging Face's processors give them. */
function pictureSide({ size, colours }: ChannelOf<'image'>, embed: Embed): Side {
  const pixels = input('pixel_values', [FREE_BATCH, colours, size, size])
  const { result, trace: traced } = trace({ training: false }, () => embed({ image: toStored(pixels) } as never))
  const next = uniforms(0, 0, 'pictures to check an export with')
  const bytes = Uint8Array.from({ length: CHECKED * size * size * colours }, () => Math.floor(256 * next()))
  const rowMajor = new Float32Array(bytes.length)
  for (let n = 0; n < CHECKED; n++)
    for (let p = 0; p < size * size; p++)
      for (let c = 0; c < colours; c++)
        rowMajor[(n * colours + c) * size * size + p] = (bytes[(n * size * size + p) * colours + c] ?? 0) / 255
  return {
    file: 'image.onnx',
    output: 'image_embeds',
    model: {
      input: { name: 'pixel_values', type: 'float32', shape: ['N', colours, size, size] },
      free: 'pixel_values',
      outputs: { image_embeds: result },
      draws: traced.draws.length,
    },
    given: {
      model: { type: 'float32', data: rowMajor, shape: [CHECKED, colours, size, size] },
      run: { image: bytes },
    },
  }
}

/**
 * Texts without an end token get it in their last place: transformers.js cuts a long text as it is written, the end token with it,
 * where ours and Hugging Face's other libraries cut what stands before.
 * @param ids int [N, L]
 * @param end the largest number there is
 */
function ended(ids: Tensor, end: number): Tensor {
  const length = ids.size(1)
  const last = constant([...Array<number>(length - 1).fill(0), 1], [1, length], 'int').equal(1)
  return where(ids.max(1, true).less(end).and(last), end, ids)
}

/** int64 [N, L] in: what the tokenizer gives, zeros after the end token. */
function textSide({ vocabulary, length }: ChannelOf<'text'>, embed: Embed): Side {
  const ids = input('input_ids', [FREE_BATCH, length], 'int')
  const lengths = input('lengths', [FREE_BATCH], 'int')
  const { result, trace: traced } = trace({ training: false }, () =>
    embed({ text: { values: ended(ids, vocabulary - 1), lengths } } as never),
  )
  const next = uniforms(0, 0, 'texts to check an export with')
  const ends = Array.from({ length: CHECKED }, (_, n) => Math.max(1, Math.round(((n + 1) * (length - 1)) / CHECKED)))
  const tokens = Int32Array.from({ length: CHECKED * length }, (_, i) => {
    const [end = 1, at] = [ends[Math.floor(i / length)], i % length]
    if (at > end) return 0
    return at === end ? vocabulary - 1 : at === 0 ? vocabulary - 2 : 1 + Math.floor((vocabulary - 3) * next())
  })
  return {
    file: 'text.onnx',
    output: 'text_embeds',
    model: {
      input: { name: 'input_ids', type: 'int64', shape: ['N', length] },
      free: 'input_ids',
      outputs: { text_embeds: result },
      draws: traced.draws.length,
    },
    given: {
      model: { type: 'int64', data: BigInt64Array.from(tokens, BigInt), shape: [CHECKED, length] },
      run: { text: tokens, 'text.lengths': Int32Array.from(ends, end => end + 1) },
    },
  }
}

async function byRun(run: OpenedRun, { given, file }: Side): Promise<Float32Array> {
  const runner = host.start({ device: defaultDevice })
  try {
    const name = file.replace(/\.onnx$/, '')
    const program = sharedProgram(run.assembly(), name, CHECKED, await targetFor(host, runner.options))
    await runner.load('shared', program)
    await restore(runner, program, run.checkpoint(), run.directory)
    const wanted = new Set(program.inputs.map(({ name }) => name))
    const feeds = Object.fromEntries(Object.entries(given.run).filter(([name]) => wanted.has(name)))
    const { features } = await runner.run('shared', feeds)
    return Float32Array.from(features ?? [], Number)
  } finally {
    await runner.close()
  }
}

async function byFile(path: string, { given, model, output }: Side): Promise<Float32Array> {
  const session = await host.ort.InferenceSession.create(path)
  try {
    const { type, data, shape } = given.model
    const results = await session.run({
      [model.input.name]: new host.ort.Tensor(type as 'float32', data as Float32Array, shape),
    })
    const values = results[output]?.data
    if (!(values instanceof Float32Array)) throw new LacunaError(`${path}: gives no ${output}`)
    return values
  } finally {
    await session.release()
  }
}
