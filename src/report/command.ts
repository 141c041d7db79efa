import { parseOptions } from '../assembly/assemble.js'
import type { RunConfig } from '../assembly/config.js'
import { scheduleOf } from '../optim/schedules.js'
import type { MetricsLine } from '../runs/metrics.js'
import type { OpenedRun } from '../runs/run.js'
import { leaves, merged, nested } from '../settings/method-options.js'
import { flagOf, placeOf, rowsOf, valueAt } from '../settings/rows.js'
import { dataSettings, trainingSettings } from '../settings/table.js'
import type { Row } from '../settings/types.js'

/**
 * The command that repeats a run, to be pasted into a shell: nothing in it but its own words is looked at by the shell. It says
 * all that is not as it would be anyway.
 */
export function commandOf({ config, method }: Pick<OpenedRun, 'config' | 'method'>): string {
  const defaults = parseOptions(method, {})
  const repeated = { ...config, options: changed(config.options, defaults) }
  const words = [...rowsOf(dataSettings), ...rowsOf(trainingSettings)].flatMap(([name, row]) =>
    row.kept === 'never' ? [] : wordsOf(row, valueAt(repeated, placeOf(name, row))),
  )
  return ['lacuna', 'pretrain', config.method, config.data.source, ...words, '--out', 'RUN'].map(quoted).join(' ')
}

/**
 * What the command does not repeat: a run that was lengthened took its first steps at the rates of a shorter one.
 * @param metrics the lines of the run, each with the rate of its last step
 */
export function notRepeated(config: RunConfig, metrics: readonly MetricsLine[]): string {
  const rateOf = scheduleOf(config)
  const last = metrics.findLast(({ step, learningRate }) => Math.abs(rateOf(step - 1) / learningRate - 1) > 1e-9)
  if (last === undefined) return ''
  return `The run was lengthened on its way: up to step ${last.step.toLocaleString('en')} its learning rate was that of a shorter one, so the command, which goes through all ${config.steps.toLocaleString('en')} steps at once, gives other numbers.`
}

function wordsOf(row: Row<unknown>, value: unknown): string[] {
  if (value === undefined || same(value, row.default)) return []
  return row.kind.words(value).flatMap(word => (row.kind.bare ? [flagOf(row)] : [flagOf(row), word]))
}

/** The options that are not as they would be anyway. */
const changed = (options: RunConfig['options'], defaults: unknown): RunConfig['options'] =>
  leaves(options)
    .filter(([key, value]) => !same(value, valueAt(defaults, key.split('.'))))
    .reduce<RunConfig['options']>((found, [key, value]) => merged(found, nested(key, value)), {})

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** A word as a POSIX shell takes it, whatever is in it; plain words stay as they are. */
const quoted = (word: string): string => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
