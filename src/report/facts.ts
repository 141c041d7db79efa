import { basename } from 'node:path'
import { described } from '../channels/bound.js'
import { mainEncoder } from '../methods/method.js'
import { parameterCount } from '../nn/parameters.js'
import type { MetricsLine } from '../runs/metrics.js'
import type { OpenedRun } from '../runs/run.js'
import type { RunReport } from './report.js'
import { duration } from './text-lines.js'

/**
 * What was trained, on what, for how long.
 * @param step of the checkpoint: what is shown was trained for so long, though more steps may have been written down
 */
export function factsOf(
  { config, assembly }: Pick<OpenedRun, 'config' | 'assembly'>,
  step: number,
  metrics: readonly MetricsLine[],
): RunReport['facts'] {
  const { seconds = 0 } = metrics.at(-1) ?? {}
  const epoch = step / Math.floor((config.data.windows ?? config.data.records) / config.batch)
  const taken =
    step < config.steps
      ? `${step.toLocaleString('en')} of ${config.steps.toLocaleString('en')}`
      : step.toLocaleString('en')
  return [
    { label: 'encoder', value: config.encoder },
    { label: 'parameters', value: parameterCount(mainEncoder(assembly().learner)[1]).toLocaleString('en') },
    { label: 'records', value: `${config.data.records.toLocaleString('en')} × ${described(config.channels)}` },
    { label: 'steps', value: taken },
    { label: 'batch', value: config.batch.toLocaleString('en') },
    { label: 'epochs', value: epoch.toFixed(1) },
    { label: 'matrix products', value: config.products === 'int8' ? 'int8, where faster' : config.products },
    { label: 'time', value: duration(seconds) },
    { label: 'data', value: basename(config.data.source) },
  ]
}
