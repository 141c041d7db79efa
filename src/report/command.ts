import { methodNamed } from '../methods/index.js'
import type { RunConfig } from '../training/config.js'
import { parseOptions } from '../training/programs.js'

/** The command that repeats a run. */
export function commandOf(config: RunConfig): string {
  const { method, data, encoder, size, channels, batch, steps, seed, optimiser, weightDecay, warmupSteps, clip } =
    config
  const rate = Number(((config.learningRate * 256) / batch).toPrecision(6))
  return [
    `lacuna pretrain ${method} ${data.source} --encoder ${encoder} --size ${size} --channels ${channels}`,
    `--steps ${steps} --batch ${batch} --seed ${seed} --optimiser ${optimiser} --lr ${rate} --weight-decay ${weightDecay}`,
    `--warmup ${warmupSteps / steps}`,
    ...(clip > 0 ? [`--clip ${clip}`] : []),
    ...changed(config.options, parseOptions(methodNamed(method), {})),
    '--out RUN',
  ].join(' ')
}

/** `--set` for every option that is not as it would be anyway. */
function changed(options: unknown, defaults: unknown, prefix = ''): string[] {
  if (JSON.stringify(options) === JSON.stringify(defaults)) return []
  if (!isRecord(options)) return [`--set '${prefix}=${JSON.stringify(options)}'`]
  return Object.entries(options).flatMap(([key, value]) =>
    changed(value, isRecord(defaults) ? defaults[key] : undefined, prefix === '' ? key : `${prefix}.${key}`),
  )
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
