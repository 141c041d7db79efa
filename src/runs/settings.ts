import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { CONFIG_VERSION, PRODUCTS_BEFORE, type RunConfig } from '../assembly/config.js'
import { channelSchema } from '../channels/channel.js'
import { errorCode, LacunaError, messageOf, parsedBy } from '../errors.js'
import { readError, textOf } from '../files.js'
import { checkSettings } from '../settings/check.js'
import { merged } from '../settings/method-options.js'
import { helpOf, placeOf, rowsOf, valueAt } from '../settings/rows.js'
import { dataSettings, trainingSettings } from '../settings/table.js'
import type { DataSettings, Rows, TrainingSettings } from '../settings/types.js'

/** What a training was asked for, in the words of the library: `openPictures(source, open)`, `pretrain(method, pictures, train)`. */
export interface Settings {
  readonly method?: string
  readonly source?: string
  readonly open: DataSettings
  readonly train: TrainingSettings
  /** Of the pictures of a run; see `PictureSet` */
  readonly fingerprint?: string
}

const described = (schema: z.ZodType, help: string) => schema.optional().describe(help)

/** The settings that stand in one place of the file. */
const standingIn = (...place: readonly string[]) =>
  Object.fromEntries(
    [...rowsOf(trainingSettings), ...rowsOf(dataSettings)].flatMap(([name, row]) => {
      const [key = name, ...above] = placeOf(name, row).toReversed()
      return above.toReversed().join('.') === place.join('.') ? [[key, described(row.kind.schema(z), helpOf(row))]] : []
    }),
  )

/**
 * A file with settings, for `--config`: any of those that a run keeps in its `config.json`, in the same places, and the few that
 * are of no matter to what is trained. The config.json of a run is one.
 */
export const settingsFile = z.strictObject({
  $schema: described(z.string(), 'for editors: node_modules/lacuna/dist/config.schema.json'),
  version: described(z.literal(CONFIG_VERSION), 'of the format; written by a run'),
  method: described(z.string(), 'see `lacuna methods`'),
  ...standingIn(),
  channels: described(
    z
      .object({
        image: described(
          z.strictObject({ kind: z.literal('image').optional(), ...standingIn('channels', 'image') }),
          'pictures',
        ),
        video: described(
          z.strictObject({
            kind: z.literal('video').optional(),
            ...standingIn('channels', 'image'),
            ...standingIn('channels', 'video'),
            length: described(z.int(), 'frames of the longest film; written by a run'),
          }),
          'films',
        ),
      })
      .catchall(channelSchema.refine(({ kind }) => kind !== 'image', 'pictures are one channel, called image')),
    'what the data has, by name',
  ),
  reading: described(z.strictObject(standingIn('reading')), 'how files become pictures'),
  data: described(
    z.strictObject({
      source: described(z.string(), 'folder of pictures, Hugging Face imagefolder, or IDX files'),
      ...standingIn('data'),
      records: described(z.int(), 'how many there were; written by a run'),
      windows: described(z.int(), 'how many samples an epoch has, where that is not their number; written by a run'),
      fingerprint: described(z.string(), 'what they were; written by a run'),
    }),
    'what is trained on',
  ),
  prepared: described(z.unknown(), 'what the method learnt before the first step; written by a run, and learnt anew'),
})

/**
 * Reads settings from a file: the `config.json` of a run, or one by hand with a part of it. Paths are meant from the folder of the
 * file on.
 *
 * @throws LacunaError (wrong usage) for a file that is not there or no JSON, for unknown names and wrong values
 */
export function readSettings(file: string): Settings {
  const document = parsedFile(file)
  checkSettings(trainingSettings, placed(trainingSettings, document), file)
  checkSettings(dataSettings, placed(dataSettings, document), file)
  const { problem } = parsedBy(settingsFile, document)
  if (problem !== undefined) throw new LacunaError(`${file}: ${problem}`, 2)
  const { source, ...rest } = settingsIn(document)
  const from = dirname(resolve(file))
  return {
    ...rest,
    ...(source !== undefined && { source: resolve(from, source) }),
    open: withPaths(dataSettings, rest.open, from),
    train: withPaths(trainingSettings, rest.train, from),
  }
}

