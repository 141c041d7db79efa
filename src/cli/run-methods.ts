import { z } from 'zod'
import { defaultEncoder, methodNamed, methods } from '../methods/index.js'
import type { Method } from '../methods/method.js'
import { table } from '../report/table.js'
import { terminal } from './terminal.js'

/** Says what each method is or, by its name, all of one. */
export function runMethods(name: string | undefined, json: boolean): void {
  const chosen = name === undefined ? methods : [methodNamed(name)]
  const described = chosen.map(describe)
  terminal(json).result(
    name === undefined ? described : described[0],
    chosen.map(name === undefined ? brief : full).join('\n\n'),
  )
}

const describe = ({ name, reads, shown, hidden, paper, training, encoder = defaultEncoder, options }: Method) => ({
  name,
  reads,
  shown,
  hidden,
  paper,
  training,
  encoder,
  options: z.toJSONSchema(options, { io: 'input' }),
})

const brief = (m: Method): string =>
  `${m.name}  (reads ${m.reads})\n  shown   ${m.shown}\n  hidden  ${m.hidden}\n  ${m.paper}`

function full(m: Method): string {
  const { optimiser, learningRate, weightDecay, batch } = m.training
  const rows = leaves(z.toJSONSchema(m.options, { io: 'output' }) as Schema)
  return [
    brief(m),
    `  trained with --encoder ${m.encoder ?? defaultEncoder}, ${optimiser}, --lr ${learningRate} for a batch of 256, --weight-decay ${weightDecay}, --batch ${batch}`,
    `\noptions (--set key=value):\n${table(rows, 3)}`,
  ].join('\n')
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly default?: unknown
  readonly description?: string
}

/** One row an option: dotted key, default, description. */
function leaves(schema: Schema, prefix = ''): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) =>
    inner.properties === undefined
      ? [[`  ${prefix}${key}`, JSON.stringify(inner.default), inner.description ?? '']]
      : leaves(inner, `${prefix}${key}.`),
  )
}
