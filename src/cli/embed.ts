import { Command, Option } from 'commander'
import type { SampleSet } from '../data/index.js'
import { LacunaError } from '../errors.js'
import type { Embedder } from '../evaluation/encoder.js'
import type { RecordingFrames } from '../evaluation/recordings.js'
import { checkWritable } from '../files.js'
import type { PlaceOptions } from '../nn/vectors.js'
import type { OpenedRun } from '../runs/run.js'
import {
  type DeviceOptions,
  dataOptions,
  deviceOptions,
  jsonOption,
  openFor,
  placeOptions,
  pluginOption,
  wholeNumber,
  withOptions,
} from './options.js'
import { type Output, terminal } from './terminal.js'

interface Options extends DeviceOptions, PlaceOptions {
  readonly out: string
  readonly batch?: number
  readonly frames?: boolean
  readonly channel?: string
  readonly plugin?: readonly string[]
  readonly json?: boolean
}

export const embedCommand = (): Command =>
  withOptions(new Command('embed'), [
    new Option(
      '--batch <n>',
      'pictures, or windows of recordings, at once (default: 128 pictures, 32 s of sound)',
    ).argParser(wholeNumber(1)),
    new Option('--frames', 'of recordings every frame: a row each with name, frame, start in seconds and embedding'),
    new Option(
      '--channel <name>',
      'of a run that compares channels: the vectors of one of them, such as text, in the space that they share',
    ),
    ...placeOptions(),
    pluginOption(),
    ...dataOptions(),
    ...deviceOptions(),
    jsonOption(),
  ])
    .description('one vector for each picture, or recording of any length')
    .argument('<run>', 'a trained run')
    .argument('<data>', 'pictures or recordings')
    .requiredOption(
      '--out <file>',
      '.parquet (name, label, split, group, embedding) or .npy (float32 [N, width]; the names of its rows in .names.jsonl)',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lacuna embed runs/photos photos --out photos.parquet\n  lacuna embed runs/speech recordings --frames --out frames.parquet\n  lacuna embed runs/captioned captions.csv --channel text --out words.parquet',
    )
    .action(async (folder: string, data: string, options: Options) => {
      const output = terminal(options.json === true)
      const { kindsSeen, placeOf } = await import('../assembly/programs.js')
      const { openEncoder } = await import('../evaluation/encoder.js')
      const { loadPlugins } = await import('./plugins.js')
      const { openRun } = await import('../runs/run.js')
      const { out } = options
      checkName(options)
      checkWritable(out)
      const run = openRun(folder, await loadPlugins(options.plugin))
      if (options.channel !== undefined) {
        output.result(...(await embedShared(run, data, options.channel, options, output)))
        return
      }
      placeOf(run.assembly(), options)
      const set = await openFor(run.config, data, options, output, kindsSeen(run.assembly()))
      const encoder = await openEncoder(run, options)
      try {
        const told = (share: number) => output.progress(`embedding: ${(100 * share).toFixed(0)} %`)
        const { document, text } = await (options.frames ? writeFrames : writeVectors)(out, encoder, set, told)
        const { skipped, notes } = set
        output.result({ ...document, ...encoder.place, skipped, notes }, text)
      } finally {
        await encoder.close()
        set.close()
      }
    })

/** @throws LacunaError (wrong usage) when the file cannot hold what is asked for */
function checkName({ out, frames }: Options): void {
  if (!/[^/\\]\.(npy|parquet)$/.test(out))
    throw new LacunaError(`${out}: the name of the file must end in .npy or .parquet`, 2)
  if (frames && !out.endsWith('.parquet'))
    throw new LacunaError(`--frames: recordings differ in their frames; the name of the file must end in .parquet`, 2)
}

/** One channel in the space that it shares with others. */
async function embedShared(
  run: OpenedRun,
  data: string,
  channel: string,
  options: Options,
  output: Output,
): Promise<[document: object, text: string]> {
  const { openShared, sharedChannels } = await import('../evaluation/across/shared.js')
  const { writeEmbeddings } = await import('../formats/embeddings.js')
  const shared = sharedChannels(run.assembly())
  const { [channel]: wanted } = shared
  if (wanted === undefined)
    throw new LacunaError(
      `--channel ${channel}: ${run.config.method} puts ${Object.keys(shared).join(' and ') || 'no channel'} into a space that channels share`,
      2,
    )
  if (options.frames || options.layer !== undefined || options.pool !== undefined)
    throw new LacunaError(
      '--channel gives one vector of all of the network; leave --frames, --layer and --pool away',
      2,
    )
  const set = await openFor(run.config, data, options, output, [wanted.kind])
  const space = await openShared(run, options)
  try {
    const told = (share: number) => output.progress(`embedding: ${(100 * share).toFixed(0)} %`)
    const { values, count, width } = await space.embed(set, channel, told)
    const [file, names] = writeEmbeddings(options.out, set.items, values)
    const { skipped, notes } = set
    return [
      { file, names, channel, records: count, width, skipped, notes },
      `${file}: ${count} vectors of ${width} numbers`,
    ]
  } finally {
    await space.close()
    set.close()
  }
}

interface Written {
  readonly document: object
  readonly text: string
}
type Told = (share: number) => void

async function writeVectors(out: string, encoder: Embedder, set: SampleSet, told: Told): Promise<Written> {
  const { writeEmbeddings } = await import('../formats/embeddings.js')
  const { values, count, width } = await encoder.embed(set, told)
  const [file, names] = writeEmbeddings(out, set.items, values)
  return {
    document: { file, names, [encoder.sound ? 'recordings' : 'pictures']: count, width },
    text: [
      `${file}: ${count} vectors of ${width} numbers`,
      ...(names === undefined
        ? []
        : [`${names}: the ${encoder.sound ? 'recording' : 'picture'} of each row, in the same order`]),
    ].join('\n'),
  }
}

async function writeFrames(out: string, { sound }: Embedder, set: SampleSet, told: Told): Promise<Written> {
  const { writeFramesParquet } = await import('../formats/parquet-frames.js')
  if (sound === undefined) throw new LacunaError('--frames: the encoder of this run gives no frames of recordings', 2)
  const { hop, rate, receptiveField, before, width } = sound
  async function* named(frames: AsyncIterable<RecordingFrames>) {
    for await (const { position, ...own } of frames) yield { name: set.items[position]?.name ?? '', ...own }
  }
  const count = await writeFramesParquet(out, named(sound.frames(set, told)), {
    hop: hop / rate,
    first: -before / rate,
  })
  return {
    document: {
      file: out,
      recordings: set.items.length,
      frames: count,
      width,
      hop: hop / rate,
      sees: receptiveField / rate,
    },
    text: `${out}: ${count} frames of ${width} numbers, one every ${(1000 * hop) / rate} ms, each of ${(1000 * receptiveField) / rate} ms`,
  }
}
