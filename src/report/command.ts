import type { RunConfig } from '../assembly/config.js'
import { parseOptions } from '../assembly/programs.js'
import { plainReading, type Reading } from '../data/index.js'
import { methodNamed } from '../methods/index.js'
import { baseRate } from '../optim/schedules.js'
import { defaultDevice } from '../program/devices.js'

/** The command that repeats a run, to be pasted into a shell: nothing in it but its own words is looked at by the shell. */
export function commandOf(config: RunConfig): string {
  const { method, data, encoder, size, channels, batch, chunk, steps, seed, optimiser, weightDecay, clip } = config
  const { warmupSteps, checkpointActivations, weights, device, reading } = config
  const rate = baseRate(config.learningRate, batch)
  return [
    ['lacuna', 'pretrain', method, data.source],
    ['--encoder', encoder, '--size', size, '--channels', channels],
    readingFlags(reading),
    data.allowSkipped === undefined ? [] : ['--allow-skipped', data.allowSkipped],
    ['--steps', steps, '--batch', batch],
    chunk === undefined ? [] : ['--chunk', chunk],
    ['--seed', seed, '--optimiser', optimiser, '--lr', rate, '--weight-decay', weightDecay],
    ['--warmup', warmupSteps / steps],
    clip > 0 ? ['--clip', clip] : [],
    checkpointActivations ? ['--checkpoint-activations'] : [],
    weights === undefined ? [] : ['--weights', weights],
    device === defaultDevice ? [] : ['--device', device],
    changed(config.options, parseOptions(methodNamed(method), {})),
    ['--out', 'RUN'],
  ]
    .flat()
    .map(word => quoted(`${word}`))
    .join(' ')
}

/** What is not as it would be anyway; a range that was found is found again. */
const readingFlags = ({ fit, background, range }: Reading): string[] => [
  ...(fit === plainReading.fit ? [] : ['--fit', fit]),
  ...(background === plainReading.background ? [] : ['--background', background]),
  ...(range === 'auto' || range.of === 'deep' ? [] : ['--range', `${range.low},${range.high}`]),
]

/** `--set` for every option that is not as it would be anyway. */
function changed(options: unknown, defaults: unknown, prefix = ''): string[] {
  if (JSON.stringify(options) === JSON.stringify(defaults)) return []
  if (!isRecord(options)) return ['--set', `${prefix}=${JSON.stringify(options)}`]
  return Object.entries(options).flatMap(([key, value]) =>
    changed(value, isRecord(defaults) ? defaults[key] : undefined, prefix === '' ? key : `${prefix}.${key}`),
  )
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A word as a POSIX shell takes it, whatever is in it; plain words stay as they are. */
const quoted = (word: string): string => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
