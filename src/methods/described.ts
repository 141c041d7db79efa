import { z } from 'zod'
import { defaultEncoder, type Method } from './method.js'

/** What can be said of a method without its code, as JSON. */
export type Described = Pick<Method, 'name' | 'reads' | 'shown' | 'hidden' | 'paper' | 'training'> & {
  readonly encoder: string
  readonly options: OptionSchema
}

/** As much as is looked at of a JSON schema. */
export interface OptionSchema {
  readonly properties?: Readonly<Record<string, OptionSchema>>
  readonly default?: unknown
  readonly description?: string
}

export const described = (method: Method): Described => {
  const { name, reads, shown, hidden, paper, training, encoder = defaultEncoder, options } = method
  const schema = z.toJSONSchema(options, { io: 'input' }) as OptionSchema
  return { name, reads, shown, hidden, paper, training, encoder, options: schema }
}
