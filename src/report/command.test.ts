import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseOptions } from '../assembly/assemble.js'
import type { RunConfig } from '../assembly/config.js'
import { plainReading } from '../data/index.js'
import { temporaryFolder } from '../data/testing.js'
import { methodNamed } from '../methods/index.js'
import { scheduleOf } from '../optim/schedules.js'
import { commandOf, notRepeated } from './command.js'

const config: RunConfig = {
  version: 3,
  method: 'simclr',
  options: parseOptions(methodNamed('simclr'), { temperature: 0.2, views: { crop: [0.3, 1] } }),
  encoder: 'c4',
  channels: { image: { kind: 'image', size: 28, colours: 1 } },
  reading: plainReading,
  data: { source: '/data', records: 100, fingerprint: 'made up' },
  batch: 64,
  steps: 200,
  seed: 3,
  optimiser: 'adamw',
  learningRate: 1e-3,
  weightDecay: 1e-4,
  warmup: 0.1,
  products: 'fp32',
  clip: 0,
  device: 'cpu',
}

const command = (config: RunConfig) => commandOf({ config, method: methodNamed('simclr') })

test('the command that repeats a run says all that is not as it would be anyway', () => {
  expect(command(config)).toBe(
    "lacuna pretrain simclr /data --size 28 --channels 1 --encoder c4 --steps 200 --batch 64 --seed 3 --optimiser adamw --lr 0.001 --weight-decay 0.0001 --warmup 0.1 --products fp32 --set temperature=0.2 --set 'views.crop=[0.3,1]' --out RUN",
  )
})

test('of a run that was lengthened the command says that it does not repeat it', () => {
  const lines = (of: RunConfig, from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => ({
      ...{ step: from + i + 1, epoch: 1, loss: 1, chance: 2, picturesPerSecond: 1, seconds: 1 },
      learningRate: scheduleOf(of)(from + i),
    }))
  const longer = { ...config, steps: 400, warmup: 0.05 }
  expect(notRepeated(config, lines(config, 0, 200))).toBe('')
  expect(notRepeated(config, [])).toBe('')
  expect(notRepeated(longer, [...lines(config, 0, 120), ...lines(longer, 120, 400)])).toContain(
    'was lengthened on its way: up to step 120 its learning rate was that of a shorter one',
  )
})

test('the share of unreadable pictures is repeated where one was told', () => {
  expect(command({ ...config, data: { ...config.data, allowSkipped: 0.5 } })).toContain(' --allow-skipped 0.5 ')
})

/** The words that a real shell makes of a command. */
const words = (text: string, cwd = '.'): string[] =>
  execFileSync('sh', ['-c', `printf '%s\\0' ${text}`], { cwd, encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)

test('everything that changes what is trained is in it', () => {
  const whole = {
    ...config,
    chunk: 16,
    checkpointActivations: true,
    weights: '/my weights/resnet.safetensors',
    clip: 1.5,
    reading: { fit: 'pad', background: '#808080', range: { low: -5, high: 4095, of: 'all' } },
    device: 'cuda',
  } as const
  const said = words(command(whole))
  for (const pair of [
    '--chunk 16',
    '--weights /my weights/resnet.safetensors',
    '--clip 1.5',
    '--device cuda',
    '--fit pad',
  ])
    expect(said.join(' ')).toContain(pair)
  expect(said.join(' ')).toContain('--background #808080 --range -5,4095')
  expect(said).toContain('--checkpoint-activations')
})

test('a shell takes paths as they are, whatever they are called', () => {
  const cwd = temporaryFolder()
  const source = (path: string) => words(command({ ...config, data: { ...config.data, source: path } }), cwd)[3]
  for (const path of [
    '/my pictures',
    '/$(touch pwned)',
    '/`touch pwned`',
    "/it's",
    '/a;touch pwned',
    '/"$HOME"\\',
    '/*',
    '/~',
  ])
    expect(source(path)).toBe(path)
  const path = fc.string({ unit: 'binary', maxLength: 12 }).filter(text => !text.includes('\0'))
  fc.assert(
    fc.property(path, text => source(`/${text}`) === `/${text}`),
    { numRuns: 30 },
  )
  expect(readdirSync(cwd)).toEqual([])
})

test('so are the options of the method', () => {
  const set = command({ ...config, options: { ...config.options, temperature: "$(touch pwned) '" } })
  expect(words(set)).toContain(`temperature="$(touch pwned) '"`)
})
