import { Engine } from '../engine.js'
import type { EngineOptions } from '../options.js'
import { runtime } from './runtime.js'

/** An engine in this thread, which hears nothing while a program runs. */
export const openEngine = (options: EngineOptions): Engine => new Engine(options, runtime)
