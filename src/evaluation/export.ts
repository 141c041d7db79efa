import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Assembly } from '../assembly/assemble.js'
import type { RunConfig } from '../assembly/config.js'
import { placeOf } from '../assembly/programs.js'
import { hearingOf } from '../assembly/recordings.js'
import { errorCode, LacunaError } from '../errors.js'
import { checkWritable, isThere, removeTorn, textOf, writeError, writeFileAtomic } from '../files.js'
import { writeSafetensors } from '../formats/index.js'
import { mainEncoder } from '../methods/method.js'
import type { ClipNaming } from '../nn/clip-names.js'
import { variablesOf } from '../nn/module.js'
import type { Place, PlaceOptions } from '../nn/vectors.js'
import { writeStandalone } from '../program/standalone.js'
import { type OpenedRun, runOf } from '../runs/run.js'
import { topological } from '../tensor/derivative.js'
import type { Tensor } from '../tensor/tensor.js'
import { version } from '../version.js'
import { card, MARK, UNFINISHED } from './card.js'
import { pictureMetadata, pictureModel, picturesBothWays, recipeOf } from './export-picture.js'
import { writeShared } from './export-shared.js'
import { soundBothWays, soundMetadata, soundModel } from './export-sound.js'
import { soundCard } from './sound-card.js'
import type { WaveType } from './wave-types.js'

export interface Exported {
  readonly directory: string
  readonly files: readonly string[]
  /** What goes in, in words */
  readonly takes: string
  readonly width: number
  /** Largest difference between the file's vectors and the training graph's, on the pictures it was checked with */
  readonly difference: number
  /** The largest number in those vectors */
  readonly largest: number
}

export interface ExportOptions extends PlaceOptions {
  /** Whose names the weights of both sides have, of a run whose pictures and texts share a space; those of transformers unless told */
  readonly names?: ClipNaming
  /** Numbers that `encoder.onnx` takes of a recording: `float32` in [−1, 1), or `int16`; `float32` unless told */
  readonly wave?: WaveType
}

/** Of the largest number in the vectors: float32 rounds in proportion to what it adds up */
const TOLERANCE = 1e-5

/**
 * Writes `encoder.onnx` (uint8 pictures in, any number at once, normalisation inside; or one recording of any length),
 * `encoder.safetensors` with the names of torchvision, timm or transformers, and a card; of a run whose pictures and texts share a
 * space also a model of each side with the tokenizer. The model is first run by ONNX Runtime and compared with the training graph. A new folder
 * appears whole; in one that is there, the card says so as long as its files are being replaced.
 *
 * @param from the run, or its folder
 * @param out a folder that is empty, not there yet, or was written by an earlier export
 * @throws LacunaError when the folder holds anything else, or the model differs: then nothing is left in it
 */
export async function exportEncoder(
  from: string | OpenedRun,
  out: string,
  { names = 'transformers', wave, ...options }: ExportOptions = {},
): Promise<Exported> {
  if (typeof out !== 'string' || out === '')
    throw new LacunaError('exportEncoder: a folder to write to is expected as its second argument', 2)
  const run = runOf('exportEncoder', from)
  checkFree(out)
  const { config } = run
  const { values, step } = run.checkpoint()
  const assembly = run.assembly()
  const place = placeOf(assembly, options)
  if (names === 'open_clip' && assembly.learner.shared === undefined)
    throw new LacunaError(`--names open_clip: ${config.method} has no text beside its pictures; leave --names out`, 2)
  const stored = new Map(
    [...assembly.names].flatMap(([variable, name]) => {
      const data = values.get(name)
      return data === undefined ? [] : [[variable, { name, data: Float32Array.from(data) }] as const]
    }),
  )
  const hearing = hearingOf(assembly, place)
  if (hearing === undefined && wave !== undefined)
    throw new LacunaError(`--wave ${wave}: ${config.method} hears no recordings; leave --wave out`, 2)
  const type = wave ?? 'float32'
  const model = hearing ? soundModel(hearing, place, type) : pictureModel(assembly, place)
  const { features } = model.outputs
  if (model.draws > 0) throw new LacunaError(`${config.method}: its representation is random and cannot be exported`)
  const used = new Set(topological(Object.values(model.outputs)))
  const width = features?.shape[1] ?? 0
  const { model: bytes, external } = writeStandalone({
    ...model,
    values: new Map([...stored].filter(([variable]) => used.has(variable))),
    externalFile: 'encoder.onnx.data',
    metadata: {
      ...metadataOf(config, place),
      ...(hearing ? soundMetadata(hearing, type) : pictureMetadata(recipeOf(config))),
    },
  })
  const made = placeFor(out)
  try {
    mkdirSync(made, { recursive: true })
    if (external) writeFileAtomic(join(made, external.file), external.parts)
    writeFileAtomic(join(made, 'encoder.onnx'), bytes)
    const path = join(made, 'encoder.onnx')
    const vectors = hearing
      ? await soundBothWays(path, run, hearing, place, type)
      : await picturesBothWays(path, run, place)
    const checked = compared(run.directory, ...vectors)
    const about = { format: 'lacuna', encoder: config.encoder }
    writeSafetensors(join(made, 'encoder.safetensors'), weightsOf(assembly, stored), about, { checksum: true })
    const shared = await writeShared(made, run, stored, names, (...vectors) => compared(run.directory, ...vectors))
    const own = ['encoder.onnx', ...(external ? [external.file] : []), 'encoder.safetensors']
    const files = [...own, ...shared, 'README.md']
    const facts = { config, step, width, ...place, version, fingerprint: config.data.fingerprint }
    writeFileAtomic(
      join(made, 'README.md'),
      hearing
        ? soundCard({ ...facts, hearing, wave: type })
        : card({ ...facts, recipe: recipeOf(config), ...(shared.length > 0 && { names }) }),
    )
    if (dirname(made) === resolve(out)) replace(made, out, files)
    else renameSync(made, out)
    const takes = hearing ? 'a recording of any length' : 'uint8 pictures'
    return { directory: out, files, takes, width, ...checked }
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

/** What `metadata_props` of every model say. */
function metadataOf(config: RunConfig, { layer, pool }: Place): Readonly<Record<string, string>> {
  return {
    'lacuna.version': version,
    'lacuna.method': config.method,
    'lacuna.encoder': config.encoder,
    'lacuna.layer': layer,
    'lacuna.pool': pool,
    'lacuna.data.fingerprint': config.data.fingerprint,
    'lacuna.data.records': `${config.data.records}`,
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
