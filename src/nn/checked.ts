import { z } from 'zod'
import { kinds } from '../channels/channel.js'
import { callable, checkDefinition, refuseName } from '../definition.js'
import type { EncoderDefinition } from './encoder.js'
import { builtInEncoder, encoderNamed } from './encoders.js'

const shape = z.object({ reads: z.enum(kinds), description: z.string().optional(), build: callable })

/**
 * Looks at an encoder that comes from elsewhere.
 * @throws LacunaError (wrong usage) when it is none, is not whole, was made by another copy of Lacuna, or has the name of one
 *   that is built in
 */
export function checkedEncoder(encoder: EncoderDefinition): EncoderDefinition {
  checkDefinition('encoder', 'defineEncoder', encoder, shape)
  const own = builtInEncoder(encoder.name)
  if (own !== undefined && own !== encoder) refuseName('encoder', encoder.name)
  return encoder
}

/** The encoder meant by its name, or given as it is. @throws LacunaError (wrong usage) for a name that is none; as above */
export const encoderOf = (encoder: string | EncoderDefinition): EncoderDefinition =>
  typeof encoder === 'string' ? encoderNamed(encoder) : checkedEncoder(encoder)
