import type { Definitions } from '../assembly/assemble.js'
import type { RunConfig } from '../assembly/config.js'
import { LacunaError } from '../errors.js'
import { checkedMethod } from '../methods/checked.js'
import { methods as builtIn } from '../methods/index.js'
import type { Method } from '../methods/method.js'
import { checkedEncoder } from '../nn/checked.js'
import type { EncoderDefinition } from '../nn/encoder.js'
import { builtInEncoder } from '../nn/encoders.js'

/** What is known beside what is built in. */
export interface Additions {
  readonly methods?: readonly Method[]
  readonly encoders?: readonly EncoderDefinition[]
}

/**
 * What the names in the configuration of a run stand for.
 * @param directory of the run, for messages
 * @throws LacunaError (wrong usage) where nobody knows one of them: what to do about it
 */
export function definitionsOf(
  { method: methodName, encoder: encoderName, plugins = [] }: Pick<RunConfig, 'method' | 'encoder' | 'plugins'>,
  { methods = [], encoders = [] }: Additions,
  directory: string,
): Definitions {
  const known = [...methods.map(checkedMethod), ...builtIn]
  const method = known.find(({ name }) => name === methodName)
  const unknown = (what: string, name: string) =>
    new LacunaError(
      `${directory}: its ${what} ${name} is none of Lacuna's: add --plugin ${plugins.join(' --plugin ') || '<module>'}, the module that exports it, or in a program openRun(folder, { ${what}s: [it] })`,
      2,
    )
  if (method === undefined) throw unknown('method', methodName)
  const encoder = encoderIn([...encoders, ...brought(method)], encoderName)
  if (encoder === undefined) throw unknown('encoder', encoderName)
  return { method, encoder }
}

/** The encoder that a method of one's own brings with it. */
const brought = ({ encoder }: Method): EncoderDefinition[] => (typeof encoder === 'object' ? [encoder] : [])

const encoderIn = (others: readonly EncoderDefinition[], wanted: string): EncoderDefinition | undefined =>
  others.map(checkedEncoder).find(({ name }) => name === wanted) ?? builtInEncoder(wanted)
