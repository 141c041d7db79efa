import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { host } from '#host'
import type { RunConfig } from '../assembly/config.js'
import { type Assembly, channelOf, placeOf, represent, sampleOf } from '../assembly/programs.js'
import { imageIn } from '../channels/bound.js'
import { picturesOf } from '../data/index.js'
import { errorCode, LacunaError } from '../errors.js'
import { checkWritable, isThere, removeTorn, textOf, writeError, writeFileAtomic } from '../files.js'
import { writeSafetensors } from '../formats/index.js'
import { mainEncoder } from '../methods/method.js'
import { variablesOf } from '../nn/module.js'
import type { Place, PlaceOptions } from '../nn/vectors.js'
import { defaultDevice } from '../program/devices.js'
import { uniforms } from '../program/draws.js'
import { FREE_BATCH, writeStandalone } from '../program/standalone.js'
import { trace } from '../program/trace.js'
import { type OpenedRun, runOf } from '../runs/run.js'
import { topological } from '../tensor/derivative.js'
import type { Tensor } from '../tensor/tensor.js'
import { version } from '../version.js'
import { card, MARK, UNFINISHED } from './card.js'
import { openEncoder } from './encoder.js'
import type { Recipe } from './recipes.js'

export interface Exported {
  readonly directory: string
  readonly files: readonly string[]
  readonly width: number
  /** Largest difference between the file's vectors and the training graph's, on the pictures it was checked with */
  readonly difference: number
  /** The largest number in those vectors */
  readonly largest: number
}

/** Of the largest number in the vectors: float32 rounds in proportion to what it adds up */
const TOLERANCE = 1e-5
const CHECKED = 5

/**
 * Writes `encoder.onnx` (uint8 pictures in, any number at once, normalisation inside), `encoder.safetensors` with the names of
 * torchvision or timm, and a card. The model is first run by ONNX Runtime and compared with the training graph. A new folder
 * appears whole; in one that is there, the card says so as long as its files are being replaced.
 *
 * @param from the run, or its folder
 * @param out a folder that is empty, not there yet, or was written by an earlier export
 * @throws LacunaError when the folder holds anything else, or the model differs: then nothing is left in it
 */
