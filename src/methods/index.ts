import { colorization } from './colorization.js'
import { contextEncoder } from './context-encoder.js'
import { jigsaw } from './jigsaw.js'
import { mae } from './mae.js'
import type { Method } from './method.js'
import { named } from './named.js'
import { relativePosition } from './relative-position.js'
import { rotation } from './rotation.js'
import { simclr } from './simclr.js'

export * from './method.js'
export { colorization, contextEncoder, jigsaw, mae, relativePosition, rotation, simclr }

/** All methods, by name. */
export const methods: readonly Method[] = [
  colorization,
  contextEncoder,
  mae,
  relativePosition,
  jigsaw,
  rotation,
  simclr,
]

/** @throws LacunaError (wrong usage) that names the methods there are */
export const methodNamed = (name: string): Method => named(name, methods)
