import { LacunaError } from '../errors.js'
import { type Earlier, type Learner, mainEncoder } from '../methods/method.js'
import { variablesOf } from '../nn/module.js'
import { openRun } from '../runs/run.js'
import { sizeOf } from '../tensor/shape.js'

/**
 * What an earlier run has trained, by the names that its variables have in the encoder.
 * @param directory the run
 * @throws LacunaError when there is no run, or it has no checkpoint
 */
export function earlierEncoder(directory: string): Earlier {
  const run = openRun(directory)
  const { values } = run.checkpoint()
  const [own, encoder] = mainEncoder(run.assembly().learner)
  const names = [...variablesOf(encoder).keys()]
  return {
    encoder: run.config.encoder,
    values: new Map(
      names.flatMap(name => {
        const data = values.get(`${own}.${name}`)
        return data === undefined ? [] : [[name, Float32Array.from(data)] as const]
      }),
    ),
  }
}

/**
 * First values of the heads that begin as the encoder of an earlier run.
 * @throws LacunaError when a run is gone, of another encoder than when the method was prepared, or keeps more than an encoder by its name
 */
export function earlierValues({ heads = {}, earlier = {} }: Learner): Map<string, Float32Array> {
  const found = new Map<string, Float32Array>()
  for (const [head, directory] of Object.entries(earlier)) {
    const { values, encoder } = earlierEncoder(directory)
    const variables = variablesOf(heads[head] ?? { parts: {} })
    const more = [...values.keys()].find(name => !variables.has(name))
    if (more !== undefined)
      throw new LacunaError(
        `${directory}: its method keeps more than ${encoder}, such as ${more}, without which its layers are others; take a run of another method`,
      )
    for (const [name, { shape }] of variables) {
      const data = values.get(name)
      if (data === undefined) continue // never used by the earlier training
      if (data.length !== sizeOf(shape))
        throw new LacunaError(`${directory}: its ${encoder} has ${name} of another size than this run's ${head}`)
      found.set(`${head}.${name}`, data)
    }
  }
  return found
}