/** The settings that a run was trained with: what repeats it. */
export const settingsOf = (config: RunConfig): Settings & Required<Pick<Settings, 'method' | 'source'>> => ({
  ...settingsIn(config),
  method: config.method,
  source: config.data.source,
})

/** Settings over others: what stands in `over` counts. Options of another method are left away. */
export function overlaid(under: Settings, over: Settings): Settings {
  const { epochs, steps, ...rest } = under.train
  const length = over.train.epochs === undefined && over.train.steps === undefined ? { epochs, steps } : {}
  const sameMethod = over.method === undefined || under.method === undefined || over.method === under.method
  const options = { ...(sameMethod && rest.options) }
  if (over.train.seconds !== undefined) delete options.seconds // it is said anew
  if (over.train.frames !== undefined) delete options.frames
  return present({
    method: over.method ?? under.method,
    source: over.source ?? under.source,
    open: present({ ...under.open, ...present(over.open) }),
    train: present({ ...rest, ...length, ...present(over.train), options: merged(options, over.train.options) }),
    fingerprint: over.fingerprint ?? under.fingerprint,
  })
}

function parsedFile(file: string): unknown {
  let text: string
  try {
    text = textOf(file)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw readError(file, error)
    throw new LacunaError(`--config ${file}: no such file; name the config.json of a run, or one by hand`, 2)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new LacunaError(`${file}: no JSON: ${messageOf(error)}`, 2)
  }
}

function settingsIn(document: unknown): Settings {
  const textAt = (...place: string[]) => {
    const value = valueAt(document, place)
    return typeof value === 'string' ? value : undefined
  }
  const open = placed(dataSettings, document)
  // every run says how pictures are read, also one without pictures
  const channels = z.record(z.string(), z.object({ kind: z.string() })).safeParse(valueAt(document, ['channels']))
  const kinds = channels.success ? Object.values(channels.data).map(({ kind }) => kind) : undefined
  const meant = (name: string) => {
    const of = rowsOf(dataSettings).find(([own]) => own === name)?.[1].of
    return of === undefined || kinds === undefined || of.some(kind => kinds.includes(kind))
  }
  const fingerprint = textAt('data', 'fingerprint') // written by a run
  return present({
    method: textAt('method'),
    source: textAt('data', 'source'),
    open: present(Object.fromEntries(Object.entries(open).filter(([name]) => meant(name)))),
    train: { ...(fingerprint !== undefined && { products: PRODUCTS_BEFORE }), ...placed(trainingSettings, document) },
    fingerprint,
  })
}

/** Each setting from its place in a document. */
const placed = <S>(rows: Rows<S>, document: unknown): S =>
  present(Object.fromEntries(rowsOf(rows).map(([name, row]) => [name, settingAt(document, placeOf(name, row))])) as S)

/** How large frames are, and of which colours, stands with the films. */
function settingAt(document: unknown, place: readonly string[]): unknown {
  const [channels, image, ...rest] = place
  const own = valueAt(document, place)
  if (own !== undefined || channels !== 'channels' || image !== 'image') return own
  return valueAt(document, ['channels', 'video', ...rest])
}

const withPaths = <S extends object>(rows: Rows<S>, settings: S, from: string): S => ({
  ...settings,
  ...Object.fromEntries(
    rowsOf(rows).flatMap(([name, { path }]) => {
      const value = settings[name]
      if (!path || value === undefined) return []
      return [[name, Array.isArray(value) ? value.map(one => resolve(from, one)) : resolve(from, `${value}`)]]
    }),
  ),
})

const present = <S>(settings: S): S =>
  Object.fromEntries(Object.entries(settings as object).filter(([, value]) => value !== undefined)) as S