export async function exportEncoder(
  from: string | OpenedRun,
  out: string,
  options: PlaceOptions = {},
): Promise<Exported> {
  if (typeof out !== 'string' || out === '')
    throw new LacunaError('exportEncoder: a folder to write to is expected as its second argument', 2)
  const run = runOf('exportEncoder', from)
  checkFree(out)
  const { config } = run
  const { values, step } = run.checkpoint()
  const assembly = run.assembly()
  const place = placeOf(assembly, options)
  const stored = new Map(
    [...assembly.names].flatMap(([variable, name]) => {
      const data = values.get(name)
      return data === undefined ? [] : [[variable, { name, data: Float32Array.from(data) }] as const]
    }),
  )
  const { result, trace: traced } = trace({ training: false }, () => {
    const sample = sampleOf(assembly.channels, FREE_BATCH)
    return { image: channelOf('image', assembly.channels, sample), features: represent(assembly, sample, place) }
  })
  if (traced.draws.length > 0)
    throw new LacunaError(`${config.method}: its representation is random and cannot be exported`)
  const used = new Set(topological([result.features]))
  const width = result.features.shape[1] ?? 0
  const recipe = recipeOf(config)
  const { fingerprint } = config.data
  const { model, external } = writeStandalone({
    input: { name: 'image', tensor: result.image },
    output: { name: 'features', tensor: result.features },
    values: new Map([...stored].filter(([variable]) => used.has(variable))),
    externalFile: 'encoder.onnx.data',
    metadata: metadataOf(config, recipe, place),
  })
  const files = ['encoder.onnx', ...(external ? [external.file] : []), 'encoder.safetensors', 'README.md']
  const made = placeFor(out)
  try {
    mkdirSync(made, { recursive: true })
    if (external) writeFileAtomic(join(made, external.file), external.parts)
    writeFileAtomic(join(made, 'encoder.onnx'), model)
    const checked = await check(join(made, 'encoder.onnx'), run, place)
    const about = { format: 'lacuna', encoder: config.encoder }
    writeSafetensors(join(made, 'encoder.safetensors'), weightsOf(assembly, stored), about, { checksum: true })
    writeFileAtomic(join(made, 'README.md'), card({ config, recipe, step, width, ...place, version, fingerprint }))
    if (dirname(made) === resolve(out)) replace(made, out, files)
    else renameSync(made, out)
    return { directory: out, files, width, ...checked }
  } catch (error) {
    throw errorCode(error) === undefined ? error : writeError(out, error)
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

/** @throws LacunaError (wrong usage) when files would be written among others, or the place cannot be written */
function checkFree(out: string): void {
  removeTorn(out, TORN)
  removeTorn(dirname(resolve(out)), `${basename(resolve(out))}.${TORN}`)
  const readme = join(out, 'README.md')
  if (existsSync(out) && !statSync(out).isDirectory())
    throw new LacunaError(`${out}: is a file; name a folder for the export`, 2)
  const [foreign] = existsSync(out) ? readdirSync(out) : []
  const ours = isThere(readme) && statSync(readme).isFile() && textOf(readme).startsWith(MARK)
  if (foreign !== undefined && !ours)
    throw new LacunaError(
      `${out}: holds files that no export has written (such as ${foreign}); name an empty or a new folder, such as --out ${join(out, 'encoder')}`,
      2,
    )
  checkWritable(readme)
}

/** Where the files are made: beside a new folder, within one that is there, which may be the only place to write to. */
function placeFor(out: string): string {
  const name = `${TORN}${process.pid}.part`
  return existsSync(out) ? join(resolve(out), name) : `${resolve(out)}.${name}`
}
/** What names of such places begin with */
const TORN = 'export.'

/** Puts files in the place of an earlier export's, the card last. */
export function replace(made: string, out: string, files: readonly string[]): void {
  writeFileAtomic(join(out, 'README.md'), UNFINISHED)
  for (const file of files) renameSync(join(made, file), join(out, file))
}

function recipeOf({ channels, reading }: RunConfig): Recipe {
  const { size, colours } = imageIn(channels)
  return { size, channels: colours, ...reading }
}

/** What `metadata_props` of the model say: enough to feed it right without the card. */
function metadataOf(config: RunConfig, recipe: Recipe, { layer, pool }: Place): Readonly<Record<string, string>> {
  const { size, channels, fit, background, range } = recipe
  const which = range !== 'auto' && range.of === 'deep' ? ' of pictures of more than 8 bits' : ''
  const from = range === 'auto' ? '' : `; stored values ${range.low} to ${range.high}${which} become 0 to 255`
  return {
    'lacuna.version': version,
    'lacuna.method': config.method,
    'lacuna.encoder': config.encoder,
    'lacuna.layer': layer,
    'lacuna.pool': pool,
    'lacuna.data.fingerprint': config.data.fingerprint,
    'lacuna.data.records': `${config.data.records}`,
    'image.layout': 'NHWC',
    'image.type': 'uint8',
    'image.range': `0 to 255${from}`,
    'image.size': `${size}`,
    'image.channels': channels === 3 ? 'RGB' : 'grey',
    'image.preprocessing': `EXIF orientation applied; transparency on ${background}; ${fit} to ${size} x ${size} with Lanczos-3; normalisation is inside the model`,
  }
}

/** The encoder's own variables, without the prefix that the run gives them. */
function weightsOf({ learner }: Assembly, stored: ReadonlyMap<Tensor, { readonly data: Float32Array }>) {
  return new Map(
    [...variablesOf(mainEncoder(learner)[1])].map(([name, variable]) => {
      const data = stored.get(variable)?.data
      if (data === undefined) throw new LacunaError(`the checkpoint has no ${name}; it belongs to another run`)
      return [name, { dtype: 'float32' as const, shape: variable.shape, data }]
    }),
  )
}

/** Runs the written file on made-up pictures, one batch larger than one, beside the encoder of the run. */
async function check(path: string, run: OpenedRun, place: Place): Promise<Pick<Exported, 'difference' | 'largest'>> {
  const { size, colours: channels } = imageIn(run.config.channels)
  const next = uniforms(0, 0, 'pictures to check an export with')
  const stride = size * size * channels
  const data = Uint8Array.from({ length: CHECKED * stride }, () => Math.floor(256 * next()))
  const encoder = await openEncoder(run, { device: defaultDevice, ...place })
  const { values } = await encoder.embed(picturesOf(data, { size, colours: channels })).finally(() => encoder.close())
  const session = await host.ort.InferenceSession.create(path)
  try {
    const image = new host.ort.Tensor('uint8', data, [CHECKED, size, size, channels])
    const { features } = await session.run({ image })
    return compared(run.directory, values, features?.data as Float32Array)
  } finally {
    await session.release()
  }
}

/** @throws LacunaError when vectors differ by more than rounding */
export function compared(
  run: string,
  expected: Float32Array,
  written: ArrayLike<number>,
): Pick<Exported, 'difference' | 'largest'> {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const difference = expected.reduce((most, value, i) => {
    const off = Math.abs(value - (written[i] ?? Number.NaN))
    return off <= most ? most : off // NaN is taken
  }, 0)
  if (!(difference <= TOLERANCE * largest))
    throw new LacunaError(
      `${run}: the exported model differs from the training graph by ${difference.toPrecision(3)} in vectors of up to ${largest.toPrecision(3)}, so nothing was written; please report this with the run's config.json`,
    )
  return { difference, largest }
}
