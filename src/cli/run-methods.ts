import { readFileSync } from 'node:fs'
import type { Described, OptionSchema } from '../methods/described.js'
import { named } from '../methods/named.js'
import { table } from '../report/table.js'
import { terminal } from './terminal.js'

/** Says what each method is or, by its name, all of one. */
export async function runMethods(name: string | undefined, json: boolean, plugins?: readonly string[]): Promise<void> {
  const methods = [...(plugins ? await methodsIn(plugins) : []), ...readMethods()]
  const chosen = name === undefined ? methods : [named(name, methods)]
  terminal(json).result(
    name === undefined ? chosen : chosen[0],
    chosen.map(name === undefined ? brief : full).join('\n\n'),
  )
}

/** As the build has written them down: to load the methods themselves, and zod, would take most of the time. */
const readMethods = (): Described[] => JSON.parse(readFileSync(new URL('../methods.json', import.meta.url), 'utf8'))

/** Of modules from elsewhere, whose code has to be loaded. */
async function methodsIn(plugins: readonly string[]): Promise<Described[]> {
  const { loadPlugins } = await import('./plugins.js')
  const { described } = await import('../methods/described.js')
  return (await loadPlugins(plugins)).methods.map(described)
}

const kinds = ({ reads }: Described): string =>
  Object.entries(reads)
    .map(([name, { kind }]) => (name === kind ? kind : `${name}: ${kind}`))
    .join(', ')

const brief = (m: Described): string =>
  `${m.name}  (reads ${kinds(m)})\n  shown   ${m.shown}\n  hidden  ${m.hidden}\n  ${m.paper}${m.advice === undefined ? '' : `\n  advice  ${m.advice}`}`

function full(m: Described): string {
  const { optimiser, learningRate, weightDecay, batch } = m.training
  const rows = methodSettings(m).map(([key, ...rest]) => [`  ${key}`, ...rest])
  return [
    brief(m),
    `  trained with --encoder ${m.encoder}, ${optimiser}, --lr ${learningRate} for a batch of 256, --weight-decay ${weightDecay}, --batch ${batch}`,
    `\noptions (--set key=value):\n${table(rows, 3)}`,
  ].join('\n')
}

/** What `--set` takes for a method: a row an option, with its dotted key, its default as JSON and what it is. */
export const methodSettings = (m: Described): string[][] => leaves(m.options)

function leaves(schema: OptionSchema, prefix = ''): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) =>
    inner.properties === undefined
      ? [[`${prefix}${key}`, JSON.stringify(inner.default), inner.description ?? '']]
      : leaves(inner, `${prefix}${key}.`),
  )
}
