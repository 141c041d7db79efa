import { z } from 'zod'
import { callable, checkDefinition, refuseName } from '../definition.js'
import { checkedEncoder } from '../nn/checked.js'
import { methods } from './index.js'
import type { Method } from './method.js'

const shape = z.object({
  shown: z.string(),
  hidden: z.string(),
  paper: z.string(),
  training: z.object({
    optimiser: z.enum(['adamw', 'sgd', 'lars']),
    learningRate: z.number().positive(),
    weightDecay: z.number().nonnegative(),
    batch: z.number().int().min(2),
  }),
  options: z.custom(
    value => value instanceof Object && '_zod' in value,
    'a schema of zod 4 is expected, such as the `z` of lacuna/method makes',
  ),
  reads: callable,
  prepare: callable.optional(),
  build: callable,
})

/**
 * Looks at a method that comes from elsewhere.
 * @throws LacunaError (wrong usage) when it is none, is not whole, was made by another copy of Lacuna, or has the name of one
 *   that is built in
 */
export function checkedMethod(method: Method): Method {
  if (methods.some(own => own === method)) return method
  checkDefinition('method', 'defineMethod', method, shape)
  if (methods.some(({ name }) => name === method.name)) refuseName('method', method.name)
  if (typeof method.encoder === 'object') checkedEncoder(method.encoder)
  return method
}
