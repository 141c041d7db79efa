import { LacunaError } from '../errors.js'
import { nearest } from '../nearest.js'

/** @throws LacunaError (wrong usage) that names the methods there are */
export function named<Named extends { readonly name: string }>(name: string, methods: readonly Named[]): Named {
  const method = methods.find(m => m.name === name)
  if (method !== undefined) return method
  const names = methods.map(m => m.name)
  const guess = nearest(name, names)
  throw new LacunaError(
    `no method called ${name}; there are: ${names.join(', ')}${guess === undefined ? '' : `; did you mean ${guess}?`}`,
    2,
  )
}
