import { LacunaError } from '../errors.js'

/** @throws LacunaError (wrong usage) that names the methods there are */
export function named<Named extends { readonly name: string }>(name: string, methods: readonly Named[]): Named {
  const method = methods.find(m => m.name === name)
  if (method === undefined)
    throw new LacunaError(`no method called ${name}; there are: ${methods.map(m => m.name).join(', ')}`, 2)
  return method
}
