import { z } from 'zod'
import type { Reads } from '../channels/channel.js'
import { encoderNameOf } from '../nn/encoder.js'
import { encoderFor, type Method } from './method.js'

/** What can be said of a method without its code, as JSON. */
export type Described = Pick<Method, 'name' | 'shown' | 'hidden' | 'paper' | 'training' | 'advice'> & {
  /** The channels that it reads with its default options, by name */
  readonly reads: Reads
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
  const { name, shown, hidden, paper, training, advice, options } = method
  const schema = z.toJSONSchema(options, { io: 'input' }) as OptionSchema
  const reads = method.reads({})
  return {
    name,
    reads,
    shown,
    hidden,
    paper,
    ...(advice && { advice }),
    training,
    encoder: encoderNameOf(encoderFor(method)),
    options: schema,
  }
}
