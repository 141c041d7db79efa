import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RunConfig } from '../assembly/config.js'
import type { PictureSet } from '../data/index.js'
import { readingOf } from '../data/reading.js'
import { memorySet, temporaryFolder } from '../data/testing.js'
import { methodNamed } from '../methods/index.js'
import { commandOf } from '../report/command.js'
import { writeConfig } from '../runs/config.js'
import { readSettings, settingsOf } from '../runs/settings.js'
import { rowsOf } from '../settings/rows.js'
import { dataSettings, trainingSettings } from '../settings/table.js'
import type { DataSettings, TrainingSettings } from '../settings/types.js'
import { newConfig } from '../training/settings.js'
import { pretrainCommand } from './pretrain.js'
import { optionOf, typedData, typedTraining } from './settings.js'

type Arbitraries<Settings> = { readonly [Name in keyof Settings]-?: fc.Arbitrary<Settings[Name]> }

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const positive = fc.double({ min: 1e-12, max: 1e3, noNaN: true })
const share = fc.double({ min: 0, max: 1, noNaN: true }).map(value => value + 0) // no −0, which no command says

/** Something for every setting there is, or a test that does not compile. */
const training: Arbitraries<TrainingSettings> = {
  encoder: maybe(fc.constantFrom('resnet18-gn', 'vit:dim=192,depth=6,heads=3')),
  epochs: fc.constant(undefined), // as steps
  steps: fc.integer({ min: 1, max: 1e6 }),
  batch: maybe(fc.constantFrom(4, 8, 16)),
  chunk: maybe(fc.constantFrom(1, 2, 4, 16)),
  batchAlike: maybe(fc.constantFrom('speaker', 'room')),
  seconds: fc.constant(undefined), // as an option of the method
  frames: fc.constant(undefined),
  seed: maybe(fc.nat()),
  optimiser: maybe(fc.constantFrom('adamw', 'sgd', 'lars')),
  learningRate: maybe(positive),
  weightDecay: maybe(share),
  warmup: maybe(share),
  clip: maybe(share),
  checkpointActivations: maybe(fc.boolean()),
  products: maybe(fc.constantFrom('auto', 'fp32', 'int8')),
  weights: maybe(fc.constantFrom('/a/resnet 18.safetensors', "/it's")),
  tokenizer: maybe(fc.constantFrom('/a/tokenizer.json')),
  plugins: maybe(fc.constantFrom(['/a/b.js'], ['/a/b.js', '/my modules/c.mjs'])),
  options: maybe(
    fc.record(
      {
        temperature: positive,
        views: fc.record({ flip: share, crop: fc.constantFrom([0.3, 1], [1, 1]) }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    ),
  ),
  device: maybe(fc.constantFrom('cpu', 'webgpu', 'cuda')),
  threads: fc.constant(undefined),
  saveEvery: fc.constant(undefined),
}

const data: Arbitraries<DataSettings> = {
  size: fc.integer({ min: 1, max: 4096 }),
  channels: fc.constantFrom(1, 3),
  fps: fc.constant(undefined), // of films alone
  fit: maybe(fc.constantFrom('crop', 'pad', 'squash')),
  background: maybe(fc.constantFrom('#ffffff', '#808080')),
  range: maybe(
    fc.oneof(
      fc.constant('auto' as const),
      share.map(low => ({ low, high: low + 1 })),
    ),
  ),
  cache: fc.constant(undefined),
  groupPattern: fc.constant(undefined),
  caption: fc.constant(undefined),
  label: fc.constant(undefined),
  allowSkipped: maybe(share),
}

/** Pictures as they would be read. */
async function readAs(settings: DataSettings): Promise<PictureSet> {
  const { size = 32, channels = 3, allowSkipped } = settings
  const image = { kind: 'image', size, colours: channels } as const
  const set = memorySet(20)
  const items = set.items.map(item => ({ ...item, labels: { speaker: 'anna', room: 'hall' } }))
  return { ...set, items, source: '/memory', channels: { image }, reading: await readingOf(settings), allowSkipped }
}

const configFor = (name: string, pictures: PictureSet, settings: TrainingSettings): Promise<RunConfig> =>
  newConfig(methodNamed(name), pictures, pictures, { ...settings, out: 'runs/new' })

/** What the command line makes of a command, after a shell has taken it apart. */
function understood(command: string) {
  const words = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)
  const parsed = pretrainCommand()
    .exitOverride()
    .action(() => undefined)
    .parse(words.slice(2), { from: 'user' })
  const [method = '', source] = parsed.args
  return { method, source, training: typedTraining(parsed.opts()), data: typedData(parsed.opts()) }
}

test('the command of a run, typed, gives the same config again, field by field; so does its config.json', async () => {
  const told = new Set<string>()
  const folder = temporaryFolder()
  await fc.assert(
    fc.asyncProperty(fc.record(training), fc.record(data), async (settings, opened) => {
      const config = await configFor('simclr', await readAs(opened), settings)
      for (const name of Object.keys(config)) told.add(name)
      const again = understood(commandOf({ config, method: methodNamed(config.method) }))
      expect(again.source).toBe(config.data.source)
      expect(await configFor(again.method, await readAs(again.data), again.training)).toEqual(config)
      writeConfig(folder, config)
      const { method = '', open, train } = readSettings(join(folder, 'config.json'))
      expect(await configFor(method, await readAs(open), train)).toEqual(config)
      expect(settingsOf(config)).toEqual(readSettings(join(folder, 'config.json')))
    }),
    { numRuns: 60 },
  )
  for (const [name, { kept }] of rowsOf(trainingSettings)) expect(told.has(name)).toBe(kept !== 'never')
})

test('every setting is an option of pretrain, as its row says', () => {
  const options = pretrainCommand().options
  for (const [, row] of [...rowsOf(trainingSettings), ...rowsOf(dataSettings)])
    expect(options.find(({ flags }) => flags === row.flag)?.description).toBe(optionOf(row).description)
})

test('options of the method are put together, and what is no option stays to be told', () => {
  const typed = (...words: string[]) =>
    words.reduce<unknown>((before, word) => trainingSettings.options.kind.parse(word, before), undefined)
  expect(typed('a.b=1', 'a.c=[2,3]', 'd=.5', 'e=f=g', 'a.b=2')).toEqual({ a: { b: 2, c: [2, 3] }, d: 0.5, e: 'f=g' })
  expect(typed('a=1', 'b', 'c=2')).toBe('b')
})
